"""The folder of the schemas: what is there against what should be, and how it gets there."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Literal

from tight_tasks.errors import CanNotWrite, FileInTheWay
from tight_tasks.schema.ownership import is_ours

State = Literal["missing", "stale", "current", "orphaned"]
_DIFF_LINES = 40


@dataclass(frozen=True)
class File:
    """A file as it is and as it should be, None for not at all."""

    path: Path
    there: str | None
    wanted: str | None

    @property
    def state(self) -> State:
        if self.wanted is None:
            return "orphaned"
        if self.there is None:
            return "missing"
        return "current" if self.there == self.wanted else "stale"

    def diff(self) -> Iterator[str]:
        """What writing it would change, at most 40 lines of it; nothing for a file that is missing or orphaned."""
        if self.there is None or self.wanted is None:
            return
        old, new = self.there.splitlines(), self.wanted.splitlines()
        # The two lines that name the files say nothing here.
        lines = list(islice(unified_diff(old, new, lineterm="", n=1), 2, None))
        yield from lines[:_DIFF_LINES]
        if len(lines) > _DIFF_LINES:
            yield f"... and {len(lines) - _DIFF_LINES} lines more"


def compare(folder: Path, wanted: Mapping[str, str], suffix: str) -> list[File]:
    """Each wanted file, and each that the task wrote with this suffix and nothing wants any more.

    Raises `FileInTheWay` where a file is to be written over one that the task has not written.
    """
    files = []
    for name, text in wanted.items():
        path = folder / name
        there = _read(path)
        if path.exists() and there != text and (there is None or not is_ours(path.stem, there)):
            raise FileInTheWay(path)
        files.append(File(path, there, text))
    for path in folder.glob(f"*.{suffix}"):
        there = _read(path)
        if path.name not in wanted and there is not None and is_ours(path.stem, there):
            files.append(File(path, there, None))
    return sorted(files, key=lambda file: file.path.name)


def write(files: Iterable[File], *, prune: bool = False) -> None:
    """Write what is missing or stale, each file whole or not at all; with `prune` remove what is orphaned.

    Raises `CanNotWrite`; no file is replaced before all are written beside their places.
    """
    changed = [file for file in files if file.state in ("missing", "stale")]
    orphans = [file.path for file in files if file.state == "orphaned"] if prune else []
    beside = {file.path: file.path.with_name(f".{file.path.name}.new") for file in changed}
    path = Path()
    try:
        for file in changed:
            path = file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_text(file.wanted or "", encoding="utf-8", newline="\n")
        for path, new in beside.items():
            new.replace(path)
        for path in orphans:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise CanNotWrite(path, error.strerror or str(error)) from error
    finally:
        for new in beside.values():
            with suppress(OSError):  # most are in their places
                new.unlink()


def _read(path: Path) -> str | None:
    """Its text; None for no file, and for one that is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
