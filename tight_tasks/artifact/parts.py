"""Which zips an app is packed into, and what each of them holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tight_tasks.artifact.contents import Contents
from tight_tasks.artifact.entries import Files
from tight_tasks.artifact.functions import functions_of, needed_by
from tight_tasks.artifact.packages import source_of
from tight_tasks.errors import CanNotPack
from tight_tasks.project import Project

Shape = Literal["whole", "functions", "layer", "image"]


@dataclass(frozen=True)
class Part:
    """One zip: its name without suffix, its files, and of these the vendored ones by their paths among the packages."""

    name: str
    files: Files
    vendored: Files
    functions: tuple[str, ...] = ()


def parts_of(project: Project, contents: Contents, shape: Shape) -> Iterator[Part]:
    """The zips of a shape, the code before its layer. Raises `CanNotPack`."""
    name = f"{project.name}-artifact"
    functions = functions_of(contents.own)
    own, vendored = contents.own, contents.vendored
    if shape == "layer":
        yield Part(name, own, Files(), tuple(functions))
        yield Part(f"{project.name}-layer", Files(entry.below("python") for entry in vendored), vendored)
    elif shape == "functions":
        if not functions:
            raise CanNotPack("app/functions", "no folder in it holds handler.py: run invoke generate.function first")
        for function in functions:
            chosen, packages = needed_by(function, project, contents)
            needed = _with_bytecode(vendored, packages)
            yield Part(f"{name}-{function}", _with_bytecode(own, chosen) + needed, needed, (function,))
    else:
        yield Part(name, own + vendored, vendored, tuple(functions))


def _with_bytecode(files: Files, paths: set[str]) -> Files:
    return files.only([*paths, *(entry.path for entry in files if source_of(entry.path) in paths)])
