"""`invoke vendor`, run as a user runs it, with packages of a folder of wheels."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.tasks.vendor.conftest import Snapshot, refuses
from tests.tasks.vendor.distributions import AARCH64, X86_64, sdist, shared_object, wheel

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[..., None]


def vendored(app: Path) -> set[str]:
    return {path.name for path in (app / "app" / "vendored").iterdir()}


def passes(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_options_the_requirements_file_is_installed(app: Path, invoke: Invoke, require: Require) -> None:
    wheel(app / "wheels", "tea")
    wheel(app / "wheels", "milk", "2.1", tag="cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64")
    require("tea", "milk")

    said = passes(invoke("vendor"))

    assert vendored(app) == {".gitkeep", "milk.py", "milk-2.1.dist-info", "tea.py", "tea-1.0.dist-info"}
    assert [line.split() for line in said.splitlines()[:2]] == [
        ["milk", "2.1", "0.4", "kB", "aarch64"],
        ["tea", "1.0", "0.4", "kB"],
    ]
    assert "2 packages, 0.8 kB, for python3.13 on arm64 in app/vendored" in said
    assert "\x1b" not in said


def test_each_of_several_packages_is_installed_and_named_and_added(app: Path, invoke: Invoke) -> None:
    for name in ("tea", "milk", "honey"):
        wheel(app / "wheels", name)

    said = passes(invoke("vendor", "-a", "tea", "--add", "milk", "-a", "honey"))

    assert {"tea.py", "milk.py", "honey.py"} <= vendored(app)
    assert said.splitlines()[-1] == "requirements-vendor.txt now has tea, milk, honey"
    text = (app / "requirements-vendor.txt").read_text(encoding="utf-8")
    assert text == "--no-index\n--find-links wheels\ntea\nmilk\nhoney\n"


def test_added_packages_come_with_those_of_the_file(app: Path, invoke: Invoke, require: Require) -> None:
    wheel(app / "wheels", "tea")
    wheel(app / "wheels", "milk")
    require("tea")

    passes(invoke("vendor", "-a", "milk"))

    assert {"tea.py", "milk.py"} <= vendored(app)


def test_a_link_to_the_requirements_stays_one_when_a_package_is_added(app: Path, invoke: Invoke) -> None:
    wheel(app / "wheels", "tea")
    (app / "deploy").mkdir()
    (app / "requirements-vendor.txt").rename(app / "deploy" / "needs.txt")
    (app / "requirements-vendor.txt").symlink_to("deploy/needs.txt")

    passes(invoke("vendor", "-a", "tea"))

    assert (app / "requirements-vendor.txt").is_symlink()
    assert (app / "deploy" / "needs.txt").read_text(encoding="utf-8") == "--no-index\n--find-links wheels\ntea\n"


def test_an_added_package_is_named_once_by_its_normalised_name(app: Path, invoke: Invoke) -> None:
    wheel(app / "wheels", "black_tea")

    for spelling in ("Black_Tea", "black.tea", "black-tea"):
        passes(invoke("vendor", "-a", spelling))

    text = (app / "requirements-vendor.txt").read_text(encoding="utf-8")
    assert text == "--no-index\n--find-links wheels\nblack-tea\n"
    assert "requirements-vendor.txt has black-tea already" in passes(invoke("vendor", "-a", "black-tea"))


def test_a_package_that_can_not_be_had_leaves_folder_and_file_untouched(
    app: Path, invoke: Invoke, require: Require, snapshot: Snapshot
) -> None:
    wheel(app / "wheels", "tea")
    require("tea")
    passes(invoke("vendor"))
    before = snapshot()

    sentence = refuses(invoke("vendor", "-a", "tea", "-a", "no-such-thing"))

    assert "requirements-vendor.txt can't be installed: Because no-such-thing was not found" in sentence
    assert sentence.endswith("nothing was changed")
    assert snapshot() == before


@pytest.mark.parametrize("wanted", ["only-source", "needs-source", "./wheels/only_source-1.0.tar.gz"])
def test_a_package_that_is_only_to_be_had_as_source_is_named(
    app: Path, invoke: Invoke, require: Require, snapshot: Snapshot, wanted: str
) -> None:
    sdist(app / "wheels", "only_source")
    wheel(app / "wheels", "needs_source", requires=["only-source"])
    require(wanted)
    before = snapshot()

    sentence = refuses(invoke("vendor"))

    needed = ", which needs-source needs," if wanted == "needs-source" else ""
    assert f": only-source{needed} has no wheel for python3.13 on arm64 (only its source, or none" in sentence
    assert "put one into a folder and name it with --find-links" in sentence
    assert snapshot() == before


@pytest.mark.parametrize(
    ("tag", "has"),
    [
        ("cp313-cp313-manylinux_2_17_x86_64", "manylinux_2_17_x86_64"),
        ("cp313-cp313-macosx_11_0_arm64", "macosx_11_0_arm64"),
        ("cp313-cp313-musllinux_1_2_aarch64", "musllinux_1_2_aarch64"),
        ("cp313-cp313-manylinux_2_35_aarch64", "manylinux_2_35_aarch64"),
        ("cp311-cp311-manylinux_2_17_aarch64", "cp311"),
    ],
)
def test_a_wheel_for_something_else_is_refused_and_named(
    app: Path, invoke: Invoke, require: Require, tag: str, has: str
) -> None:
    wheel(app / "wheels", "tea", tag=tag)
    require("tea")

    sentence = refuses(invoke("vendor"))

    assert ": tea has no wheel for python3.13 on arm64 (" in sentence
    assert f": {has})" in sentence
    assert vendored(app) == {".gitkeep"}


@pytest.mark.parametrize(
    "tag",
    [
        "cp313-cp313-manylinux1_aarch64.manylinux2014_aarch64",
        "cp313-cp313-manylinux_2_28_aarch64.manylinux_2_5_aarch64",
        "cp313-cp313-manylinux_2_34_aarch64",
        "cp38-abi3-manylinux2014_aarch64",
        "py2.py3-none-any",
    ],
)
def test_a_wheel_that_fits_by_any_of_its_tags_is_installed(
    app: Path, invoke: Invoke, require: Require, tag: str
) -> None:
    wheel(app / "wheels", "tea", tag=tag)
    require("tea")

    passes(invoke("vendor"))

    assert "tea.py" in vendored(app)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (shared_object(X86_64), "tea.so is for x86_64, and python3.13 on arm64 needs aarch64"),
        (shared_object(AARCH64, "2.38"), "tea.so needs glibc 2.38, and python3.13 on arm64 has 2.34"),
    ],
)
def test_machine_code_that_does_not_keep_its_wheels_promise_is_refused(
    app: Path, invoke: Invoke, require: Require, snapshot: Snapshot, content: bytes, problem: str
) -> None:
    wheel(app / "wheels", "tea", tag="cp313-cp313-linux_aarch64", files={"tea.so": content})
    require("tea")
    before = snapshot()

    assert f"tea 1.0: {problem}" in refuses(invoke("vendor"))
    assert snapshot() == before


def test_markers_are_those_of_the_target(app: Path, invoke: Invoke, require: Require) -> None:
    for name in ("on_arm", "on_intel", "on_new", "on_old"):
        wheel(app / "wheels", name)
    wheel(app / "wheels", "tea", requires=['on-arm; platform_machine == "aarch64"', 'on-old; python_version < "3.13"'])
    require("tea", 'on-intel; platform_machine == "x86_64"', 'on-new; python_full_version >= "3.13"')

    passes(invoke("vendor"))

    modules = {"tea.py", "on_arm.py", "on_new.py"}
    assert {name for name in vendored(app) if name.endswith(".py")} == modules


def test_a_package_that_its_marker_leaves_out_is_not_added(app: Path, invoke: Invoke, snapshot: Snapshot) -> None:
    wheel(app / "wheels", "tea")
    before = snapshot()

    sentence = refuses(invoke("vendor", "-a", 'tea; python_version < "3"'))

    assert "its marker leaves it out for python3.13 on arm64" in sentence
    assert snapshot() == before


def test_vendoring_again_leaves_no_old_file_nor_a_second_version(app: Path, invoke: Invoke, require: Require) -> None:
    wheel(app / "wheels", "tea", "1.0", files={"tea.py": b"", "tea_old.py": b"", "tea_data/old.txt": b""})
    require("tea")
    passes(invoke("vendor"))
    (app / "app" / "vendored" / "__pycache__").mkdir()
    (app / "app" / "vendored" / "__pycache__" / "tea.cpython-313.pyc").touch()
    wheel(app / "wheels", "tea", "2.0")

    passes(invoke("vendor"))

    assert vendored(app) == {".gitkeep", "tea.py", "tea-2.0.dist-info"}


def test_a_users_own_file_in_the_folder_is_never_removed(
    app: Path, invoke: Invoke, require: Require, snapshot: Snapshot
) -> None:
    wheel(app / "wheels", "tea")
    require("tea")
    passes(invoke("vendor"))
    (app / "app" / "vendored" / "mine.py").write_text("WORK = 'of weeks'\n", encoding="utf-8")
    before = snapshot()

    sentence = refuses(invoke("vendor"))

    assert "app/vendored would be replaced, but mine.py is of no package that was installed there" in sentence
    assert snapshot() == before


@pytest.mark.parametrize("place", ["..", "../elsewhere", "/elsewhere", ".", "", "link", "link/deep", "tight.yml"])
def test_a_vendor_dir_that_is_not_a_folder_inside_the_app_is_refused(
    app: Path,
    invoke: Invoke,
    require: Require,
    snapshot: Snapshot,
    tmp_path_factory: pytest.TempPathFactory,
    place: str,
) -> None:
    wheel(app / "wheels", "tea")
    require("tea")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (app / "link").symlink_to(elsewhere)
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write(f"vendor_dir: '{place}'\n")
    before = snapshot()

    assert f"vendor_dir is '{place}'" in refuses(invoke("vendor"))
    assert snapshot() == before
    assert list(elsewhere.iterdir()) == []


def test_a_vendor_dir_that_holds_the_apps_code_is_refused(app: Path, invoke: Invoke, snapshot: Snapshot) -> None:
    (app / "app" / "models.py").touch()
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write("vendor_dir: app\n")
    before = snapshot()

    assert "vendor_dir is 'app': the app itself is in it" in refuses(invoke("vendor"))
    assert snapshot() == before


def test_a_vendor_dir_that_is_not_there_is_made(app: Path, invoke: Invoke, require: Require) -> None:
    wheel(app / "wheels", "tea")
    require("tea")
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write("vendor_dir: packages/for/lambda\n")

    passes(invoke("vendor"))

    assert (app / "packages" / "for" / "lambda" / "tea.py").is_file()


def test_nothing_vendored_tells_of_the_machine(
    app: Path,
    invoke: Invoke,
    require: Require,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    entry = b"[console_scripts]\ntea = tea:brew\n"
    program = shared_object(AARCH64)
    files = {
        "tea.py": b"",
        "tea-1.0.dist-info/entry_points.txt": entry,
        "tea-1.0.data/scripts/pot": b"#!python\nimport tea\n",
        "tea-1.0.data/scripts/kettle": program,
    }
    wheel(app / "wheels", "tea", tag="cp313-cp313-manylinux_2_28_aarch64", files=files)
    require("./wheels/tea-1.0-cp313-cp313-manylinux_2_28_aarch64.whl")
    folder = app / "app" / "vendored"
    seen = []
    for _ in range(2):
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        passes(invoke("vendor"))
        seen.append({file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()})

    assert seen[0] == seen[1]
    record = (folder / "tea-1.0.dist-info" / "RECORD").read_text(encoding="utf-8")
    listed = {line.split(",")[0] for line in record.splitlines()}
    assert listed | {".gitkeep"} == {file.as_posix() for file in seen[0]}
    assert listed == {
        "bin/kettle",
        "tea.py",
        *(f"tea-1.0.dist-info/{name}" for name in ("INSTALLER", "METADATA", "RECORD", "REQUESTED", "WHEEL")),
        "tea-1.0.dist-info/entry_points.txt",
    }
    for path, content in seen[0].items():
        assert os.fsencode(app) not in content, path
        assert os.fsencode(sys.prefix) not in content, path


def test_shared_libraries_are_left_as_they_are(app: Path, invoke: Invoke, require: Require) -> None:
    library = shared_object(AARCH64, "2.34") + b"symbols and debug information"
    wheel(app / "wheels", "tea", tag="cp313-abi3-manylinux_2_34_aarch64", files={"tea/leaf.abi3.so": library})
    require("tea")

    passes(invoke("vendor"))

    assert (app / "app" / "vendored" / "tea" / "leaf.abi3.so").read_bytes() == library


def test_what_stays_on_this_machine_by_minus_e_is_refused(app: Path, invoke: Invoke, require: Require) -> None:
    (app / "tea").mkdir()
    (app / "tea" / "pyproject.toml").write_text('[project]\nname = "tea"\nversion = "1.0"\n', encoding="utf-8")
    (app / "requirements-vendor.txt").write_text("-e ./tea\n", encoding="utf-8")

    assert "tea is asked for with -e" in refuses(invoke("vendor"))
    assert vendored(app) == {".gitkeep"}


def test_folders_constraints_and_files_that_a_file_names_are_relative_to_it(
    app: Path, invoke: Invoke, require: Require
) -> None:
    for version in ("1.0", "2.0"):
        wheel(app / "wheels", "tea", version)
    wheel(app / "other wheels", "milk")
    (app / "more").mkdir()
    (app / "more" / "requirements.txt").write_text("--find-links '../other wheels'\nmilk\n", encoding="utf-8")
    (app / "more" / "constraints.txt").write_text("tea<2\n", encoding="utf-8")
    require("-r more/requirements.txt", "-c more/constraints.txt", "tea")

    passes(invoke("vendor"))

    assert {"tea-1.0.dist-info", "milk-1.0.dist-info"} <= vendored(app)


def test_wheels_of_a_folder_are_found_with_find_links(app: Path, invoke: Invoke, tmp_path: Path) -> None:
    wheel(tmp_path / "unpublished wheels", "tea")

    passes(invoke("vendor", "-a", "tea", "--find-links", "unpublished wheels"))

    assert "tea.py" in vendored(app)
    assert "unpublished" not in (app / "requirements-vendor.txt").read_text(encoding="utf-8")
    assert "--find-links nowhere: there is no such folder" in refuses(invoke("vendor", "-f", "nowhere"))


def test_the_address_of_an_added_package_is_told_without_its_password(app: Path, invoke: Invoke) -> None:
    file = wheel(app / "wheels", "tea")
    handler = partial(SimpleHTTPRequestHandler, directory=str(file.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}/{file.name}"
        done = invoke("vendor", "-a", f"tea @ http://me:secret@{address}")
        server.shutdown()

    assert passes(done).splitlines()[-1] == f"requirements-vendor.txt now has tea @ http://{address}"
    assert "secret" not in done.stderr
    assert f"tea @ http://me:secret@{address}\n" in (app / "requirements-vendor.txt").read_text(encoding="utf-8")
