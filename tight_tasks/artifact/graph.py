"""Which modules of an artifact are reached from one of them, over imports as they stand in the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tight_tasks.artifact.entries import Files
from tight_tasks.imports import Import, defined_names, imports_of, lazy_names


@dataclass
class Reached:
    """Paths in the artifact, and which of the app's own this Python can't read."""

    files: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


class Graph:
    """The modules of `files`; each source is read once, whoever asks."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._libraries = _libraries(files)
        self._trees: dict[str, ast.Module | None] = {}

    def reached_from(self, *modules: str) -> Reached:
        """All that these modules import, and what that imports, and themselves."""
        reached, seen = Reached(), set[str]()
        waiting = list(modules)
        while waiting:
            module = waiting.pop()
            for name in _with_parents(module):
                if name not in seen:
                    seen.add(name)
                    waiting += self._enter(name, reached)
        return reached

    def is_module(self, name: str) -> bool:
        return self._file(name) is not None or self._files.has_folder(self._real(name))

    def _enter(self, module: str, reached: Reached) -> Iterator[str]:
        """The modules that a module imports."""
        file = self._file(module)
        if file is None:
            return
        reached.files.update(self._files.follow(file))
        tree = self._tree(file)
        if tree is None and file.endswith(".py") and is_own(file):
            reached.unread.append(file)
        for one in imports_of(tree, module, is_package=file.endswith("/__init__.py")) if tree else ():
            # A package is taken whole: what it loads late inside itself says nothing, such as a module for a library
            # that few of its users have.
            inside = _top(one.module) == _top(module) and not is_own(file)
            if self.is_module(one.module) and (one.sure or not inside):
                yield one.module
                yield from self._named(one)

    def _named(self, one: Import) -> Iterator[str]:
        """What `from a import b` imports beside `a`: the module a.b, or what `a` loads on demand for that name."""
        file = self._file(one.module)
        tree = self._tree(file) if file else None
        lazy = lazy_names(tree) if tree else None
        for name in one.names:
            if self.is_module(f"{one.module}.{name}"):
                yield f"{one.module}.{name}"
        if tree is None or lazy is None:
            return
        names = one.names or tuple(lazy)  # of `import a` any name may be taken
        for name in lazy if "*" in names else names:
            if name in lazy:
                yield from self._homes(one.module, lazy[name])
            elif name not in defined_names(tree) and not self.is_module(f"{one.module}.{name}"):
                yield from self._homes(one.module, [text for texts in lazy.values() for text in texts])

    def _homes(self, package: str, texts: "tuple[str, ...] | list[str]") -> Iterator[str]:
        for text in texts:
            for name in (text, f"{package}.{text.lstrip('.')}"):
                if not name.startswith(".") and self.is_module(name):
                    yield name

    def _real(self, module: str) -> str:
        return self._files.follow(module.replace(".", "/"))[-1]

    def _file(self, module: str) -> str | None:
        path = self._real(module)
        for candidate in (f"{path}/__init__.py", f"{path}.py"):
            if self._files.follow(candidate)[-1] in self._files:
                return candidate
        return self._libraries.get(path)

    def _tree(self, file: str) -> ast.Module | None:
        if file not in self._trees:
            self._trees[file] = self._parse(self._files.follow(file)[-1])
        return self._trees[file]

    def _parse(self, file: str) -> ast.Module | None:
        if not file.endswith(".py"):
            return None
        try:
            return ast.parse(self._files[file].read())
        except (SyntaxError, ValueError, RecursionError):
            return None


def is_own(file: str) -> bool:
    """Whether a path in the artifact is of the app's own code."""
    return file.startswith("app/") or file == "app_index.py"


def _top(module: str) -> str:
    return module.partition(".")[0]


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


def _libraries(files: Files) -> dict[str, str]:
    """Compiled modules by their path without ABI and suffix: a/b.cpython-313-aarch64-linux-gnu.so is a/b."""
    found = {}
    for entry in files:
        folder, slash, name = entry.path.rpartition("/")
        if name.endswith((".so", ".pyd")):
            found[folder + slash + name.partition(".")[0]] = entry.path
    return found
