"""Takes out of an installation what tells of the machine it was made on, so that its bytes are the same everywhere."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

# Where a package came from, and when: PEP 610's file, and uv's own.
_OF_THIS_MACHINE = ("direct_url.json", "uv_*.json")


def make_portable(folder: Path) -> None:
    """Remove the installer's traces and the scripts that start this machine's Python; RECORD then lacks them too."""
    (folder / ".lock").unlink(missing_ok=True)
    scripts = {script for script in (folder / "bin").glob("*") if _is_script(script)}
    for info in folder.glob("*.dist-info"):
        gone = scripts | {file for pattern in _OF_THIS_MACHINE for file in info.glob(pattern)}
        _strike_out(info / "RECORD", {file.relative_to(folder).as_posix() for file in gone})
        for file in gone - scripts:
            file.unlink()
    for script in scripts:
        script.unlink()
    remove_empty(folder, [script.relative_to(folder) for script in scripts])


def remove_empty(folder: Path, files: Iterable[Path]) -> None:
    """Remove the folders below `folder` that are empty without these files."""
    parents = {parent for file in files for parent in file.parents if parent != Path()}
    for parent in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        if not any((folder / parent).iterdir()):
            (folder / parent).rmdir()


def _is_script(file: Path) -> bool:
    # A program in machine code is the target's, and may be what the package is for.
    with file.open("rb") as opened:
        return opened.read(2) == b"#!"


def _strike_out(record: Path, gone: set[str]) -> None:
    rows = list(csv.reader(io.StringIO(record.read_text(encoding="utf-8"))))
    kept = [row for row in rows if row and row[0] not in gone]
    if kept != rows:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(kept)
        record.write_text(text.getvalue(), encoding="utf-8", newline="\n")
