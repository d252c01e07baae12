"""An app with wheels of its own, and what is in it before and after."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Snapshot = Callable[[], dict[str, bytes]]


@pytest.fixture
def app(app: Path) -> Path:
    """The app as the template has it, with requirements to fill in and packages of a folder alone."""
    (app / "app" / "vendored").mkdir(parents=True)
    (app / "app" / "vendored" / ".gitkeep").touch()
    (app / "wheels").mkdir()
    (app / "requirements-vendor.txt").write_text("--no-index\n--find-links wheels\n", encoding="utf-8")
    return app


@pytest.fixture
def snapshot(app: Path) -> Snapshot:
    """Every file of the app by its path, with its bytes."""

    def take() -> dict[str, bytes]:
        return {file.relative_to(app).as_posix(): file.read_bytes() for file in app.rglob("*") if file.is_file()}

    return take


@pytest.fixture
def require(app: Path) -> Callable[..., None]:
    """Write these lines into requirements-vendor.txt, behind those that lead to the app's own wheels."""

    def write(*lines: str) -> None:
        with (app / "requirements-vendor.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

    return write


def refuses(done: "subprocess.CompletedProcess[str]") -> str:
    """The sentence with which the task ends."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    (sentence,) = done.stderr.splitlines()
    return sentence
