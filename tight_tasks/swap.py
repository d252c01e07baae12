"""A folder takes the place of another, as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def swapped(new: Path, folder: Path, aside: Path) -> Iterator[None]:
    """Put `new` in the place of `folder`, which goes `aside`: for good where the block ends without an exception."""
    there = folder.is_dir()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if there:
            folder.rename(aside)
        new.rename(folder)
        yield
    except BaseException:  # Ctrl-C too
        if folder.is_dir() and (aside.is_dir() or not there):
            folder.rename(new)
        if aside.is_dir():
            aside.rename(folder)
        raise
