"""`invoke artifact`, as a user runs it."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tasks.artifact.conftest import Invoke
from tests.tasks.artifact.shop import Shop

needs_runtime = pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")


def test_it_tells_path_size_digests_and_the_largest_packages(shop: Shop, invoke: Invoke) -> None:
    shop.vendor("parcels", {"parcels.bin": "\0" * 2_000_000})

    done = invoke("artifact", "--no-bytecode")
    content = (shop.folder / "builds/shop-artifact.zip").read_bytes()
    digest = hashlib.sha256(content)
    assert (done.returncode, done.stderr) == (0, "")
    *lines, run, answer = done.stdout.splitlines()
    assert lines == [
        f"builds/shop-artifact.zip  {len(content) / 1024:.1f} kB  (9 files, 1.9 MB unpacked)  14 checks passed",
        f"  SHA-256     {digest.hexdigest()}",
        f"  CodeSha256  {base64.b64encode(digest.digest()).decode()}",
        "  largest     parcels 1.0 1.9 MB",
        "  handlers: ok",
    ]
    assert run.startswith("    run from ")
    assert answer == "    orders: its answer to GET /orders"


@needs_runtime
def test_it_tells_which_python_made_the_bytecode(shop: Shop, invoke: Invoke) -> None:
    shop.settings(runtime=f"python3.{sys.version_info.minor}")

    last = invoke("artifact").stdout.splitlines()[-1]
    assert last.startswith(f"Bytecode was made by Python {'.'.join(map(str, sys.version_info[:3]))} (")


def test_without_the_targets_python_it_is_source_only_and_says_so(shop: Shop, tmp_path: Path) -> None:
    shop.settings(runtime="python3.14" if sys.version_info < (3, 14) else "python3.11")
    wanted = "3.14" if sys.version_info < (3, 14) else "3.11"
    variables = {"PATH": str(tmp_path), "HOME": str(tmp_path), "UV_PYTHON_INSTALL_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "artifact"],
        cwd=shop.folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        f"No bytecode: there is no Python {wanted} on this machine. Functions start slower; to have one, run"
        f" uv python install {wanted}."
    )
    assert not [path for path in shop.zipped() if path.endswith(".pyc")]


def test_a_fault_is_told_with_its_file_and_ends_with_1(shop: Shop, invoke: Invoke) -> None:
    shop.write({"app/functions/orders/handler.py": "import requests\n"})

    done = invoke("artifact", "--no-bytecode")
    assert (done.returncode, done.stderr) == (1, "The artifact is faulty: builds/ is as it was.\n")
    assert done.stdout.splitlines() == [
        "shop-artifact.zip: 12 checks passed, 1 failed, 1 not done",
        "  imports: 1 fault",
        "    app/functions/orders/handler.py:1 imports requests, which is not in the artifact",
        "  handlers: not done: not executed: first mend what is above",
    ]
    assert shop.outputs() == []


def test_what_a_layer_of_ones_own_brings_is_no_fault(shop: Shop, invoke: Invoke) -> None:
    shop.write({"app/functions/orders/handler.py": "import requests\ndef handler(event, context): return 1\n"})
    with zipfile.ZipFile(shop.folder / "layer.zip", "w") as layer:
        file = zipfile.ZipInfo("python/requests.py")
        file.external_attr = 0o644 << 16
        layer.writestr(file, "")

    done = invoke("artifact", "--no-bytecode", "--with-layer", "layer.zip")
    assert done.returncode == 0, done.stdout
    assert "  14 checks passed\n" in done.stdout
    missing = invoke("artifact", "--with-layer", "gone.zip")
    sentence = "there is no file gone.zip: make it with invoke artifact, or name another one\n"
    assert (missing.returncode, missing.stderr) == (2, sentence)


@pytest.mark.parametrize(
    ("options", "outputs"),
    [
        (("--per-function",), ["shop-artifact-orders", "shop-artifact-orders.zip", "shop-artifact.json"]),
        (("--layer",), ["shop-artifact", "shop-artifact.json", "shop-artifact.zip", "shop-layer", "shop-layer.zip"]),
    ],
)
def test_each_shape_has_its_own_outputs(
    shop: Shop, invoke: Invoke, options: tuple[str, ...], outputs: list[str]
) -> None:
    assert invoke("artifact", "--no-bytecode", *options).returncode == 0
    assert shop.outputs() == outputs


def test_an_image_is_told_not_to_be_built_here(shop: Shop, invoke: Invoke) -> None:
    done = invoke("artifact", "--image", "--no-bytecode")

    assert done.stdout.splitlines()[-1] == (
        "The image is not built here. With Docker, in builds/: the first line of shop-artifact.Dockerfile says how."
    )


def test_two_shapes_at_once_are_refused_in_a_sentence(shop: Shop, invoke: Invoke) -> None:
    done = invoke("artifact", "--layer", "--image")

    assert (done.returncode, done.stderr) == (2, "--image can't be combined with --layer: choose one\n")


def test_a_refusal_is_one_sentence_with_exit_code_2(shop: Shop, invoke: Invoke) -> None:
    shop.write({"requirements-vendor.txt": "requests\n"})

    done = invoke("artifact")
    assert (done.returncode, done.stdout) == (2, "")
    folder = shop.folder / "app" / "vendored"
    assert done.stderr == (
        f"requirements-vendor.txt asks for requests, and nothing of it is in {folder}: run invoke vendor first\n"
    )
    assert not (shop.folder / "builds").exists()


def test_a_folder_without_tight_yml_is_told(shop: Shop, invoke: Invoke) -> None:
    (shop.folder / "tight.yml").unlink()

    done = invoke("artifact")
    sentence = f"there is no tight.yml in {shop.folder}: run this in the folder of an app made with Tight\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_another_folder_is_built_by_its_name(shop: Shop, invoke: Invoke) -> None:
    other = Shop(shop.folder / "other")

    assert invoke("artifact", "--no-bytecode", "--target", "other").returncode == 0
    assert "app_index.py" in other.zipped()
