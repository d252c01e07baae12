"""What tests of several folders share: the wheels of this work tree, it as if published, its parts, and tested apps."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.serve.rabbitmq import Broker, running_broker

ROOT = Path(__file__).parent.parent
VERSION = "0.2.0"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, so that at the end of a run no worker waits for another."""
    items.sort(key=lambda item: item.path.name != "test_pythons.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With TIGHT_ALL_PARTS set, a test that is skipped for want of a part fails; `skipif` says what a Python lacks."""
    report = yield
    lacks_part = report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("skipif") is None
    if lacks_part and os.environ.get("TIGHT_ALL_PARTS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and TIGHT_ALL_PARTS is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three wheels, built from this work tree; its name has a space, as users' folders may."""
    folder = tmp_path_factory.mktemp("built wheels")
    for project in (ROOT, ROOT / "runtime", ROOT / "runtime" / "events"):
        command = ["uv", "build", "--quiet", "--system-certs", "--wheel", "--out-dir", str(folder), str(project)]
        subprocess.run(command, check=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This work tree as a git repository with a tag of its version, as the published templates are one."""
    folder = tmp_path_factory.mktemp("published")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        [*author, "commit", "--quiet", "--message", "As published"],
        ["tag", f"v{VERSION}"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)
    return folder


class TestedApp:
    """An app in a folder, whose tests a pytest of their own runs. Nothing of AWS is in its environment."""

    FILES = {  # noqa: RUF012  # never changed
        "conftest.py": 'pytest_plugins = ["tight.testing"]',
        "tight.yml": "name: shop\nregion: eu-north-1\n",
        "env.dist.yml": "STAGE: dev\n",
        "pyproject.toml": """
            [tool.pytest.ini_options]
            testpaths = ["tests"]
            pythonpath = ["."]
            addopts = ["--import-mode=importlib", "--strict-markers"]
            filterwarnings = ["error"]
        """,
        "app/__init__.py": "",
        "app/functions/__init__.py": "",
        "app_index.py": """
            from tight.app import controllers

            __getattr__ = controllers("app.functions")
        """,
    }
    # For a conftest.py: whoever asks for a socket or another process from then on fails.
    NO_NETWORK = """
import sys

def refuse(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        raise RuntimeError(f"{event} was asked for")

sys.addaudithook(refuse)
"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(self.FILES)

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    def cut_off(self) -> None:
        """From now on a test that asks for a network fails."""
        self.write({"conftest.py": self.NO_NETWORK + self.FILES["conftest.py"]})

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder,
            env={**kept, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def passes(self, *arguments: str, **variables: str) -> str:
        """Its output, of a run in which every test has passed."""
        done = self.run(*arguments, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *arguments: str, **variables: str) -> str:
        """Its output, of a run in which a test has failed."""
        done = self.run(*arguments, **variables)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def tested_app(tmp_path: Path) -> TestedApp:
    return TestedApp(tmp_path)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A RabbitMQ broker, for queues of names of each test's own."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(running_broker(tmp_path_factory.mktemp("rabbitmq")))
        except LookupError as error:
            pytest.skip(str(error))
        yield running
