"""What the tests of the tasks share: an app's folder, its tasks run as a user runs them, and DynamoDB Local."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tight_tasks.dynamo.guard import guarded
from tight_tasks.dynamo.install import install_with_maven
from tight_tasks.dynamo.local import answers, is_installed
from tight_tasks.dynamo.local import command as command_of
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.process import started
from tight_tasks.services.ports import free_port

SETTINGS = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with the least that makes it an app."""
    (tmp_path / "tight.yml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def invoke(app: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """`invoke` with these arguments, in the app."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "invoke", *arguments]
        return subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=120)

    return run


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with DynamoDB Local, as `dynamo.install --maven` leaves it; one for all workers of a run."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place = Place(shared / "dynamodb-local")
    with (shared / "dynamodb-local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(place.engine):
            install_with_maven(place)
    return place.engine


@pytest.fixture(scope="session")
def local_dynamodb(dynamodb_local: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a DynamoDB Local of this worker's own."""
    folder, port, origin = tmp_path_factory.mktemp("dynamodb"), free_port(), "http://tests.invalid"
    command = guarded(command_of(dynamodb_local, port, folder, origin))
    with started(command, folder / "output.log", lambda: answers(port, origin)):
        yield f"http://127.0.0.1:{port}"
