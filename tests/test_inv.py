"""The wrapper `inv`: which Python it takes, and what it says without one."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("cat", "cksum", "dirname", "sh")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder for PATH with the few tools of a bare system."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


def run(folder: Path, path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [folder / "inv", "--list"], env={"PATH": str(path)}, capture_output=True, text=True, check=False, timeout=60
    )


def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "a clone"
    (folder / "runtime").mkdir(parents=True)
    for name in ("inv", "pyproject.toml", "constraints.txt", "runtime/pyproject.toml"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def test_without_a_python_it_says_what_to_install(tmp_path: Path, path: Path) -> None:
    done = run(repository(tmp_path), path)

    assert done.returncode == 2
    assert done.stderr.startswith(
        "inv: no Python from 3.10 to 3.14 with the module venv was found on PATH. Install one"
    )
    assert "apt-get install python3 python3-venv" in done.stderr


def test_a_python_that_does_not_start_or_is_too_old_is_passed_over(tmp_path: Path, path: Path) -> None:
    for name, text in (("python3.13", "exit 127"), ("python3", 'exec echo "too old" && exit 1')):
        (path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (path / name).chmod(0o755)
    (path / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")

    assert run(repository(tmp_path), path).returncode == 2


def test_the_newest_python_that_starts_is_taken(tmp_path: Path, path: Path) -> None:
    for name in ("python3.10", "python3.12"):
        (path / name).write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo {name}; [ "$1" != -m ]\n', encoding="utf-8")
        (path / name).chmod(0o755)
    done = run(repository(tmp_path), path)

    assert done.stderr.splitlines()[0] == "inv: making .venv with python3.12"
    assert done.returncode != 0
    assert not (tmp_path / "a clone" / ".venv" / "installed").exists()


def test_through_a_link_elsewhere_nothing_is_touched(tmp_path: Path, path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".venv").mkdir(parents=True)
    (elsewhere / ".venv" / "mine").touch()
    (elsewhere / "inv").symlink_to(repository(tmp_path) / "inv")
    done = run(elsewhere, path)

    assert (done.returncode, (elsewhere / ".venv" / "mine").exists()) == (2, True)
    assert done.stderr.startswith(f"inv: {elsewhere} is not Tight's repository")


def test_an_environment_that_is_there_is_used_as_it_is() -> None:
    for _ in range(2):  # the first call brings it up to date, where a file has been edited
        done = subprocess.run([ROOT / "inv", "--list"], capture_output=True, text=True, check=False, timeout=300)

    assert (done.returncode, done.stderr) == (0, "")
