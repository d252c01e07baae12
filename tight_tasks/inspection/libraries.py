"""What is in an artifact as machine code, and what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from tight_tasks.elf import MAGIC, BadElf, Elf, read_elf
from tight_tasks.inspection.contents import Contents, Entry


@dataclass(frozen=True)
class Library:
    """A shared library or a program; `elf` is what it says of itself, or why that can't be read."""

    entry: Entry
    elf: Elf | BadElf


def libraries_of(contents: Contents) -> Iterator[Library]:
    """Every file that is machine code, whatever its name."""
    for entry in contents.entries:
        if entry.kind == "file" and entry.info.file_size >= len(MAGIC) and entry.read(len(MAGIC)) == MAGIC:
            try:
                yield Library(entry, read_elf(BytesIO(entry.read())))
            except BadElf as error:
                yield Library(entry, error)
