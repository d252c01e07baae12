"""Names in a zip that would land elsewhere than where they say, or twice."""

import re
from collections import Counter
from collections.abc import Iterator

from tight_tasks.inspection.contents import Entry
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def find(subject: Subject) -> Iterator[Fault]:
    """Names that are absolute, escape, can't be files or are there twice."""
    for archive in subject.contents.archives:
        counts = Counter(entry.name for entry in archive.entries)
        for name, count in counts.items():
            place = f"{archive.layer}:{name}" if archive.layer else name
            if count > 1:
                yield Fault(place, f"is in the zip {count} times")
            entry = archive.names[name]
            # zipfile cuts a name at its first NUL, the way a reader written in C would.
            if problem := _problem(entry.info.orig_filename.rstrip("/") if entry else name):
                yield Fault(place, problem)
            elif folder := _file_above(name, archive.names):
                yield Fault(place, f"is below {folder}, which is a file")


def _problem(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name):
        return "is an absolute path"
    if ".." in parts:
        return "escapes from the folder that the zip is unpacked in"
    if "\\" in name:
        return "has a backslash in its name, which is no separator in Lambda: make the zip with forward slashes"
    if _CONTROL.search(name):
        return "has a control character in its name"
    if "" in parts or "." in parts:
        return "has an empty part or a dot as a part of its path"
    return ""


def _file_above(name: str, names: dict[str, Entry | None]) -> str:
    while name := name.rpartition("/")[0]:
        above = names[name]
        if above is not None and above.kind == "file":
            return name
    return ""
