"""The functions of an app, and what of an artifact each of them needs."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tight_tasks.artifact.contents import APP, INDEX, Contents
from tight_tasks.artifact.entries import Files
from tight_tasks.artifact.graph import Graph
from tight_tasks.artifact.packages import source_of
from tight_tasks.artifact.rules import matches
from tight_tasks.errors import CanNotPack
from tight_tasks.project import FILE, Project

_FUNCTIONS = f"{APP}/functions"
_ALWAYS = (INDEX, FILE, "env.dist.yml")


def functions_of(own: Files) -> dict[str, str]:
    """The folder of each function by its name: users, and admin_users of admin/users. Raises `CanNotPack`."""
    found: dict[str, str] = {}
    for entry in own:
        path = PurePosixPath(entry.path)
        if path.name != "handler.py" or not path.is_relative_to(_FUNCTIONS) or len(path.parts) < 4:
            continue
        folders = path.parent.relative_to(_FUNCTIONS).parts
        name = "_".join(folders)
        if not all(folder.isidentifier() for folder in folders) or name.startswith("_"):
            raise CanNotPack(entry.path, f"{name!r} can't be a function's name: Lambda is told app_index.{name}")
        if name in found:
            raise CanNotPack(entry.path, f"{found[name]} is the function {name!r}, too: rename one of the folders")
        found[name] = str(path.parent)
    return found


def needed_by(function: str, project: Project, contents: Contents) -> tuple[set[str], set[str]]:
    """The paths of own and of vendored files that a function needs.

    Of the app: what it imports, what lies beside that and is no Python, and all of its own folder. Of packages: each
    that it imports anything of, whole, with what that one requires. `include` of tight.yml adds what is imported by a
    name that the source doesn't tell.
    """
    folders = functions_of(contents.own)
    both = Files([*contents.vendored, *contents.own])
    reached = Graph(both).reached_from("app_index", _module(folders[function]))
    for file in reached.unread:
        raise CanNotPack(file, "this Python can't read what it imports: run the task with the Python of the runtime")
    files = reached.files
    files |= set(_own_folder(folders[function], folders.values(), contents.own))
    files |= {name for name in _ALWAYS if name in contents.own}
    files |= set(_data(files, contents.own))
    for pattern in project.function(function).include:
        files |= {entry.path for entry in both if matches(entry.path, pattern)}
    own = {path for path in files if path in contents.own}
    return own, set(_whole(files - own, contents))


def _module(folder: str) -> str:
    return f"{folder.replace('/', '.')}.handler"


def _own_folder(folder: str, folders: Iterable[str], own: Files) -> Iterator[str]:
    others = [f"{other}/" for other in folders if other.startswith(f"{folder}/")]
    for entry in own:
        if entry.path.startswith(f"{folder}/") and not entry.path.startswith(tuple(others)):
            yield entry.path


def _data(files: set[str], own: Files) -> Iterator[str]:
    """Files that are no Python, in the folders of modules that are reached, or below them where no module stands."""
    packages = {str(PurePosixPath(entry.path).parent) for entry in own if entry.path.endswith(".py")}
    reached = {str(PurePosixPath(path).parent) for path in files if path.endswith(".py")} - {"."}
    for entry in own:
        if not entry.path.endswith(".py") and not source_of(entry.path):
            home = next((str(folder) for folder in PurePosixPath(entry.path).parents if str(folder) in packages), ".")
            if home in reached:
                yield entry.path


def _whole(files: set[str], contents: Contents) -> Iterator[str]:
    """The distributions that own `files`, and those that they require; of what nobody owns, all of its top folder."""
    waiting = [package for package in contents.packages if package.paths & files]
    taken = {package.name: package for package in waiting}
    while waiting:
        for package in contents.packages:
            if package.name in waiting[-1].needs and package.name not in taken:
                taken[package.name] = package
                waiting.insert(0, package)
        waiting.pop()
    owned = {path for package in contents.packages for path in package.paths}
    loose = {path.split("/", 1)[0] for path in files - owned}
    for path in (entry.path for entry in contents.vendored if not source_of(entry.path)):
        if any(path in package.paths for package in taken.values()) or (
            path not in owned and path.split("/", 1)[0] in loose
        ):
            yield path
