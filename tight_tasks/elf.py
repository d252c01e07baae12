"""What machine code says of itself in its ELF headers: read, never run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

MAGIC = b"\x7fELF"
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}
_VERSION = re.compile(r"GLIBC_(\d+)\.(\d+)")
# Not a version by name, but glibc has it from 2.36 on: relative relocations, packed.
_PACKED_RELOCATIONS = "GLIBC_ABI_DT_RELR"


class BadElf(ValueError):
    """It begins as machine code does, and can't be read."""


@dataclass(frozen=True)
class Elf:
    """A shared library or a program. `machine` is as in `Target.machine`, or ELF's own name for another one.

    `glibc` is the newest version of the C library that it asks for, (0, 0) for none; `is_musl`: it asks for another C
    library.
    """

    machine: str
    glibc: tuple[int, int]
    is_musl: bool


def read_elf(stream: BinaryIO) -> Elf:
    """Raises `BadElf`."""
    from elftools.common.exceptions import ELFError  # 60 ms, for machine code alone
    from elftools.elf.elffile import ELFFile

    try:
        elf = ELFFile(stream)
        machine = elf["e_machine"] if elf.elfclass == 64 else f"{elf['e_machine']} of 32 bits"
        return Elf(
            _MACHINES.get(machine, f"{machine}".removeprefix("EM_")),
            max(_versions(elf), default=(0, 0)),
            any(library.startswith(("libc.musl-", "ld-musl-")) for library in _needed(elf)),
        )
    except (ELFError, ValueError, KeyError, AttributeError) as error:
        raise BadElf(" ".join(f"{error}".split()) or type(error).__name__) from error


def _versions(elf: "ELFFile") -> Iterator[tuple[int, int]]:
    from elftools.elf.gnuversions import GNUVerNeedSection

    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for _, needed in section.iter_versions():
                for version in needed:
                    if version.name == _PACKED_RELOCATIONS:
                        yield 2, 36
                    elif match := _VERSION.match(version.name):
                        yield int(match[1]), int(match[2])


def _needed(elf: "ELFFile") -> Iterator[str]:
    from elftools.elf.dynamic import DynamicSection

    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            for tag in section.iter_tags("DT_NEEDED"):
                yield tag.needed  # type: ignore[attr-defined]  # pyelftools sets it by its name
