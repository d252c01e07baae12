"""Fills `vendor_dir`: packages are installed and checked aside, then swapped in as a whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import InvalidRequirement, Requirement

from tight_tasks.errors import BadOption, CanNotWrite, NoRequirements, TaskError
from tight_tasks.project import Project
from tight_tasks.swap import swapped
from tight_tasks.target import Target
from tight_tasks.vendor import FILE
from tight_tasks.vendor.binaries import check_binaries
from tight_tasks.vendor.folder import check_replaceable, find_folder, keep
from tight_tasks.vendor.install import ignore, install, without_password
from tight_tasks.vendor.packages import Package, vendored_packages
from tight_tasks.vendor.portable import remove_empty
from tight_tasks.vendor.requirements import add_requirements, parse_requirement, read_requirements
from tight_tasks.vendor.sdk import Brought, brought_by_lambda


@dataclass(frozen=True)
class Vendored:
    """What is in `folder`, what Lambda brings, and the new lines of the requirements file, without passwords."""

    folder: Path
    packages: tuple[Package, ...]
    brought: Brought
    added: tuple[str, ...]


def vendor_packages(
    project: Project,
    *,
    add: Sequence[str] = (),
    find_links: Sequence[str] = (),
    with_boto3: bool = False,
    report: Callable[[str], None] = ignore,
) -> Vendored:
    """Install what `requirements-vendor.txt` asks for, and what is added to it, into `vendor_dir` for Lambda.

    Whatever it raises, folder and file are as they were: `NoRequirements`, `BadOption` for what can't be added,
    `ForeignFile` for a folder with the user's own files, `CanNotInstall`, `WrongBinary`, `CanNotWrite`.
    """
    file = project.root / FILE
    if not file.is_file():
        raise NoRequirements(file)
    folder = find_folder(project)
    check_replaceable(folder)
    added = [_parse(text) for text in add]
    links = [_place(place) for place in find_links]
    with _no_writing_error(folder), _aside(folder) as (new, old), _candidate(file, added) as (candidate, lines):
        sdk = ["boto3"] if with_boto3 else []
        install(candidate, project.target, new, packages=sdk, find_links=links, known_as=file, report=report)
        installed = vendored_packages(new)
        _check_added(added, installed, project.target)
        asked = read_requirements(candidate, project.target.markers)
        brought = Brought() if with_boto3 else brought_by_lambda(installed, asked, project.target)
        packages = tuple(package for package in installed if package not in brought.left_out)
        _remove(new, brought.left_out)
        check_binaries(new, packages, project.target)
        check_replaceable(folder)  # once more, since all of that took a while
        keep(folder, new)
        with swapped(new, folder, old):
            if lines:
                candidate.replace(file.resolve())  # a link stays a link
    return Vendored(folder, packages, brought, lines)


def _parse(text: str) -> Requirement:
    try:
        return parse_requirement(text)
    except InvalidRequirement as error:
        raise BadOption("add", text, "name a package, such as requests or 'toml==0.10.2'") from error


def _place(text: str) -> str:
    """A folder or an address with wheels."""
    if "://" in text:
        return text
    if not Path(text).is_dir():
        raise BadOption("find-links", text, "there is no such folder")
    return str(Path(text).absolute())


def _check_added(added: Iterable[Requirement], installed: Iterable[Package], target: Target) -> None:
    names = {package.name for package in installed}
    for requirement in added:
        if requirement.name not in names:
            raise BadOption("add", without_password(str(requirement)), f"its marker leaves it out for {target}")


def _remove(folder: Path, packages: Iterable[Package]) -> None:
    files = [file for package in packages for file in package.files]
    for file in files:
        (folder / file).unlink(missing_ok=True)
    remove_empty(folder, files)


@contextmanager
def _aside(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Two places on the folder's own file system, since only there a folder moves in one step."""
    home = next(parent for parent in folder.parents if parent.is_dir())
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=home, ignore_cleanup_errors=True) as name:
        yield Path(name, "new"), Path(name, "old")


@contextmanager
def _candidate(file: Path, added: Sequence[Requirement]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The file as it is to be and its new lines: itself and none, or one beside it, so that relative paths hold."""
    # Bytes that are no UTF-8 go through as they are; uv says what it thinks of them.
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    wanted = add_requirements(text, added)
    if wanted == text:
        yield file, ()
        return
    there = text.splitlines()
    candidate = file.with_name(f".{file.stem}-{os.getpid()}{file.suffix}")
    try:
        shutil.copy(file, candidate)  # with its mode
        candidate.write_bytes(wanted.encode("utf-8", "surrogateescape"))
        yield candidate, tuple(without_password(line) for line in wanted.splitlines() if line not in there)
    finally:
        candidate.unlink(missing_ok=True)


@contextmanager
def _no_writing_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except TaskError:
        raise
    except OSError as error:
        raise CanNotWrite(Path(error.filename or folder), error.strerror or str(error)) from error
