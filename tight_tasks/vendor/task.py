"""The task `vendor`."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context

from tight_tasks.project import Project
from tight_tasks.sizes import told
from tight_tasks.task import task
from tight_tasks.vendor import FILE

if TYPE_CHECKING:
    from tight_tasks.vendor.packages import Package
    from tight_tasks.vendor.vendored import Vendored


@task(
    iterable=["add", "find_links"],
    help={
        "add": f"A package to add to {FILE}, such as 'toml==0.10.2'; may be repeated.",
        "find-links": "Folder with wheels that no index has; may be repeated.",
        "with-boto3": "Vendor boto3 with all that it needs, in place of what Lambda brings.",
        "target": "The app's folder (here).",
    },
)
def vendor(
    c: Context,  # noqa: ARG001  # Invoke's signature
    add: Sequence[str] | None = None,
    find_links: Sequence[str] | None = None,
    with_boto3: bool = False,
    target: str = "",
) -> None:
    """Install the packages of requirements-vendor.txt for Lambda into vendor_dir, replacing what is there."""
    from tight_tasks.vendor.vendored import vendor_packages  # with libraries that no other task should wait for

    project = Project.load(Path(target).absolute())
    with _progress(f"Packages for {project.target}") as report:
        done = vendor_packages(
            project, add=add or (), find_links=find_links or (), with_boto3=with_boto3, report=report
        )
    for line in lines(done, project, with_boto3=with_boto3):
        print(line)
    if add:
        print(f"{FILE} now has {', '.join(done.added)}" if done.added else f"{FILE} has {', '.join(add)} already")


def lines(done: "Vendored", project: Project, *, with_boto3: bool = False) -> Iterator[str]:
    """For a person: each package, the total, and what was left out and why."""
    columns = [(package.name, package.version, told(package.size), package.platform) for package in done.packages]
    widths = [max(map(len, column)) for column in zip(*columns, strict=True)]
    for name, version, bytes_, platform in columns:
        row = f"  {name:{widths[0]}}  {version:{widths[1]}}  {bytes_:>{widths[2]}}  {platform}"
        yield row.rstrip()
    count = len(columns)
    total = told(sum(package.size for package in done.packages))
    where = done.folder.relative_to(project.root).as_posix()
    yield f"{count} package{'s' * (count != 1)}, {total}, for {project.target} in {where}"
    if done.brought.left_out:
        yield f"Left out, since Lambda brings boto3 and what it needs: {_names(done.brought.left_out)}"
        if done.brought.users:
            yield f"  It is there for {_names(done.brought.users)} too; --with-boto3 vendors all of it instead"
        if done.brought.shared:
            yield f"  Other packages need {_names(done.brought.shared)} as well, so that is vendored"
    if with_boto3:
        yield "boto3 and all that it needs is vendored, and used in place of what Lambda brings"


def _names(packages: Iterable["Package"]) -> str:
    return ", ".join(map(str, packages))


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str], None]]:
    """On a terminal, what uv is doing, in one line that goes again; warnings stay, and are all that a pipe gets."""
    if not sys.stderr.isatty():
        yield _warn
        return
    from rich.console import Console  # 0.1 s of import, which a pipe should not wait for
    from rich.markup import escape

    console = Console(stderr=True)
    with console.status(title) as status:

        def report(line: str) -> None:
            _warn(line)
            if not line.startswith("Using"):  # this machine's Python: true, and misleading
                status.update(f"{title}: {escape(line)}")

        yield report


def _warn(line: str) -> None:
    if line.startswith("warning:"):
        print(line, file=sys.stderr)
