"""What the checks look at: an artifact, the app that it is of, and what is to be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from tight_tasks.inspection.contents import Contents
from tight_tasks.inspection.libraries import Library, libraries_of
from tight_tasks.inspection.packages import Package, packages_of
from tight_tasks.project import Project
from tight_tasks.sizes import UNZIPPED, ZIPPED
from tight_tasks.target import Target

INDEX = "app_index.py"
FUNCTIONS = "app/functions"


@dataclass(frozen=True)
class Subject:
    """`named` are the functions that the artifact is for; None: all whose handlers are in it.

    `zipped` and `unzipped` are the most bytes that a zip may have, and all of them unpacked; `zipped` None: as many as
    that.
    """

    contents: Contents
    project: Project
    named: Sequence[str] | None = None
    zipped: int | None = ZIPPED
    unzipped: int = UNZIPPED

    @property
    def target(self) -> Target:
        return self.project.target

    @cached_property
    def handlers(self) -> dict[str, str]:
        """The handler.py of each function in the artifact, by the function's name, as `tight.functions` names them."""
        found = {}
        for path in sorted(self.contents.importable):
            file = PurePosixPath(path)
            if file.name == "handler.py" and PurePosixPath(FUNCTIONS) in file.parent.parents:
                found["_".join(file.parent.relative_to(FUNCTIONS).parts)] = path
        return found

    @cached_property
    def functions(self) -> dict[str, str]:
        """Those of `handlers` that the artifact is for."""
        named = self.handlers if self.named is None else self.named
        return {name: self.handlers[name] for name in named if name in self.handlers}

    @cached_property
    def libraries(self) -> tuple[Library, ...]:
        """All machine code."""
        return tuple(libraries_of(self.contents))

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The installed packages."""
        return packages_of(self.contents)

    @cached_property
    def owned(self) -> dict[str, Package]:
        """The package of each file that a package brought, by its path on Python's path."""
        return {file: package for package in self.packages for file in package.files}
