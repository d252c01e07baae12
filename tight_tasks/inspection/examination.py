"""All checks of an artifact, put together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from tight_tasks.errors import NoArchive
from tight_tasks.inspection import (
    archive as archives,
)
from tight_tasks.inspection import (
    environment,
    extensions,
    glibc,
    handlers,
    imports,
    layout,
    links,
    machine,
    metadata,
    modes,
    paths,
    sizes,
    unwanted,
)
from tight_tasks.inspection.contents import Contents
from tight_tasks.inspection.report import Check, Fault, Report
from tight_tasks.inspection.subject import Subject
from tight_tasks.project import Project
from tight_tasks.sizes import IMAGE, UNZIPPED, ZIPPED

Find = Callable[[Subject], Iterator[Fault]]

# What the zips' directories say. Nothing is unpacked for it, but the targets of links.
_OUTSIDE: dict[str, Find] = {
    "paths": paths.find,
    "modes": modes.find,
    "links": links.find,
    "sizes": sizes.find,
    "duplicate packages": metadata.find,
    "layout": layout.find,
}
# What is in the files.
_INSIDE: dict[str, Find] = {
    "unwanted files": unwanted.find,
    "processor": machine.find,
    "extension modules": extensions.find,
    "C library": glibc.find,
    "environment": environment.find,
    "imports": imports.find,
}
_INTACT = "zip"


def examine(
    archive: Path,
    project: Project,
    *,
    layers: Sequence[Path] = (),
    functions: Sequence[str] | None = None,
    s3: bool = False,
    image: bool = False,
) -> Report:
    """Everything that can be known of an artifact before it is uploaded.

    `archive` is the zip with the code, `layers` are zips as of Lambda layers; `functions` names those that the zip is
    for, None: all whose handlers are in it. With `s3` a zip may have more than the 50 MB that Lambda's API takes; with
    `image` its files become a container image, which may have 10 GB.

    Nothing that is in the zip runs before all else has been found in order. Raises `NoArchive` for a file that is not
    there.
    """
    for path in (archive, *layers):
        if not path.is_file():
            raise NoArchive(path)
    try:
        with Contents.opened(archive, layers) as contents:
            most = (None if s3 or image else ZIPPED, IMAGE if image else UNZIPPED)
            subject = Subject(contents, project, functions, *most)
            return Report(archive, tuple(_checks(subject)))
    except BadZipFile as error:
        broken = next((path for path in (archive, *layers) if not _opens(path)), archive)
        return Report(archive, (Check.of(_INTACT, [Fault(broken.name, f"can't be read as a zip: {error}")]),))


def _opens(path: Path) -> bool:
    try:
        ZipFile(path).close()
    except BadZipFile:
        return False
    return True


def _checks(subject: Subject) -> Iterator[Check]:
    failed = False
    for name, find in _OUTSIDE.items():
        check = Check.of(name, [*find(subject)])
        failed |= not check.passed
        yield check
    reason = "" if sizes.unzipped(subject) <= subject.unzipped else "the zip is too big to be read"
    for name, find in {_INTACT: archives.find, **_INSIDE}.items():
        check = Check(name, skipped=reason) if reason else Check.of(name, [*find(subject)])
        failed |= not check.passed
        if name == _INTACT and check.findings:
            reason = "the zip can't be read"
        yield check
    if failed:
        yield Check(handlers.NAME, skipped="not executed: first mend what is above")
    else:
        yield handlers.check(subject)
