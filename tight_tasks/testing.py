"""Runs an app's tests."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.task import task


@task(name="test", help={"options": "More for pytest, such as '-k accounts'."})
def run_tests(c: Context, options: str = "") -> None:
    """Run the app's tests with pytest; the exit code is pytest's."""
    try:
        arguments = shlex.split(options)
    except ValueError as error:
        raise BadOption("options", options, f"{error}".lower()) from error
    Project.load(Path.cwd())  # elsewhere pytest would find no test, and say nothing of why
    run_pytest(c, arguments)


def run_pytest(c: Context, arguments: Sequence[str] = ()) -> None:
    """Run pytest in the interpreter that runs the task. Raises `Exit` with pytest's code where that is not 0."""
    command = shlex.join([sys.executable, "-m", "pytest", *arguments])
    result = c.run(command, warn=True, pty=sys.stdout.isatty())
    if result is not None and not result.ok:
        raise Exit(code=result.exited)
