"""What the tests of the tasks share: an app's folder, and its tasks run as a user runs them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with the least that makes it an app."""
    (tmp_path / "tight.yml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def invoke(app: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """`invoke` with these arguments, in the app."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "invoke", *arguments]
        return subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=120)

    return run
