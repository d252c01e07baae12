"""The packages that are installed in an artifact, as their metadata tell."""

import csv
from dataclasses import dataclass
from pathlib import PurePosixPath

from packaging.utils import canonicalize_name

from tight_tasks.inspection.contents import Contents

_METADATA = (".dist-info", ".egg-info")


@dataclass(frozen=True)
class Package:
    """`name` is normalised; `files` are paths below the folder that it is installed in, as its RECORD lists them."""

    name: str
    version: str
    metadata: str
    files: frozenset[str]


def metadata_folder(path: str) -> tuple[str, str, str] | None:
    """Folder, name and version, where `path` is in a folder of metadata at the root."""
    folder = path.partition("/")[0]
    if not folder.endswith(_METADATA):
        return None
    name, _, version = folder.rpartition(".")[0].partition("-")
    return folder, canonicalize_name(name), version.partition("-py")[0] if folder.endswith(".egg-info") else version


def packages_of(contents: Contents) -> tuple[Package, ...]:
    """What is installed, sorted by name. One without a RECORD has no other files than its metadata."""
    found: dict[str, tuple[str, str]] = {}
    files: dict[str, set[str]] = {}
    for path in contents.importable:
        if parts := metadata_folder(path):
            folder, *named = parts
            found[folder] = (named[0], named[1])
            files.setdefault(folder, set()).add(path)
    for folder, known in files.items():
        if record := contents.importable.get(f"{folder}/RECORD"):
            rows = csv.reader(record.read().decode("utf-8", "replace").splitlines())
            known |= {str(PurePosixPath(row[0])) for row in rows if row}
    return tuple(
        sorted(
            (Package(name, version, folder, frozenset(files[folder])) for folder, (name, version) in found.items()),
            key=lambda package: (package.name, package.version),
        )
    )
