"""What the tests of the artifact share."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tasks.artifact.shop import Shop

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def invoke(shop: Shop) -> Invoke:
    """`invoke` with these arguments, in the app."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "invoke", *arguments]
        return subprocess.run(command, cwd=shop.folder, capture_output=True, text=True, check=False, timeout=120)

    return run
