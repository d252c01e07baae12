"""Files of an artifact and the vendored packages that they are of."""

import csv
import io
from collections.abc import Iterable

from tight_tasks.artifact.entries import Entry, Files
from tight_tasks.vendor.packages import Package


def sized(packages: Iterable[Package], files: Iterable[Entry]) -> list[tuple[str, str, int]]:
    """Name, version and unpacked bytes of each package that `files` hold something of, the largest first.

    Bytecode counts to the package of its source.
    """
    owners = {path: (package.name, package.version) for package in packages for path in package.paths}
    sizes: dict[tuple[str, str], int] = {}
    for entry in files:
        owner = owners.get(entry.path) or owners.get(source_of(entry.path))
        if owner:
            sizes[owner] = sizes.get(owner, 0) + entry.size
    rows = [(*owner, size) for owner, size in sizes.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def source_of(path: str) -> str:
    """The source of a file in `__pycache__`, "" for another file."""
    folder, _, name = path.rpartition("__pycache__/")
    return f"{folder}{name.partition('.')[0]}.py" if name and folder + name != path else ""


def true_record(entry: Entry, files: Files) -> Entry:
    """RECORD without the rows of files that are left out: some, such as scripts, differ from machine to machine."""
    rows = [row for row in csv.reader(io.StringIO(entry.read().decode("utf-8"))) if row and row[0] in files]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(rows))
    return Entry(entry.path, text.getvalue().encode())
