"""What an app declares, as `python -m tight.manifest` prints it: all that the tasks know of an app's code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tight_tasks.errors import NoManifest
from tight_tasks.project import Project

_PLACE = re.compile(r'^ *File "(.+)", line (\d+)', re.MULTILINE)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Key(_Part):
    """`type` is DynamoDB's: S, N or B."""

    name: str
    type: Literal["S", "N", "B"]
    role: Literal["HASH", "RANGE"]


class Index(_Part):
    """`read` and `write` are capacity units, None where the table is billed per request."""

    name: str
    kind: Literal["global", "local"]
    keys: tuple[Key, ...]
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    included: tuple[str, ...]
    read: int | None
    write: int | None


class Model(_Part):
    """A table. `ttl` is the attribute of its time to live, `stream` the view type of its stream."""

    name: str
    module: str
    table: str
    keys: tuple[Key, ...]
    indexes: tuple[Index, ...]
    billing: Literal["PAY_PER_REQUEST", "PROVISIONED"]
    read: int | None
    write: int | None
    ttl: str | None
    stream: str | None


class Route(_Part):
    method: str
    path: str
    function: str
    place: str


class Source(BaseModel):
    """What feeds a function: the decorator's name as `kind`, and its arguments as further attributes."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    function: str
    place: str


class Function(_Part):
    """`handler` is Lambda's handler string; `triggers` is empty for a plain handler(event, context)."""

    name: str
    handler: str
    module: str
    description: str
    triggers: tuple[str, ...]
    routes: tuple[Route, ...]
    sources: tuple[Source, ...] = ()


class Manifest(_Part):
    functions: tuple[Function, ...]
    models: tuple[Model, ...]

    @property
    def sources(self) -> list[Source]:
        """Those of all functions."""
        return [source for function in self.functions for source in function.sources]


def read_manifest(project: Project, environment: Mapping[str, str]) -> Manifest:
    """What the app declares with `environment` over the shell's. Raises `NoManifest` with what its code says instead.

    The app runs in a process of its own, in the interpreter that runs the task.
    """
    command = [sys.executable, "-m", "tight.manifest"]
    # Else FORCE_COLOR puts escapes into a traceback, and a shell's own encoding what can't be read.
    variables = {**os.environ, **environment, "PYTHON_COLORS": "0", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=project.root, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise NoManifest(project.root, _reason(done.stderr, project.root))
    try:
        return Manifest.model_validate(json.loads(done.stdout))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise NoManifest(project.root, f"{place} is {first['input']!r}: {first['msg']}") from error


def _reason(printed: str, root: Path) -> str:
    """A refusal is one line. The last line of a traceback names the error; the last place in the app leads to it."""
    error = (printed.strip().splitlines() or ["it says nothing"])[-1]
    code = (root / "app", root / "app_index.py")
    places = [(Path(file), line) for file, line in _PLACE.findall(printed)]
    own = [
        f"{file.relative_to(root).as_posix()}:{line}" for file, line in places if any(map(file.is_relative_to, code))
    ]
    return f"{own[-1]}: {error}" if own else error
