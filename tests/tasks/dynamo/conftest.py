"""An app with a model, and `invoke dynamo.run` in a terminal of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tight_tasks.services.ports import free_port

_READY = "Ctrl-C stops it"
_LIMIT_S = 90.0
_PS = shutil.which("ps") or "ps"  # found before a test takes PATH away

FILES = {
    "tight.yml": "name: shop\nregion: eu-north-1\nruntime: python3.13\narchitecture: arm64\n",
    "env.dist.yml": "STAGE: dev\n",
    "app_index.py": 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n',
    "app/__init__.py": "",
    "app/functions/__init__.py": "",
    "app/models/__init__.py": "",
    "app/models/Order.py": """
from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from tight.clients.dynamo import Model, TableMeta, TableName


class ByOwner(GlobalSecondaryIndex["Order"]):
    class Meta:
        index_name = "by-owner"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    placed = NumberAttribute(range_key=True)


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("orders")
        stream_view_type = "NEW_IMAGE"

    id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    placed = NumberAttribute()
    gone_at = TTLAttribute(null=True)
    by_owner = ByOwner()
""",
}


@pytest.fixture
def app(app: Path) -> Path:
    """An app with the table shop-dev-orders, which has an index, a stream and a time to live."""
    for name, text in FILES.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text, encoding="utf-8")
    return app


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The shell that tasks run in; nothing of AWS is in it."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name == "USE_LOCAL_DB"]:
        monkeypatch.delenv(name)
    return monkeypatch


class Terminal:
    """`invoke dynamo.run` on a free port, in a process group of its own as in a terminal."""

    def __init__(self, app: Path, output: IO[str], arguments: tuple[str, ...]) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._output = output
        self.process = subprocess.Popen(
            [sys.executable, "-m", "invoke", "dynamo.run", "--port", str(self.port), *arguments],
            cwd=app,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def printed(self) -> str:
        return Path(self._output.name).read_text(encoding="utf-8")

    def wait_until_ready(self) -> "Terminal":
        deadline = time.monotonic() + _LIMIT_S
        while _READY not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.05)
        return self

    def press_ctrl_c(self) -> int:
        return self.send(signal.SIGINT)

    def send(self, number: int) -> int:
        """Its exit code after a signal to the whole group."""
        os.killpg(self.process.pid, number)
        return self.exit_code()

    def exit_code(self) -> int:
        return self.process.wait(_LIMIT_S)

    def children(self) -> list[int]:
        """The processes that it has started and that live still: the database's and its guard."""
        listed = subprocess.run([_PS, "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        mine = [line.split(maxsplit=1) for line in listed.splitlines()]
        signs = (f" -port {self.port} ", f"tight.testing serve {self.port}")
        return [int(pid) for pid, *command in mine if any(sign in f"{' '.join(command)} " for sign in signs)]

    def wait_until_childless(self) -> None:
        deadline = time.monotonic() + _LIMIT_S
        while left := self.children():
            assert time.monotonic() < deadline, left
            time.sleep(0.05)


@pytest.fixture
def run(app: Path, shell: pytest.MonkeyPatch) -> Iterator[Callable[..., Terminal]]:
    """Starts `invoke dynamo.run` with these arguments; whatever a test has left is ended."""
    terminals: list[Terminal] = []
    outputs: list[IO[str]] = []

    def start(*arguments: str) -> Terminal:
        outputs.append((app / f"terminal-{len(outputs)}.txt").open("w", encoding="utf-8"))
        terminals.append(Terminal(app, outputs[-1], arguments))
        return terminals[-1]

    yield start
    for terminal, output in zip(terminals, outputs, strict=True):
        if terminal.process.poll() is None:
            terminal.send(signal.SIGKILL)
        output.close()
        terminal.wait_until_childless()


@pytest.fixture
def installed(app: Path, request: pytest.FixtureRequest) -> Path:
    """The app with DynamoDB Local in it."""
    engine: Path = request.getfixturevalue("dynamodb_local")
    (app / "dynamo_db").mkdir()
    (app / "dynamo_db" / "engine").symlink_to(engine)
    return app
