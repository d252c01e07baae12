"""`invoke test`: pytest in the app, and its exit code."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(("source", "code"), [("def test_a(): pass", 0), ("def test_a(): assert 0", 1), ("", 5)])
def test_the_exit_code_is_pytests(app: Path, invoke: Invoke, source: str, code: int) -> None:
    (app / "test_it.py").write_text(source, encoding="utf-8")

    assert invoke("test").returncode == code


def test_options_are_handed_to_pytest(app: Path, invoke: Invoke) -> None:
    (app / "test_it.py").write_text("def test_a(): assert 0\ndef test_b(): pass", encoding="utf-8")

    assert "1 passed, 1 deselected" in invoke("test", "--options", "-k 'test_b and not test_a'").stdout


def test_options_that_can_not_be_read_are_told_in_a_sentence(invoke: Invoke) -> None:
    done = invoke("test", "--options", "-k 'open")

    assert (done.returncode, done.stderr) == (2, "--options -k 'open: no closing quotation\n")


def test_outside_of_an_app_nothing_is_run(app: Path, invoke: Invoke) -> None:
    (app / "tight.yml").unlink()
    done = invoke("test")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"there is no tight.yml in {app}: run this in the folder of an app made with Tight\n"
