"""What is in builds/ before and after."""

import json
import sys
from pathlib import Path

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.artifact.image import dockerfile
from tight_tasks.errors import CanNotPack, CanNotWrite, NotVendored
from tight_tasks.target import Target


def test_only_the_outputs_of_the_last_build_are_deleted(shop: Shop) -> None:
    shop.build("functions")
    shop.write(
        {"builds/notes.txt": "mine", "builds/shop-artifact-mine.zip": "mine", "builds/other-artifact.zip": "mine"}
    )

    shop.build("layer")
    assert shop.outputs() == [
        "notes.txt",
        "other-artifact.zip",
        "shop-artifact",
        "shop-artifact-mine.zip",
        "shop-artifact.json",
        "shop-artifact.zip",
        "shop-layer",
        "shop-layer.zip",
    ]
    assert (shop.folder / "builds/notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "record", ["", "[]", "{}", '{"outputs": 1}', '{"outputs": ["../app", "shop-/../../app", 1, "notes.txt", ".."]}']
)
def test_a_record_that_is_not_ours_deletes_nothing(shop: Shop, record: str) -> None:
    shop.write({"builds/shop-artifact.json": record, "builds/notes.txt": "mine"})

    shop.build()
    assert shop.outputs() == ["notes.txt", "shop-artifact", "shop-artifact.json", "shop-artifact.zip"]
    assert (shop.folder / "app" / "__init__.py").exists()


def test_what_was_in_the_way_as_a_link_is_replaced_and_not_followed(shop: Shop) -> None:
    shop.write({"elsewhere/a.txt": "mine", "builds/notes.txt": "mine"})
    shop.link("builds/shop-artifact", "../elsewhere")

    shop.build()
    assert not (shop.folder / "builds/shop-artifact").is_symlink()
    assert (shop.folder / "elsewhere/a.txt").exists()


def test_a_refused_build_leaves_the_last_one_as_it_was(shop: Shop) -> None:
    shop.build()
    before = {name: (shop.folder / "builds" / name).stat().st_mtime_ns for name in shop.outputs()}
    shop.write({"app/lib/key.pem": "-----BEGIN RSA PRIVATE KEY-----\n"})

    with pytest.raises(CanNotPack):
        shop.build()
    assert {name: (shop.folder / "builds" / name).stat().st_mtime_ns for name in shop.outputs()} == before


def test_a_build_that_can_not_be_put_in_place_brings_the_last_one_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.build()
    record = (shop.folder / "builds/shop-artifact.json").read_bytes()
    shop.write({"app/lib/more.py": ""})
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if target.name == "shop-artifact.zip" and target.parent.name == "builds" and path.parent.name != ".old":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(
        CanNotWrite, match=r"/builds can't be written: .*No space left on device.*; nothing was changed"
    ):
        shop.build()
    assert shop.outputs() == ["shop-artifact", "shop-artifact.json", "shop-artifact.zip"]
    assert (shop.folder / "builds/shop-artifact.json").read_bytes() == record
    assert not (shop.folder / "builds/shop-artifact/app/lib/more.py").exists()


@pytest.mark.parametrize("last", [".old", "builds"])
def test_a_build_that_is_interrupted_in_its_last_step_brings_the_last_one_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    shop.build()
    outputs = shop.outputs()
    record = (shop.folder / "builds/shop-artifact.json").read_bytes()
    shop.write({"app/lib/more.py": ""})
    rename = Path.rename
    interrupts = [KeyboardInterrupt()]

    def interrupted(path: Path, target: Path) -> None:
        rename(path, target)
        if target.parent.name == last and target.name == "shop-artifact.json" and interrupts:
            raise interrupts.pop()

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shop.build()
    assert (shop.outputs(), (shop.folder / "builds/shop-artifact.json").read_bytes()) == (outputs, record)


def test_builds_that_is_a_file_is_told(shop: Shop) -> None:
    shop.write({"builds": ""})

    with pytest.raises(CanNotWrite, match="/builds can't be written: "):
        shop.build()


def test_a_layer_has_its_packages_in_python_and_the_code_has_none(shop: Shop) -> None:
    shop.vendor("parcels", {"parcels/__init__.py": ""})

    code, layer = shop.build("layer").parts
    assert not [path for path in shop.zipped() if "parcels" in path]
    assert all(path.startswith("python/parcels") for path in shop.zipped("shop-layer"))
    assert (code.packages, [name for name, _, _ in layer.packages]) == ((), ["parcels"])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
def test_tracebacks_of_a_layer_name_its_folder_in_lambda(shop: Shop) -> None:
    shop.settings(runtime=f"python3.{sys.version_info.minor}")
    shop.vendor("parcels", {"parcels/__init__.py": ""})
    shop.build("layer", bytecode=True)

    (compiled,) = (shop.folder / "builds" / "shop-layer" / "python").rglob("*.pyc")
    assert b"/opt/python/parcels/__init__.py" in compiled.read_bytes()


def test_an_image_copies_the_artifact_for_the_targets_machine_and_names_each_handler(shop: Shop) -> None:
    shop.write({"app/functions/users/handler.py": ""})

    shop.build("image")
    assert shop.outputs()[1:3] == ["shop-artifact.Dockerfile", "shop-artifact.Dockerfile.dockerignore"]
    lines = (shop.folder / "builds/shop-artifact.Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "FROM --platform=linux/arm64 public.ecr.aws/lambda/python:3.13",
        "COPY shop-artifact/ ${LAMBDA_TASK_ROOT}/",
        'CMD ["app_index.orders"]',
    ]
    assert {"#   app_index.orders", "#   app_index.users"} <= set(lines)
    ignored = (shop.folder / "builds/shop-artifact.Dockerfile.dockerignore").read_text(encoding="utf-8")
    assert ignored == "*\n!shop-artifact\n"


def test_an_image_for_x86_64_is_for_amd64() -> None:
    assert "FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.11\n" in dockerfile(
        "shop-artifact", ["orders"], Target("python3.11", "x86_64")
    )


def test_a_requirement_that_is_not_vendored_is_told_with_what_to_do(shop: Shop) -> None:
    shop.write({"requirements-vendor.txt": "# needed\nrequests>=2 # for all\n"})

    with pytest.raises(NotVendored) as refused:
        shop.build()
    folder = shop.folder / "app" / "vendored"
    sentence = (
        f"requirements-vendor.txt asks for requests>=2, and nothing of it is in {folder}: run invoke vendor first"
    )
    assert str(refused.value) == sentence


def test_a_requirement_that_is_vendored_in_another_version_is_told(shop: Shop) -> None:
    shop.write({"requirements-vendor.txt": "par_cels>=2\n"})
    shop.vendor("Par-Cels", {"parcels.py": ""}, version="1.5")

    with pytest.raises(NotVendored, match=r"asks for par-cels>=2, and version 1\.5 is in .*: run invoke vendor first"):
        shop.build()


def test_requirements_that_lambda_has_or_a_marker_leaves_open_may_be_missing(shop: Shop) -> None:
    text = "-r more.txt\n--find-links wheels\nboto3\nparcels[all]~=1.0\ncolorama; sys_platform == 'win32'\n./local\n"
    shop.write({"requirements-vendor.txt": text})
    shop.vendor("parcels", {"parcels.py": ""})

    shop.build()
    assert "parcels.py" in shop.zipped()


def test_sizes_of_the_record_are_those_of_the_files(shop: Shop) -> None:
    shop.vendor("parcels", {"parcels.py": "a = 1\n"})
    shop.build()

    (archive,) = json.loads((shop.folder / "builds/shop-artifact.json").read_text(encoding="utf-8"))["archives"]
    folder = shop.folder / "builds/shop-artifact"
    assert archive["unpacked"] == sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert archive["size"] == (shop.folder / "builds/shop-artifact.zip").stat().st_size
    assert archive["functions"] == ["app_index.orders"]
