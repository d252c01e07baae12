"""Whether machine code is for the processor of the functions."""

import re
from collections.abc import Iterator

from tight_tasks.elf import BadElf
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

_NAMED_FOR = re.compile(r"\.(?:cpython-\d+t?|pypy\w+|abi3)-(x86_64|aarch64)-linux-\w+\.so$")


def find(subject: Subject) -> Iterator[Fault]:
    """Libraries and programs for another processor, and extension modules that are named for one."""
    target = subject.target
    for library in subject.libraries:
        if isinstance(library.elf, BadElf):
            yield Fault(library.entry.place, f"can't be read as a library or program: {library.elf}")
        elif library.elf.machine != target.machine:
            place, machine = library.entry.place, library.elf.machine
            yield Fault(place, f"is built for {machine}: the functions run on {target.machine}")
        elif (named := _NAMED_FOR.search(library.entry.name)) and named[1] != target.machine:
            yield Fault(library.entry.place, f"is named for {named[1]}: on {target.machine} Python does not find it")
