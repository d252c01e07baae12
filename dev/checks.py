"""The checks of this repository, and the versions that they run with."""

import json
import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from tight_tasks.settings import schema as schema_of_settings

SCHEMA = Path(__file__).parent.parent / "tight_tasks" / "tight.schema.json"


@task
def lint(c: Context) -> None:
    """Check style and types with ruff and mypy."""
    c.run("ruff check .")
    c.run("ruff format --check .")
    c.run("mypy")


@task(lint, name="test", help={"options": "More for pytest, such as '-k dispatch'."})
def run_tests(c: Context, options: str = "") -> None:
    """Run every check and every test; the exit code is pytest's."""
    # Most tests wait for processes of their own; worksteal, since some wait for minutes.
    parallel = "--numprocesses=auto --dist=worksteal"
    result = c.run(f"python -m pytest {parallel} {options}", warn=True, pty=sys.stdout.isatty())
    if result is not None and not result.ok:
        raise Exit(code=result.exited)


@task
def constraints(c: Context) -> None:
    """Pin anew what the environment of this repository holds, for every supported Python and system."""
    c.run(
        "uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-emit-index-url --no-annotate "
        '--custom-compile-command "./inv constraints" --all-extras --group dev --group bench '
        "pyproject.toml runtime/pyproject.toml --output-file constraints.txt"
    )


def schema_text() -> str:
    """What the published schema of tight.yml has to be."""
    return json.dumps(schema_of_settings(), indent=2) + "\n"


@task
def schema(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """Write tight_tasks/tight.schema.json, by which editors complete an app's tight.yml."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
