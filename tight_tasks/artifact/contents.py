"""What an app's artifact holds: the app's own files, and its vendored packages beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tight_tasks.artifact.entries import Entry, Files
from tight_tasks.artifact.packages import true_record
from tight_tasks.artifact.rules import is_installers_script, left_out_of_app, left_out_of_packages, matches
from tight_tasks.artifact.tree import read_tree
from tight_tasks.errors import BadSetting, CanNotPack
from tight_tasks.project import FILE, Project
from tight_tasks.runtime_image import standard_library
from tight_tasks.unwanted import holds_key
from tight_tasks.vendor.folder import find_folder
from tight_tasks.vendor.packages import Package, vendored_packages

APP, INDEX = "app", "app_index.py"
OUTPUTS = "builds"


@dataclass(frozen=True)
class Contents:
    """`own` by their paths in the artifact; `vendored` by theirs among the packages, which is the root too."""

    own: Files
    vendored: Files
    packages: tuple[Package, ...]


def read_contents(project: Project) -> Contents:
    """All files of the artifact as they are on disk. Raises `CanNotPack` for one that can't go in, `BadSetting`."""
    _check_app(project.root)
    vendor = find_folder(project)
    packages = vendored_packages(vendor)
    vendored = Files(_vendored(vendor)) if vendor.is_dir() else Files()
    records = [entry for entry in vendored if entry.path.endswith(".dist-info/RECORD")]
    vendored += [true_record(entry, vendored) for entry in records]
    own = Files(_own(project, vendor))
    own += [entry for pattern in _patterns(project) for entry in _included(project, vendor, pattern, vendored)]
    _check_names(vendored, own, vendor, packages, standard_library(project.target.python))
    for files in (own, vendored):
        _check_links(files)
    return Contents(own, vendored, packages)


def _check_app(root: Path) -> None:
    for name in (INDEX, APP):
        if not (root / name).exists():
            raise CanNotPack(root / name, "it is not there: it is what Lambda calls")
        if not (root / name).resolve().is_relative_to(root.resolve()):
            raise CanNotPack(root / name, f"it is a link that leads out of {root}: copy what it leads to")


def _own(project: Project, vendor: Path) -> Iterator[Entry]:
    root = project.root

    def left_out(path: PurePosixPath, file: Path) -> bool:
        if file == vendor:
            return True
        # A function may be named as tests are.
        return left_out_of_app(path) and not (path.parts[0] == "functions" and _holds_handler(file))

    for entry in read_tree(root / APP, left_out):
        yield _harmless(entry.below(APP))
    for name in (INDEX, "env.dist.yml", FILE):
        if (root / name).exists():
            yield Entry(name, root / name)


def _vendored(vendor: Path) -> Iterator[Entry]:
    for entry in read_tree(vendor, lambda path, _: left_out_of_packages(path)):
        path = PurePosixPath(entry.path)
        if entry.link or path.parts[0] != "bin" or not is_installers_script(entry.read()):
            yield entry


def _holds_handler(folder: Path) -> bool:
    return not folder.name.startswith(".") and folder.name != "__pycache__" and any(folder.rglob("handler.py"))


def _harmless(entry: Entry) -> Entry:
    # A link leads to a file that is looked at itself.
    if not entry.link and holds_key(PurePosixPath(entry.path), entry.read()):
        reason = "it holds a private key, for whoever gets to see the artifact: keep it in AWS Secrets Manager"
        raise CanNotPack(Path(entry.path), reason)
    return entry


def _patterns(project: Project) -> list[str]:
    return sorted({pattern for name in ("", *project.configured) for pattern in project.function(name).include})


def _included(project: Project, vendor: Path, pattern: str, vendored: Files) -> Iterator[Entry]:
    """What a glob of tight.yml adds from beside `app`, such as data/*.csv; it may name what is there anyway."""
    root = project.root
    found = any(matches(entry.path, pattern) for entry in vendored)
    for file in _files(root, pattern):
        path = PurePosixPath(file.relative_to(root).as_posix())
        if path.parts[0] == APP:
            found = True
        elif (
            path.parts[0] != OUTPUTS
            and not file.is_relative_to(vendor)
            and not any(left_out_of_app(PurePosixPath(part)) for part in path.parts)
        ):
            if not file.resolve().is_relative_to(root.resolve()):
                raise CanNotPack(file, f"it is a link that leads out of {root}: copy what it leads to")
            found = True
            yield _harmless(Entry(str(path), file))
    if not found:
        raise BadSetting(root / FILE, "include", f"has {pattern!r}, which names no file: correct or remove it")


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(root.glob(pattern)):
        yield from sorted(below for below in (path.rglob("*") if path.is_dir() else [path]) if below.is_file())


def _check_names(
    vendored: Files, own: Files, vendor: Path, packages: Iterable[Package], of_python: frozenset[str]
) -> None:
    """Raises `CanNotPack` where a package would take the place of the app or of Python's own module."""
    owners = {path: package.name for package in packages for path in package.paths}
    for entry in vendored:
        top = entry.path.split("/", 1)[0]
        name = top.removesuffix(".py")
        owner = owners.get(entry.path, "a vendored package")
        if name in (APP, "app_index") or top in ("env.dist.yml", FILE) or entry.path in own:
            raise CanNotPack(vendor / top, f"{owner} brings it, and it is the app's own name: do without one of them")
        is_module = top != name or f"{top}/__init__.py" in vendored
        if is_module and name in of_python:
            raise CanNotPack(vendor / top, f"{owner} brings it, and in Lambda it would hide Python's own {name}")


def _check_links(files: Files) -> None:
    for entry in files:
        if entry.link:
            *_, real = files.follow(entry.path)
            if real not in files and not files.has_folder(real):
                where = entry.source if isinstance(entry.source, Path) else Path(entry.path)
                raise CanNotPack(where, f"it is a link to {entry.link}, which stays out of the artifact: remove it")
