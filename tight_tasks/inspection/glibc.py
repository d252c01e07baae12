"""Whether Lambda's C library is new enough for what asks for it."""

from collections.abc import Iterator

from tight_tasks.elf import BadElf
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject


def find(subject: Subject) -> Iterator[Fault]:
    """Libraries and programs that need a newer glibc than the runtime's, or musl."""
    target = subject.target
    for library in subject.libraries:
        elf = library.elf
        if isinstance(elf, BadElf):
            continue  # the check of the processor tells it
        if elf.is_musl:
            yield Fault(library.entry.place, "needs the C library musl, and Lambda has glibc: vendor its package anew")
        elif elf.glibc > target.glibc:
            yield Fault(
                library.entry.place,
                f"needs glibc {_text(elf.glibc)}, and {target.runtime} has {_text(target.glibc)}: vendor its "
                "package anew, or an older version of it",
            )


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
