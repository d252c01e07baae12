"""What is known of a build: the JSON beside the zips, and the lines for a person."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tight_tasks.artifact.archive import LEVEL
from tight_tasks.project import Project
from tight_tasks.sizes import ZIPPED, told

if TYPE_CHECKING:
    from tight_tasks.artifact.build import Build, Built

_NAMED = 5


def recorded(project: Project, build: "Build", outputs: list[str]) -> str:
    """JSON without times or places, so that it is equal where the zips are.

    The digest of each file compares builds of machines whose zlib compresses differently.
    """
    record = {
        "name": project.name,
        "runtime": project.runtime,
        "architecture": project.architecture,
        "python": build.python.version if build.python else None,
        "compression": {"level": LEVEL, "zlib": zlib.ZLIB_RUNTIME_VERSION},
        "outputs": outputs,
        "archives": [_archive(part) for part in build.parts],
    }
    return json.dumps(record, indent=2) + "\n"


def lines(project: Project, build: "Build") -> Iterator[str]:
    """What was built, for a person."""
    for part in build.parts:
        archive = part.archive
        report = build.reports.get(archive.file.name)
        yield (
            f"{archive.file.relative_to(project.root)}  {told(archive.size)}"
            f"  ({len(archive.files)} files, {told(archive.files.size)} unpacked)"
            + (f"  {report.total}" if report else "")
        )
        yield f"  SHA-256     {archive.sha256}"
        yield f"  CodeSha256  {archive.code_sha256}"
        if part.packages:
            largest = (f"{name} {version} {told(size)}" for name, version, size in part.packages[:_NAMED])
            yield f"  largest     {', '.join(largest)}"
        if archive.size > ZIPPED:
            yield f"  upload      over the {told(ZIPPED)} of a direct upload: put it into S3 first"
        if report:
            yield from report.remarks()
    if build.python:
        yield f"Bytecode was made by Python {build.python.version} ({build.python.path})."


def faults(build: "Build") -> Iterator[str]:
    """What the doctor found wrong, zip by zip, for a person."""
    for report in build.reports.values():
        if not report.ok:
            yield f"{report.archive.name}: {report.total}"
            yield from report.remarks()


def _archive(part: "Built") -> dict[str, object]:
    archive = part.archive
    return {
        "file": archive.file.name,
        "functions": [f"app_index.{function}" for function in part.functions],
        "size": archive.size,
        "unpacked": archive.files.size,
        "sha256": archive.sha256,
        "codeSha256": archive.code_sha256,
        "packages": [{"name": name, "version": version, "unpacked": size} for name, version, size in part.packages],
        "files": {entry.path: _digest(entry.link.encode() or entry.read()) for entry in archive.files},
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
