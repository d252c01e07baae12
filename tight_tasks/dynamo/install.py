"""Installs DynamoDB Local: from AWS's own archive, or from Maven Central with Maven."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.dynamo import running
from tight_tasks.dynamo.archive import NAME, Progress, fetch_archive, unpack_archive
from tight_tasks.dynamo.local import is_installed
from tight_tasks.dynamo.place import Place
from tight_tasks.errors import CanNotFetch
from tight_tasks.swap import swapped

_POM = Path(__file__).with_name("pom.xml")
# Named with its version, so that Maven asks nobody which is the newest, and needs no network for what it has.
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def install_archive(place: Place, base: str, progress: Progress) -> None:
    """Install AWS's archive from the folder at the address `base`. Raises `CanNotFetch`, and changes nothing then."""
    with _replaced(place) as engine:
        archive = engine.with_name(NAME)
        engine.mkdir()
        fetch_archive(base, archive, progress)
        unpack_archive(archive, engine)
        if not is_installed(engine):
            raise CanNotFetch(f"{NAME} of {base} has no DynamoDBLocal.jar in it")


def install_with_maven(
    place: Place,
    title: str = "DynamoDB Local",
    pom: Path = _POM,
    is_complete: Callable[[Path], bool] = is_installed,
) -> None:
    """Install what a pom.xml names with Maven. Raises `CanNotFetch`, and changes nothing then."""
    maven = shutil.which("mvn")
    if maven is None:
        other = ", or leave --maven out to get AWS's own archive" if pom == _POM else ""
        raise CanNotFetch(f"mvn is not on PATH: install Maven{other}", title)
    with _replaced(place) as engine:
        command = [maven, "--batch-mode", "--file", str(pom), _COPY, "-DincludeScope=runtime"]
        command.append(f"-DoutputDirectory={engine / 'libs'}")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CanNotFetch(f"mvn says {_reason(done.stdout) or done.stderr.strip()}", title)
        if not is_complete(engine):
            raise CanNotFetch("mvn has not copied its jar", title)


@contextmanager
def _replaced(place: Place) -> Iterator[Path]:
    """A path beside the engine's; what is there when all went well takes the engine's place."""
    with running.held(place), TemporaryDirectory(dir=place.folder, prefix=".new-") as aside:
        engine = Path(aside, "engine")
        yield engine
        with swapped(engine, place.engine, Path(aside, "old")):
            pass  # nothing else may fail


def _reason(output: str) -> str:
    """The first of Maven's errors that says something; the first one may be a heading."""
    errors = [line.replace("[ERROR]", "").strip() for line in output.splitlines() if line.startswith("[ERROR]")]
    return next((error for error in errors if error and not error.endswith(":")), "")
