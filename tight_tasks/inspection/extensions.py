"""Whether extension modules are for the Python of the functions, as their file names tell."""

import re
from collections.abc import Iterator

from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

# PEP 3149, and PEP 703 for the `t`. A name with abi3, or without a tag, is found by every Python.
_TAGGED = re.compile(r"\.cpython-(3)(\d+)(t?)(?:-[\w-]+)?\.so$")
_FOREIGN = re.compile(r"\.(cp\d+-win\w+\.pyd|pyd|cpython-\d+t?-darwin\.so)$")


def find(subject: Subject) -> Iterator[Fault]:
    """Extension modules for another minor version, for free-threaded Python, or for another system."""
    for entry in subject.contents.entries:
        if entry.kind != "file":
            continue
        if _FOREIGN.search(entry.name):
            yield Fault(entry.place, "is an extension module for another system than Linux: vendor its package anew")
        elif tagged := _TAGGED.search(entry.name):
            version = f"{tagged[1]}.{tagged[2]}{tagged[3]}"
            if version != subject.target.python:
                yield Fault(
                    entry.place,
                    f"is built for Python {version}: the functions run on {subject.target.python}, which does not "
                    "find it",
                )
