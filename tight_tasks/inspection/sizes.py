"""Whether Lambda takes what is so large."""

from collections import Counter
from collections.abc import Iterator

from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject
from tight_tasks.sizes import told

_LARGEST = 5


def find(subject: Subject) -> Iterator[Fault]:
    """A zip that is too large to be uploaded directly, and more than Lambda takes unzipped with the layers."""
    for archive in subject.contents.archives:
        zipped = archive.path.stat().st_size
        if subject.zipped is not None and zipped > subject.zipped:
            yield Fault(
                archive.path.name,
                f"has {told(zipped)}, and Lambda's API takes {told(subject.zipped)}: leave out what is not needed, or "
                f"upload it to S3 and say so with --s3. {_largest(subject)}",
            )
    if unzipped(subject) > subject.unzipped:
        yield Fault(
            subject.contents.archives[0].path.name,
            f"has {told(unzipped(subject))} unzipped, layers included, and Lambda takes {told(subject.unzipped)}: "
            f"leave out what is not needed, or deploy it as a container image. {_largest(subject)}",
        )


def unzipped(subject: Subject) -> int:
    """The sum of what the directories of the zips say; more is never read."""
    return sum(entry.info.file_size for entry in subject.contents.entries)


def _largest(subject: Subject) -> str:
    # By folder, not by package: of a zip that may be a bomb nothing is read, and what a package brought stands inside.
    sizes: Counter[str] = Counter()
    for path, entry in subject.contents.importable.items():
        sizes["/".join(path.split("/")[: 2 if path.startswith("app/") else 1])] += entry.info.file_size
    named = [f"{name} {told(size)}" for name, size in sizes.most_common(_LARGEST)]
    return f"The largest: {', '.join(named)}"
