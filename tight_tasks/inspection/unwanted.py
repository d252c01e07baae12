"""Whether something is in the artifact that must not be uploaded."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import FUNCTIONS, Subject
from tight_tasks.unwanted import KIT, holds_key, reason_against


def find(subject: Subject) -> Iterator[Fault]:
    """Each unwanted file, or the folder that it is in. Of what a package brought only the test kit is unwanted."""
    told = set()
    for entry in subject.contents.entries:
        path = entry.import_path
        if entry.kind == "folder" or not path:
            continue
        unwanted, sentence = "", ""
        if path.startswith(f"{KIT}/"):
            unwanted, sentence = f"{KIT}/", "is the test kit: Lambda needs tight-runtime alone"
        elif path not in subject.owned:
            unwanted, sentence = _unwanted(path, subject)
            if not unwanted and entry.kind == "file" and holds_key(PurePosixPath(path), entry.read()):
                unwanted, sentence = path, "holds a private key"
        place = entry.place[: len(entry.place) - len(path)] + unwanted
        if unwanted and place not in told:
            told.add(place)
            yield Fault(place, f"{sentence}: keep it out of the artifact")


def _unwanted(path: str, subject: Subject) -> tuple[str, str]:
    parts = path.split("/")
    for count, name in enumerate(parts, 1):
        sentence = reason_against(name)
        here = "/".join(parts[:count]) + "/" * (count < len(parts))
        # A function may have any name.
        if sentence and not (here.startswith(f"{FUNCTIONS}/") and _holds_handler(here, subject)):
            return here, sentence
    return "", ""


def _holds_handler(folder: str, subject: Subject) -> bool:
    return any(handler.startswith(folder) for handler in subject.handlers.values())
