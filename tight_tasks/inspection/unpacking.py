"""An artifact as Lambda has it: the code in one folder, the layers in another, nobody may write into them."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tight_tasks.inspection.contents import Contents, Entry

_FILE = 0o444
_EXECUTABLE = 0o555
_FOLDER = 0o555
_OWNERS = 0o755


@dataclass(frozen=True)
class Unpacked:
    """`task` is what /var/task is in Lambda, `layers` /opt; `scratch` is for whatever else the examination needs."""

    task: Path
    layers: Path
    scratch: Path

    def path(self, python: str) -> list[Path]:
        """Where Lambda's runtime looks for modules, in its order."""
        layers = self.layers / "python"
        return [self.task, layers / "lib" / f"python{python}" / "site-packages", layers]


@contextmanager
def unpacked(contents: Contents) -> Iterator[Unpacked]:
    """`contents` in a temporary folder. Only for what the checks of paths, links and sizes have nothing against."""
    folder = Path(mkdtemp(prefix="tight-inspect-"))
    try:
        found = Unpacked(folder / "task", folder / "opt", folder / "scratch")
        for part in (found.task, found.layers, found.scratch):
            part.mkdir()
        # A layer may write over what an earlier one brought.
        for archive in contents.archives:
            for entry in archive.entries:
                _unpack(entry, (found.layers if archive.layer else found.task) / entry.name)
        for part in (found.task, found.layers):
            _forbid_writing(part)
        yield found
    finally:
        for parent, _, _ in os.walk(folder):
            os.chmod(parent, _OWNERS)  # noqa: PTH101  # os.walk gives text
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(entry: Entry, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind == "folder":
        place.mkdir(exist_ok=True)
        return
    if place.is_symlink() or place.is_file():
        place.unlink()
    if entry.kind == "link":
        place.symlink_to(entry.link_target())
        return
    with entry.source.open(entry.info) as source, place.open("wb") as target:
        shutil.copyfileobj(source, target)
    is_executable = (entry.info.external_attr >> 16) & stat.S_IXUSR
    place.chmod(_EXECUTABLE if is_executable else _FILE)


def _forbid_writing(root: Path) -> None:
    for parent, _, _ in os.walk(root):
        os.chmod(parent, _FOLDER)  # noqa: PTH101  # os.walk gives text
