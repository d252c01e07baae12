"""What has changed in an app's files, by their content."""

import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from watchfiles import awatch

from tight_tasks.project import Project

_JUST_NOW_S = 3.0
_SETTINGS = ("app_index.py", "tight.yml", "env.dist.yml", "env.yml")


async def changes(project: Project, before: dict[Path, str]) -> AsyncIterator[list[Path]]:
    """The files of each change since `before`, relative to the app: those whose content is another one, new or gone."""
    compared = False
    watching = awatch(
        project.root,
        watch_filter=lambda _, path: _counts(project, Path(path)),
        step=50,
        rust_timeout=500,
        yield_on_timeout=True,
    )
    async for found in watching:
        # What changed before the watch began shows at its first timeout; after that only what it reports counts.
        if not found and compared:
            continue
        compared = True
        after = fingerprint(project)
        changed = sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))
        before = after
        if changed:
            yield changed


def fingerprint(project: Project) -> dict[Path, str]:
    """The content of each file that running functions depend on, as a hash."""
    files = [project.root / name for name in _SETTINGS]
    files += [file for file in (project.root / "app").rglob("*") if _counts(project, file)]
    hashes = {file.relative_to(project.root): _hash(file) for file in files}
    return {file: found for file, found in hashes.items() if found}


def forget_bytecode(project: Project) -> None:
    """Remove the bytecode of files that were written just now: Python knows a file's age in whole seconds only, so it
    would take an older text of the same length for this one.
    """
    for file in (project.root / "app").rglob("*.py"):
        with suppress(FileNotFoundError):  # gone in the meantime, or a link to nothing: Emacs's lock of a file, say
            if time.time() - file.stat().st_mtime < _JUST_NOW_S:
                Path(cache_from_source(str(file))).unlink(missing_ok=True)


def _hash(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:  # a folder, or gone in the meantime
        return None


def _counts(project: Project, file: Path) -> bool:
    try:
        inside = file.relative_to(project.root)
    except ValueError:
        return False
    if inside.as_posix() in _SETTINGS:
        return True
    hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
    vendored = inside.as_posix().startswith(f"{project.vendor_dir}/")
    return inside.parts[:1] == ("app",) and not hidden and not vendored and not file.name.endswith((".pyc", "~"))
