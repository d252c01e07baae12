"""The Python of a Lambda runtime on this machine."""

import os
import sys
from pathlib import Path

import pytest

from tight_tasks.interpreter import find_interpreter, own_interpreter
from tight_tasks.target import Target


def test_a_python_that_only_claims_to_be_the_targets_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, says in (("broken", "exit 127"), ("other", 'echo \'["cpython-39", "3.9.1", "final", false]\'')):
        (tmp_path / name).mkdir()
        for minor in range(11, 15):
            (tmp_path / name / f"python3.{minor}").write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
            (tmp_path / name / f"python3.{minor}").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'broken'}{os.pathsep}{tmp_path / 'other'}{os.pathsep}{os.environ['PATH']}")

    for minor in range(11, 15):
        found = find_interpreter(Target(f"python3.{minor}", "arm64"))
        assert found is None or (found.tag == f"cpython-3{minor}" and tmp_path not in found.path.parents)


def test_the_one_that_runs_the_task_knows_itself() -> None:
    own = own_interpreter()

    assert (own.path, own.python) == (Path(sys.executable), f"{sys.version_info.major}.{sys.version_info.minor}")
    assert own.is_own


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
def test_it_runs_the_machine_code_of_one_architecture_at_the_most() -> None:
    runtime = f"python3.{sys.version_info.minor}"
    runs = [own_interpreter().runs(Target(runtime, "arm64")), own_interpreter().runs(Target(runtime, "x86_64"))]

    assert sum(runs) == (sys.platform == "linux")
