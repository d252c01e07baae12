"""`static`: a folder of files that `invoke serve` and the host serve as they are.

    static("/assets", "public")

At AWS a bucket or a distribution does that.
"""

from tight.handlers import add_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Any, NoReturn

    from tight.handlers import Mark


def static(path: str, folder: str) -> None:
    """Serve the files of `folder`, by its path in the app, below `path`. Call it in the module of a handler."""
    add_mark(Static.kind, ({"path": path, "folder": folder},), static)


class Static:
    """Checks the folders of a function; Lambda serves none."""

    kind = "static"

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:  # noqa: ARG002  # as triggers are made
        self.__name__, self.__module__, self.__doc__ = name, module.__name__, module.__doc__
        for mark in marks:
            if mark.trigger == self.kind:
                self.describe(mark)

    def __call__(self, _event: "Any", _context: object) -> "NoReturn":
        from tight.errors import NoHandler

        raise NoHandler(self.__module__)

    def accepts(self, event: "Any") -> bool:  # noqa: ARG002  # as of triggers
        return False

    @staticmethod
    def describe(mark: "Mark") -> "dict[str, Any]":
        arguments: dict[str, Any] = mark.options[0]
        path, folder = arguments["path"], arguments["folder"]
        problem = None
        if not path.startswith("/") or path == "/":
            problem = "write a path that begins with / and has something behind it"
        elif not folder or folder.startswith(("/", "\\")) or ".." in folder.replace("\\", "/").split("/"):
            problem = "write a folder of the app, by its path in it"
        if problem:
            from tight.errors import BadSource

            raise BadSource(f"static({path!r}, {folder!r})", mark.place, problem)
        return arguments
