"""Whether the modules that an app's code imports are there in Lambda."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tight_tasks.imports import Import, imports_of
from tight_tasks.inspection.contents import Entry
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import INDEX, Subject
from tight_tasks.runtime_image import PACKAGES, standard_library

_APP = "app/"
_SUFFIXES = (".py", ".so", ".pyc")


def find(subject: Subject) -> Iterator[Fault]:
    """A missing module, named with each file that imports it; and code that Lambda's Python could not read.

    Of an artifact for some functions only what these import is looked at, else all of the app's code. The packages'
    own imports are not: most of what they lack is optional, and what is not shows when the handlers are run.
    """
    shelf = _Shelf(subject.contents.importable)
    given = {*PACKAGES.values(), *standard_library(subject.target.python)}
    if subject.named is None:
        waiting = [path for path in shelf.files if shelf.is_code(path)]
    else:
        waiting = [path for path in (INDEX, *subject.functions.values()) if shelf.is_code(path)]
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        try:
            tree = ast.parse(shelf.files[path].read())
        except (SyntaxError, ValueError) as error:
            yield Fault(f"{path}:{getattr(error, 'lineno', None) or 1}", f"is not Python: {error}")
            continue
        told = set()
        is_package = path.endswith("/__init__.py")
        module_name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        needed = (one for one in imports_of(tree, module_name, is_package=is_package) if one.needed)
        for statement in needed:
            for module in _modules(statement, shelf):
                missing = "" if module.partition(".")[0] in given - shelf.roots else shelf.first_missing(module)
                if missing:
                    if missing not in told:
                        yield Fault(f"{path}:{statement.line}", f"imports {missing}, which is not in the artifact")
                    told.add(missing)
                    break
                files = [file for file in shelf.files_of(module) if file not in seen and shelf.is_code(file)]
                seen.update(files)
                waiting.extend(files)


def _modules(statement: Import, shelf: "_Shelf") -> Iterator[str]:
    """The modules that a statement needs, each by its full name."""
    yield statement.module
    for name in statement.names:
        module = f"{statement.module}.{name}"
        # Else the name may be anything that the module binds.
        if name != "*" and (shelf.binds_nothing(statement.module) or shelf.is_module(module)):
            yield module


@dataclass(frozen=True)
class _Shelf:
    """What Python finds, by path from its root."""

    files: dict[str, Entry]

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(
            "/".join(parts[:count])
            for path in self.files
            for parts in [path.split("/")]
            for count in range(1, len(parts))
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Every module and package as a path without a suffix."""
        found = set(self._folders)
        for path, entry in self.files.items():
            folder, _, file = path.rpartition("/")
            if entry.kind == "link" or file.endswith(_SUFFIXES):
                found.add(f"{folder}/{file.partition('.')[0]}".lstrip("/"))
        return frozenset(found)

    @cached_property
    def roots(self) -> frozenset[str]:
        """Top-level names: what is uploaded comes before what the image has."""
        return frozenset(name for name in self.names if "/" not in name)

    def is_code(self, path: str) -> bool:
        """Whether it is a file of the app's own code."""
        is_ours = path == INDEX or (path.startswith(_APP) and path.endswith(".py"))
        return is_ours and path in self.files and self.files[path].kind == "file"

    def is_module(self, module: str) -> bool:
        return module.replace(".", "/") in self.names

    def first_missing(self, module: str) -> str:
        """`module`, or the first package on its way, that is not there; empty where all is there or can't be told."""
        parts = module.split(".")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path not in self.names:
                return path.replace("/", ".")
            if path not in self._folders:
                return ""  # a plain module may make what looks like modules in it, as six does; a link may hide them
        return ""

    def files_of(self, module: str) -> Iterator[str]:
        """The files that are run for it: the packages on its way, then its own."""
        parts = module.split(".")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            yield from (file for file in (f"{path}.py", f"{path}/__init__.py") if file in self.files)

    def binds_nothing(self, module: str) -> bool:
        """Whether it is a package without code, so that whatever is imported from it has to be a module."""
        path = module.replace(".", "/")
        if path not in self.names or any(f"{path}{suffix}" in self.files for suffix in _SUFFIXES):
            return False
        init = self.files.get(f"{path}/__init__.py")
        return path in self._folders and (init is None or not init.info.file_size)
