"""The files of an artifact, each by its path in it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from tight_tasks.artifact.rules import mode_of


@dataclass(frozen=True)
class Entry:
    """A file, or a symbolic link where `link` says what it points to. `source` is on disk, or the content itself."""

    path: str
    source: Path | bytes
    link: str = ""

    def read(self) -> bytes:
        """The content; of a link, that of the file that it leads to."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()

    @cached_property
    def mode(self) -> int:
        return mode_of(self.read())

    @cached_property
    def size(self) -> int:
        """Bytes, unpacked."""
        if self.link:
            return len(os.fsencode(self.link))
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size

    def below(self, folder: str) -> "Entry":
        return replace(self, path=f"{folder}/{self.path}")


class Files:
    """Entries by path, sorted, so that nothing depends on the order of a disk."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = {entry.path: entry for entry in sorted(entries, key=lambda entry: entry.path)}
        self._folders = {str(parent) for path in self._entries for parent in PurePosixPath(path).parents}
        self._links = [path for path, entry in self._entries.items() if entry.link]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def __add__(self, other: Iterable[Entry]) -> "Files":
        return Files([*self, *other])

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return sum(entry.size for entry in self)

    def has_folder(self, path: str) -> bool:
        return path in self._folders

    def follow(self, path: str) -> list[str]:
        """`path` with its links followed: each link on the way, and last what is meant. No link leads in a circle."""
        way: list[str] = []
        while link := next((link for link in self._links if path == link or path.startswith(f"{link}/")), None):
            way.append(link)
            target = os.path.normpath(PurePosixPath(link).parent / self._entries[link].link)
            path = PurePosixPath(target, path[len(link) + 1 :]).as_posix()
        return [*way, path]

    def only(self, paths: Iterable[str]) -> "Files":
        """These of them, with what their links lead to; a folder behind a link is whole."""
        chosen: set[str] = set()
        for path in paths:
            *links, real = self.follow(path)
            chosen.update(links)
            chosen.update([real] if real in self else (name for name in self._entries if name.startswith(f"{real}/")))
        return Files(self._entries[path] for path in chosen)
