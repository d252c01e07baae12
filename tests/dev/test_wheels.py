"""What is published: a wheel with bytecode for one Python beside the one of source alone."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dev.wheels import ROOT, build_wheel
from tests.runtime.test_imports import RUNTIME

HOT = sorted(name.removeprefix("tight").removeprefix(".") or "__init__" for name in RUNTIME)
TAG = f"{sys.version_info.major}{sys.version_info.minor}"
# Tells what of Tight is compiled while the way of a plain request is imported, and what `dispatch` then says it is.
COMPILED = """
import sys
found = []
sys.addaudithook(lambda event, given: found.append(given[1]) if event == "compile" else None)
sys.path.insert(0, sys.argv[1])
import tight.app, tight.dispatch
names = [name.rpartition("/")[2] for name in found if name and "/tight/" in str(name)]
print(names, getattr(tight.dispatch, "EDITED", None))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT / "runtime", tmp_path_factory.mktemp("wheels"), bytecode=sys.executable)


@pytest.fixture
def installed(wheel: Path, wheels: Path, tmp_path: Path) -> Path:
    """What an installer makes of a folder with every wheel, as for a function's zip."""
    links = ["--no-index", "--find-links", str(wheels), "--find-links", str(wheel.parent)]
    code = tmp_path / "code"
    # Copied, since a test changes a file that would else be uv's own.
    install = ["uv", "pip", "install", "--quiet", "--link-mode", "copy", "--python", sys.executable]
    subprocess.run([*install, "--target", str(code), *links, "tight-runtime"], check=True, timeout=60)
    return code


def run(code: str, folder: Path) -> str:
    command = [sys.executable, "-I", "-B", "-c", code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() or done.stderr


def test_it_brings_the_bytecode_of_what_every_function_loads(wheel: Path, wheels: Path) -> None:
    (plain,) = wheels.glob("tight_runtime-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as contents, zipfile.ZipFile(plain) as source:
        more = {name for name in contents.namelist() if ".dist-info/" not in name} - set(source.namelist())

    assert wheel.name.endswith(f"-cp{TAG}-none-any.whl")
    assert sorted(more) == [f"tight/__pycache__/{module}.cpython-{TAG}.pyc" for module in HOT]
    assert wheel.stat().st_size < 130_000


def test_equal_sources_in_another_folder_give_equal_bytes(wheel: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "runtime", tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__", "dist"))

    again = build_wheel(tmp_path / "copy", tmp_path / "wheels", bytecode=sys.executable)

    assert again.read_bytes() == wheel.read_bytes()


def test_an_installer_chooses_it_and_nothing_of_it_is_compiled_again(installed: Path) -> None:
    assert run(COMPILED, installed) == "[] None"


def test_what_somebody_has_changed_is_compiled_again(installed: Path) -> None:
    with (installed / "tight" / "dispatch.py").open("a", encoding="utf-8") as source:
        source.write("\nEDITED = True\n")

    assert run(COMPILED, installed) == "['dispatch.py'] True"


def test_a_traceback_names_the_installed_file_and_shows_its_line(installed: Path) -> None:
    answer = "from tight.handlers import respond; respond({'statusCode': 'x'})"

    shown = run(f"import sys; sys.path.insert(0, sys.argv[1]); {answer}", installed)

    assert f'File "{installed}/tight/handlers.py", line ' in shown
    assert "    200 if status is None else int(status)" in shown
    assert "ValueError: invalid literal for int()" in shown
