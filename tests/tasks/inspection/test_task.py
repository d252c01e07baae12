"""`invoke inspect`, run as a user runs it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.tasks.inspection.conftest import Artifact

Make = Callable[..., Artifact]


def inspect(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    command = [sys.executable, "-m", "invoke", "inspect", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_it_tells_a_line_for_each_check_and_ends_with_1_where_something_is_found(artifact: Make) -> None:
    made = artifact()
    made.modes["app/names.py"] = 0o640

    done = inspect(made.folder, made.write().name)
    assert done.returncode == 1, done.stderr
    assert "  paths: ok\n  modes: 1 fault\n    app/names.py has mode 640" in done.stdout
    assert done.stdout.endswith("12 checks passed, 1 failed, 1 not done\n")


def test_it_ends_with_0_where_nothing_is_found(artifact: Make) -> None:
    made = artifact()

    done = inspect(made.folder, made.write().name, "--functions", "hello")
    assert (done.returncode, done.stderr) == (0, "")
    assert "hello: 200 to GET /hello/{name}" in done.stdout
    assert done.stdout.endswith("14 checks passed\n")


def test_a_zip_that_is_not_there_is_told_in_a_sentence(artifact: Make) -> None:
    done = inspect(artifact().folder, "gone.zip")

    assert (done.returncode, done.stderr) == (
        2,
        "there is no file gone.zip: make it with invoke artifact, or name another one\n",
    )
