"""Permissions: Lambda runs functions as a user of its own, so what not everybody may read can't be loaded."""

from collections.abc import Iterator

from tight_tasks.inspection.contents import Entry
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

_READABLE = 0o444
_TRAVERSABLE = 0o555


def find(subject: Subject) -> Iterator[Fault]:
    """Files that not everybody may read, folders that not everybody may enter, and what is neither."""
    for entry in subject.contents.entries:
        if problem := _problem(entry):
            yield Fault(entry.place, problem)


def _problem(entry: Entry) -> str:
    mode = entry.info.external_attr >> 16
    if entry.kind == "special":
        return "is a device, a pipe or a socket"
    if entry.kind == "link" or not mode:
        return ""  # who unpacks a zip without modes gives what is in it those of new files
    permissions = mode & 0o777
    if entry.kind == "file" and permissions & _READABLE != _READABLE:
        return f"has mode {permissions:03o}: the user that runs functions can't read it, make it 644 or 755"
    if entry.kind == "folder" and permissions & _TRAVERSABLE != _TRAVERSABLE:
        return f"has mode {permissions:03o}: the user that runs functions can't enter it, make it 755"
    return ""
