"""The tasks of an app's database."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from invoke.context import Context

from tight_tasks.dynamo import running
from tight_tasks.dynamo.archive import BASE, Progress
from tight_tasks.dynamo.install import install_archive, install_with_maven
from tight_tasks.dynamo.local import is_installed
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.run import DEFAULT_PORT, run_database
from tight_tasks.dynamo.tables import find_endpoint, list_tables
from tight_tasks.project import Project
from tight_tasks.task import task


@task(
    help={
        "from": "The address of a folder with AWS's archive and its .sha256, in place of AWS's own.",
        "maven": "Get it from Maven Central with mvn.",
        "force": "Get it anew where it is installed.",
    }
)
def install(c: Context, from_: str = BASE, maven: bool = False, force: bool = False) -> None:  # noqa: ARG001  # Invoke's signature
    """Install DynamoDB Local in dynamo_db/, from AWS unless told otherwise."""
    place = Place.of(Project.load(Path.cwd()).root)
    if is_installed(place.engine) and not force:
        print(f"DynamoDB Local is installed in {place.engine}: --force gets it anew.")
        return
    if maven:
        print("Getting DynamoDB Local from Maven Central.", flush=True)
        install_with_maven(place)
    else:
        print(f"Getting DynamoDB Local from {from_}", flush=True)
        with _progress() as progress:
            install_archive(place, from_, progress)
    print(f"DynamoDB Local is installed in {place.engine}: invoke dynamo.run starts it.")


@task(
    help={
        "port": "Where it listens.",
        "keep": "Keep the data of the last run.",
        "embedded": "Run the embedded database, which is in memory, whatever is installed.",
    }
)
def run(
    c: Context,  # noqa: ARG001  # Invoke's signature
    port: int = DEFAULT_PORT,
    keep: bool = False,
    embedded: bool = False,
) -> None:
    """Run the app's database with the tables of its models, until Ctrl-C or dynamo.stop.

    It is DynamoDB Local where that is installed, else the embedded one. The data is new each time.
    """
    project = Project.load(Path.cwd())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_database(project, port=port, keep=keep, embedded=embedded)
    except KeyboardInterrupt:
        print()  # beside the ^C that a terminal shows
    print("The database is down.", flush=True)


@task()
def stop(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """End the database that dynamo.run started for this app in another terminal."""
    print(running.stop(Place.of(Project.load(Path.cwd()).root)))


@task(
    help={
        "create": "Make the tables that are missing first.",
        "port": "Where the database listens; else where dynamo.run or the app's environment says.",
    }
)
def tables(c: Context, create: bool = False, port: int = 0) -> None:  # noqa: ARG001  # Invoke's signature
    """List the app's tables in its local database: items, models and keys."""
    project = Project.load(Path.cwd())
    endpoint = find_endpoint(project, port)
    found = list_tables(project, endpoint, create=create)
    print(f"{endpoint} has {sum(table.items is not None for table in found)} of {len(found)} tables")
    widths = [max(map(len, column)) for column in zip(*(table.cells() for table in found), strict=True)]
    for table in found:
        cells = (cell.ljust(width) for cell, width in zip(table.cells(), widths, strict=True))
        print(f"  {'   '.join(cells)}".rstrip())


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar in a terminal, silence elsewhere."""
    if not sys.stdout.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, DownloadColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    with Bar(BarColumn(), DownloadColumn(), TransferSpeedColumn(), transient=True) as bar:
        download = bar.add_task("", total=None)
        yield lambda done, total: bar.update(download, completed=done, total=total or None)
