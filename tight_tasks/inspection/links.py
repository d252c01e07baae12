"""Symbolic links: they may point to what is in the same zip, and nowhere else."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from tight_tasks.inspection.contents import Archive, Entry
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

_MOST_STEPS = 40  # as many as Linux follows


def find(subject: Subject) -> Iterator[Fault]:
    """Links that are absolute, escape, dangle or run in circles, and what is stored below a link."""
    for archive in subject.contents.archives:
        for entry in archive.entries:
            if entry.kind == "link":
                if problem := _problem(entry, archive):
                    yield Fault(entry.place, problem)
            elif above := _link_above(entry.name, archive):
                yield Fault(entry.place, f"is below {above.name}, which is a link: it would be unpacked elsewhere")


def _problem(link: Entry, archive: Archive) -> str:
    said = link.link_target()
    target, place = said, link
    for _ in range(_MOST_STEPS):
        if target.startswith("/"):
            return f"links to {said}, an absolute path: Lambda does not have it"
        path = normpath(join(dirname(place.name), target))
        if path == ".." or path.startswith("../"):
            return f"links to {said}, which is outside of the zip"
        if path != "." and path not in archive.names:
            # Behind a link on the way there may be more; that link has a check of its own.
            return "" if _link_above(path, archive) else f"links to {said}, which is not in the zip"
        entry = archive.names.get(path)
        if entry is None or entry.kind != "link":
            return ""
        target, place = entry.link_target(), entry
    return f"links to {said}, and from there in a circle"


def _link_above(name: str, archive: Archive) -> Entry | None:
    while name := name.rpartition("/")[0]:
        entry = archive.names.get(name)
        if entry is not None and entry.kind == "link":
            return entry
    return None
