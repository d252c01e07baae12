"""What is in an artifact: the zip with the code, and the zips of its layers."""

import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal
from zipfile import ZipFile, ZipInfo

# Where Python looks in a layer: "Packaging your layer content" in the Lambda developer guide.
_LAYER_ROOT = re.compile(r"python/(lib/python3\.\d+/site-packages/)?")
_LONGEST_LINK = 4096


@dataclass(frozen=True)
class Entry:
    """An entry of one zip. `layer` is the name of its zip where that is a layer."""

    info: ZipInfo
    source: ZipFile
    layer: str = ""

    @property
    def name(self) -> str:
        """As it stands in the zip, without the slash at the end of a folder's name."""
        return self.info.filename.rstrip("/")

    @property
    def place(self) -> str:
        """How a user is told of it."""
        return f"{self.layer}:{self.name}" if self.layer else self.name

    @property
    def import_path(self) -> str:
        """Its path from the folder where Python looks for modules; empty for what is elsewhere in a layer."""
        if not self.layer:
            return self.name
        root = _LAYER_ROOT.match(self.info.filename)
        return self.name[root.end() :] if root else ""

    @property
    def kind(self) -> Literal["file", "folder", "link", "special"]:
        mode = self.info.external_attr >> 16
        if self.info.is_dir() or stat.S_ISDIR(mode):
            return "folder"
        if stat.S_ISLNK(mode):
            return "link"
        return "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "special"

    def read(self, limit: int = -1) -> bytes:
        """The first `limit` bytes, or all: never more than the size that the zip's directory says."""
        with self.source.open(self.info) as stream:
            return stream.read(limit)

    def link_target(self) -> str:
        return self.read(_LONGEST_LINK).decode("utf-8", "replace")


@dataclass(frozen=True)
class Archive:
    """One zip. `layer` is empty for the one with the code."""

    path: Path
    entries: tuple[Entry, ...]
    layer: str = ""

    @cached_property
    def names(self) -> dict[str, Entry | None]:
        """Every name in it, with the folders that are there only because something is in them."""
        names: dict[str, Entry | None] = {}
        for entry in self.entries:
            folder = entry.name
            while folder := folder.rpartition("/")[0]:
                names.setdefault(folder, None)
            names[entry.name] = entry
        return names


@dataclass(frozen=True)
class Contents:
    """The zip with the code comes first, then the layers."""

    archives: tuple[Archive, ...]

    @classmethod
    @contextmanager
    def opened(cls, archive: Path, layers: Sequence[Path]) -> "Iterator[Contents]":
        """Raises `BadZipFile` for what is no zip."""
        with ExitStack() as stack:
            archives = []
            for path, layer in [(archive, ""), *((layer, layer.name) for layer in layers)]:
                source = stack.enter_context(ZipFile(path))
                entries = tuple(Entry(info, source, layer) for info in source.infolist())
                archives.append(Archive(path, entries, layer))
            yield cls(tuple(archives))

    @property
    def entries(self) -> Iterator[Entry]:
        for archive in self.archives:
            yield from archive.entries

    @cached_property
    def importable(self) -> dict[str, Entry]:
        """What stands on Python's path, by its path there; what hides another of its name comes first in Lambda too."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.kind in ("file", "link") and entry.import_path:
                found.setdefault(entry.import_path, entry)
        return found
