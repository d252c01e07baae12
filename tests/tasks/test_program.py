"""The program `tight`."""

import subprocess
import sys
from pathlib import Path

TIGHT = Path(sys.executable).parent / "tight"


def tight(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(TIGHT), *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_its_version_is_the_packages() -> None:
    assert tight("--version").stdout.strip() == "tight 0.2.0"


def test_it_offers_the_tasks_of_an_app() -> None:
    done = tight("--list")

    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line[2] != " "] == [
        "test",
        "update",
        "generate.app",
        "generate.function",
        "generate.model",
    ]
