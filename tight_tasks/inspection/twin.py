"""The artifact made runnable here: packages with machine code for elsewhere are installed for this machine."""

from dataclasses import dataclass
from pathlib import Path

from tight_tasks.errors import CanNotInstall
from tight_tasks.inspection.image import install_exactly
from tight_tasks.inspection.packages import Package
from tight_tasks.inspection.subject import Subject
from tight_tasks.inspection.unpacking import Unpacked
from tight_tasks.interpreter import Interpreter


class NoTwin(Exception):
    """It says why."""


@dataclass(frozen=True)
class Runnable:
    """Where to look for modules, and what is told of it."""

    path: tuple[Path, ...]
    told: str


def runnable(subject: Subject, unpacked: Unpacked, interpreter: Interpreter) -> Runnable:
    """The artifact itself where this machine is like Lambda's, else its twin. Raises `NoTwin`."""
    path = unpacked.path(subject.target.python)
    if interpreter.runs(subject.target):
        return Runnable(tuple(path), f"from the zip itself, by Python {interpreter.python}")
    native = _native(subject)
    told = f"from a twin for this machine, by Python {interpreter.python}"
    if not native:
        return Runnable(tuple(path), f"{told}: all of its packages are pure Python")
    folder = unpacked.scratch / "twin"
    try:
        install_exactly([f"{package.name}=={package.version}" for package in native], interpreter, folder)
    except CanNotInstall as error:
        raise NoTwin(error.reason) from error
    names = ", ".join(f"{package.name} {package.version}" for package in native)
    # In front: what is in the zip under the same names is for another machine.
    return Runnable((folder, *path), f"{told}: {names} installed for it, all else from the zip")


def _native(subject: Subject) -> list[Package]:
    """The packages with machine code."""
    found = {}
    for library in subject.libraries:
        package = subject.owned.get(library.entry.import_path)
        if package is None:
            raise NoTwin(f"{library.entry.place} is machine code that no package lists as its own")
        found[package.name] = package
    return [found[name] for name in sorted(found)]
