"""The shell over `env.yml` over `env.dist.yml`, each value in the type of its default."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tight_tasks.env_files import DIST, OWN, Value, read_variables, text_of
from tight_tasks.errors import BadEnvironment
from tight_tasks.project import FILE, Project
from tight_tasks.variables import LIMIT, MASK, is_secret, size

SHELL = "the shell"

# YAML's words, and what continuous integration and people write.
_WORDS = {**dict.fromkeys(("true", "yes", "on", "1"), True), **dict.fromkeys(("false", "no", "off", "0"), False)}


@dataclass(frozen=True)
class Variable:
    """`source` says whose value it is: that of env.dist.yml, env.yml, the shell, or tight.yml."""

    name: str
    value: bool | int | float | str
    source: Literal["default", "file", "shell", "tight.yml"]

    @property
    def is_secret(self) -> bool:
        return is_secret(self.name, text_of(self.value))


def merge_environment(project: Project, shell: Mapping[str, str], *, fresh: bool = False) -> list[Variable]:
    """The variables of the app, by name; with `fresh` what env.yml says is left out. Raises `BadEnvironment`.

    Only names that env.dist.yml has are looked up in the shell, and what is empty there counts as not set.
    """
    root = project.root
    dist = read_variables(root / DIST)
    own = {} if fresh else read_variables(root / OWN)
    merged = {name: _choose(root, name, dist, own, shell) for name in {*dist, *own} - {"NAME"}}
    merged["NAME"] = Variable("NAME", project.name, "tight.yml")
    _check_size(project, {name: text_of(variable.value) for name, variable in merged.items()})
    return [merged[name] for name in sorted(merged)]


def read_environment(project: Project, shell: Mapping[str, str] | None = None) -> dict[str, str]:
    """Every variable as text, as functions have them, and the region; what tight.yml sets for all stands over them.

    `shell` is this process's environment where it is not given. STAGE is that of the project, if that has one.
    Raises `BadEnvironment` for what can't be used.
    """
    variables = merge_environment(project, os.environ if shell is None else shell)
    return {
        **{variable.name: text_of(variable.value) for variable in variables},
        **({"STAGE": project.stage} if project.stage else {}),
        "AWS_REGION": project.region,
        "AWS_DEFAULT_REGION": project.region,
        **project.env,
    }


def _choose(
    root: Path, name: str, dist: Mapping[str, Value], own: Mapping[str, Value], shell: Mapping[str, str]
) -> Variable:
    default = dist.get(name)
    if name in dist and shell.get(name):
        return Variable(name, _fit(name, shell[name], default, SHELL), "shell")
    mine = own.get(name)
    if mine is not None:
        fitted = _fit(name, text_of(mine), default, root / OWN) if name in dist else mine
        return Variable(name, fitted, "default" if fitted == default else "file")
    if default is None:
        reason = f'{name} has no value: set it in {OWN} or in the shell, or give it a default ("" for empty) in {DIST}'
        raise BadEnvironment(root / (DIST if name in dist else OWN), reason)
    return Variable(name, default, "default")


def _fit(name: str, text: str, default: Value, place: Path | str) -> bool | int | float | str:
    """The text in the type of the default."""
    kind = "true or false"
    if isinstance(default, bool):
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
    elif isinstance(default, int):
        kind = "a whole number"
        if re.fullmatch(r"[+-]?[0-9]+", text):
            return int(text) if len(text) <= LIMIT else text  # which is refused as too long
    elif isinstance(default, float):
        kind = "a number"
        try:
            return float(text)
        except ValueError:
            pass
    else:
        return text
    shown = MASK if is_secret(name, text) else repr(text)
    raise BadEnvironment(place, f"{name} is {shown}, but {default!r} in {DIST}: write {kind}, or change the default")


def _check_size(project: Project, variables: Mapping[str, str]) -> None:
    for function in ("", *project.configured):
        total = size({**variables, **project.function(function).env})
        if total > LIMIT:
            of = f" with those of the function {function} in {FILE}" if function else ""
            raise BadEnvironment(
                project.root / DIST,
                f"the variables{of} are {total} bytes as Lambda counts them, and it takes {LIMIT}: "
                "keep long values in a parameter or a secret",
            )
