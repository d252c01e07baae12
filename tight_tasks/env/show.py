"""An environment as text: YAML, dotenv or JSON."""

import json
from collections.abc import Callable, Sequence

import yaml

from tight_tasks.env.merge import Variable
from tight_tasks.env_files import text_of
from tight_tasks.errors import BadOption
from tight_tasks.variables import MASK


def render(variables: Sequence[Variable], form: str, *, show: bool = False) -> str:
    """The variables in one of FORMS, a line for each; values that look secret are masked unless `show` says not to.

    YAML and dotenv say behind or above each value whose it is.
    """
    return FORMS[form](
        [(variable, MASK if variable.is_secret and not show else variable.value) for variable in variables]
    )


def as_yaml(name: str, value: bool | float | str) -> str:
    """One variable as a line of YAML, in block style."""
    return yaml.safe_dump({name: value}, default_flow_style=False, allow_unicode=True, width=2**31).rstrip("\n")


_Shown = Sequence[tuple[Variable, "bool | float | str"]]


def _yaml(shown: _Shown) -> str:
    # Above a value of several lines, since behind its last a comment would be text.
    lines = [(as_yaml(variable.name, value), variable.source) for variable, value in shown]
    return "\n".join(f"# {source}\n{line}" if "\n" in line else f"{line}  # {source}" for line, source in lines)


def _dotenv(shown: _Shown) -> str:
    return "\n".join(
        f"# {variable.source}\n{variable.name}={_quoted(variable.name, value)}" for variable, value in shown
    )


def _quoted(name: str, value: bool | float | str) -> str:
    """A value that shells and the dotenv libraries read alike; only python-dotenv's expansion of ${...} is its own."""
    text = text_of(value)
    if not set(text) & set("'\\"):
        return f"'{text}'"
    if not set(text) & set("$`"):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raise BadOption(
        "format", "dotenv", f"{name} has quotes or backslashes with $ or `, which no two readers take alike"
    )


def _json(shown: _Shown) -> str:
    return json.dumps({variable.name: value for variable, value in shown}, indent=2, ensure_ascii=False)


FORMS: dict[str, Callable[[_Shown], str]] = {"yaml": _yaml, "dotenv": _dotenv, "json": _json}
