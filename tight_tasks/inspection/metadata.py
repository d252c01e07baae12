"""Packages that are there twice: an installation over an older one leaves both, and which one is imported is luck."""

from collections.abc import Iterator

from tight_tasks.inspection.packages import metadata_folder
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject


def find(subject: Subject) -> Iterator[Fault]:
    """Two folders of metadata for one package in one zip. That the code hides what a layer has is no fault."""
    for archive in subject.contents.archives:
        found: dict[str, set[str]] = {}
        for entry in archive.entries:
            if parts := metadata_folder(entry.import_path):
                folder, package, _ = parts
                found.setdefault(package, set()).add(folder)
        for package, folders in found.items():
            if len(folders) > 1:
                *others, last = sorted(folders)
                yield Fault(last, f"is a second installation of {package}, beside {', '.join(others)}: vendor it anew")
