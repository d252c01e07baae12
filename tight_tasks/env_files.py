"""`env.dist.yml`, the variables of an app and their defaults, and `env.yml`, what this machine says over them."""

from collections.abc import Mapping
from pathlib import Path

from tight_tasks.document import read_document
from tight_tasks.errors import BadEnvironment
from tight_tasks.variables import problem_of_name

DIST = "env.dist.yml"
OWN = "env.yml"

Value = bool | int | float | str | None


def read_variables(file: Path) -> dict[str, Value]:
    """The variables that a file names; none where it is not there. Raises `BadDocument`, `BadEnvironment`."""
    if not file.exists():
        return {}
    document = read_document(file)
    if document.values is None:
        return {}
    if not isinstance(document.values, dict):
        raise BadEnvironment(file, "write names and values, such as STAGE: dev")
    for name, value in document.values.items():
        problem = _problem(name, value)
        if problem:
            raise BadEnvironment(file, f"{name} {problem}", document.line([name]))
    return document.values


def stage_of(root: Path, shell: Mapping[str, str]) -> str | None:
    """What STAGE is: the shell's, else that of env.yml, else the default. Raises `BadDocument`, `BadEnvironment`."""
    if shell.get("STAGE"):
        return shell["STAGE"]
    stages = (read_variables(root / file).get("STAGE") for file in (OWN, DIST))
    return next((text_of(stage) for stage in stages if stage is not None), None)


def text_of(value: Value) -> str:
    """A value as Lambda has it: true and false for a boolean, nothing for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(name: object, value: object) -> str | None:
    if not isinstance(name, str):
        return f"is read as {type(name).__name__}, not as text: put the name in quotes"
    if value is not None and not isinstance(value, (bool, int, float, str)):
        # Not the value itself: it may be secret.
        return f"is a {type(value).__name__}: a variable is text, a number or a boolean; put anything else in quotes"
    if isinstance(value, str) and "\0" in value:
        return "holds a NUL character, which no variable can"
    return problem_of_name(name)
