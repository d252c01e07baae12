"""The memory of a process and of what it has started."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from tight_tasks.serve.memory import used_mb

HOLDS = """
import subprocess, sys
held = bytearray(int(sys.argv[1]) * 1024 * 1024)
held[::4096] = b"x" * len(held[::4096])
child = subprocess.Popen([sys.executable, "-c", sys.argv[3], sys.argv[2], "0", ""]) if sys.argv[3] else None
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_a_process_has_started_counts() -> None:
    command = [sys.executable, "-c", HOLDS, "100", "50", HOLDS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        assert process.stdout.readline() == b"ready\n"
        whole = psutil.Process(process.pid)
        expected = sum(each.memory_info().rss for each in (whole, *whole.children(recursive=True)))
        assert abs(used_mb(process.pid) - expected / 1024 / 1024) < 5
        assert 150 < used_mb(process.pid) < 250
        process.stdin.close()

    assert used_mb(process.pid) == 0


def test_what_has_ended_meanwhile_holds_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    (tmp_path / "children").write_text(f"{child.pid}", encoding="ascii")
    monkeypatch.setattr(Path, "glob", lambda folder, _: [tmp_path / "children"] * (str(os.getpid()) in folder.parts))

    assert used_mb(os.getpid()) > 0


def test_a_process_that_ends_while_its_threads_are_listed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def glob(folder: Path, _: str) -> NoReturn:
        raise FileNotFoundError(folder)  # Python's own lets that out, until 3.12

    monkeypatch.setattr(Path, "glob", glob)

    assert used_mb(os.getpid()) > 0


def test_this_process_holds_some() -> None:
    assert used_mb(os.getpid()) >= psutil.Process().memory_info().rss // 1024 // 1024 - 5
