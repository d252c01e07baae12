"""Reads a folder for an artifact: every file by rule, and links only where Lambda can follow them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from tight_tasks.artifact.entries import Entry
from tight_tasks.errors import CanNotPack

LeftOut = Callable[[PurePosixPath, Path], bool]


def read_tree(root: Path, left_out: LeftOut) -> Iterator[Entry]:
    """Every file below `root` by its path from there, but what `left_out(path, file)` names.

    A link stays a link, so nothing is there twice. Raises `CanNotPack` for one that leads out of `root`, to nothing or
    to a folder that holds it.
    """
    yield from _read(root, PurePosixPath(), root, left_out)


def _read(folder: Path, place: PurePosixPath, root: Path, left_out: LeftOut) -> Iterator[Entry]:
    for found in sorted(os.scandir(folder), key=lambda found: found.name):
        file, path = Path(found.path), place / found.name
        if left_out(path, file):
            continue
        try:
            found.name.encode()
        except UnicodeEncodeError as error:
            raise CanNotPack(file.parent, f"the name {found.name!r} in it is not UTF-8: rename it") from error
        if found.is_symlink():
            yield Entry(str(path), file, link=_target(file, root))
        elif found.is_dir():
            yield from _read(file, path, root, left_out)
        elif found.is_file():
            yield Entry(str(path), file)
        else:
            raise CanNotPack(file, "it is no file, folder or link: move it away")


def _target(link: Path, root: Path) -> str:
    """What a link points to. Raises `CanNotPack` where Lambda could not follow it."""
    target = str(link.readlink())
    if link.readlink().is_absolute():
        raise CanNotPack(link, f"it is a link to the absolute {target}: link to a relative path below {root}")
    try:
        real = link.resolve(strict=True)
    except FileNotFoundError as error:
        raise CanNotPack(link, f"it is a link to {target}, which is not there: remove it") from error
    except (OSError, RuntimeError) as error:  # RuntimeError until Python 3.12
        raise CanNotPack(link, f"it is a link to {target}, which leads in a circle: remove it") from error
    # Every step has to stay inside, not only the last one.
    if not real.is_relative_to(root.resolve()) or not _stays_inside(link, target, root):
        raise CanNotPack(link, f"it is a link to {target}, which leads out of {root}: copy what it leads to")
    if real.is_dir() and link.parent.resolve().is_relative_to(real):
        raise CanNotPack(link, f"it is a link to {target}, a folder that it stands in: remove it")
    return Path(target).as_posix()


def _stays_inside(link: Path, target: str, root: Path) -> bool:
    return Path(os.path.normpath(link.parent / target)).is_relative_to(root)
