"""Adds functions and models to an app."""

import re
from pathlib import Path

import inflection
from invoke.context import Context

from tight_tasks.errors import AlreadyExists
from tight_tasks.project import Project
from tight_tasks.task import task
from tight_tasks.templates import add_to_app
from tight_tasks.testing import run_pytest


def add_function(root: Path, name: str) -> list[Path]:
    """The files of a new function in the app at `root`. Raises `AlreadyExists`, `BadName`, `FileInTheWay`."""
    if name and (root / "app" / "functions" / name).exists():
        raise AlreadyExists("function")
    return add_to_app({"kind": "function", "name": name}, root)


def add_model(root: Path, name: str) -> list[Path]:
    """The files of a new model, its table named by the plural: account, accounts; person, people."""
    class_name = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    if (root / "app" / "models" / f"{class_name}.py").exists():
        raise AlreadyExists("model")
    table = inflection.dasherize(inflection.tableize(name)) if re.fullmatch(r"\w+", name) else ""
    return add_to_app({"kind": "model", "name": name, "table": table}, root)


@task(help={"name": "The function's name, a Python identifier.", "no-test": "Don't run the new tests."})
def function(c: Context, name: str, no_test: bool = False) -> None:
    """Add a function with its tests, and run these."""
    root = Project.load(Path.cwd()).root
    files = add_function(root, name)
    _finish(c, "function", files, no_test)
    print(f"Next: edit app/functions/{name}/handler.py")


@task(help={"name": "The model's name: account or UserProfile.", "no-test": "Don't run the new test."})
def model(c: Context, name: str, no_test: bool = False) -> None:
    """Add a DynamoDB model with its test, and run it."""
    root = Project.load(Path.cwd()).root
    files = add_model(root, name)
    _finish(c, "model", files, no_test)
    print(f"Next: give it attributes in {files[0].as_posix()}")


def _finish(c: Context, kind: str, files: list[Path], no_test: bool) -> None:
    for file in files:
        print(f"  {file.as_posix()}", flush=True)
    if not no_test:
        run_pytest(c, ["-q", *(file.as_posix() for file in files if file.match("test_*.py"))])
        print(f"Successfully generated {kind} and tests!")
