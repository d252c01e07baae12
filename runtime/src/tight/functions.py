"""The functions of an app: the folders that hold `handler.py`, but for what is hidden, as an editor's copies are."""

from importlib.util import find_spec
from pathlib import Path

from tight.errors import BadFunctionName, DuplicateFunction


def functions_of(package: str) -> dict[str, str]:
    """The handler module of each function of `package`, by the function's name, sorted.

    Raises `DuplicateFunction` for two folders that give one name, `BadFunctionName` for one that is no identifier, and
    `ModuleNotFoundError` without the package.
    """
    spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    found: dict[str, str] = {}
    for root in map(Path, spec.submodule_search_locations or ()):
        for file in sorted(root.rglob("handler.py")):
            folders = file.parent.relative_to(root).parts
            name = "_".join(folders)
            if not folders or "__pycache__" in folders or any(folder.startswith(".") for folder in folders):
                continue
            if not all(folder.isidentifier() for folder in folders) or name.startswith("_"):
                raise BadFunctionName(name, str(file))
            path = ".".join((package, *folders, "handler"))
            if found.get(name, path) != path:  # the same one twice is of a folder that is on Python's path twice
                raise DuplicateFunction(name, found[name], path)
            found[name] = path
    return dict(sorted(found.items()))
