"""What the tests of the host share: an app in a process of its own, asked and told to end as a platform does."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tests.serve.served import APP, write

LIMIT_S = 60
INSTALL_S = 300


class Hosting:
    """A host; `wait` until each of its workers has said that it is ready."""

    def __init__(self, folder: Path, arguments: tuple[str, ...], workers: int, variables: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "LOG_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tight_tasks", "host", "--port", "0", "--workers", str(workers), *arguments],
            cwd=folder,
            env={**kept, **variables},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.seen: list[dict[str, Any]] = []
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()
        self.workers = workers
        self.port = 0

    def wait(self) -> None:
        for _ in range(self.workers):
            address = self.line("ready")["address"]
        self.port = int(address.rpartition(":")[2])

    def _read(self) -> None:
        assert self.process.stderr is not None
        for text in self.process.stderr:
            self._lines.put(text)
        self._lines.put("")

    def line(self, message: str) -> dict[str, Any]:
        """The next line of the log with this message; every line has to be JSON."""
        end = time.monotonic() + LIMIT_S
        while True:  # until then: it may say again and again that something is missing
            text = self._lines.get(timeout=max(0, end - time.monotonic()))
            assert text, f"the host ended without {message!r}: {self.seen}"
            self.seen.append(json.loads(text))
            if self.seen[-1]["message"] == message:
                return self.seen[-1]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)

    def ask(self, path: str, connection: http.client.HTTPConnection | None = None) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        asked = connection or self.connect()
        try:
            asked.request("GET", path)
            answer = asked.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            if connection is None:
                asked.close()

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def close(self) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)  # workers hold the other end until they have ended
        assert self.process.stderr is not None
        self.process.stderr.close()

    def code(self) -> int:
        return self.process.wait(LIMIT_S)


@pytest.fixture
def host(tmp_path: Path) -> Callable[..., Any]:
    """Hosts an app with these handlers by function."""

    @contextmanager
    def hosting(
        handlers: Mapping[str, str],
        *arguments: str,
        workers: int = 1,
        files: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Iterator[Hosting]:
        texts = {f"app/functions/{name}/handler.py": text for name, text in handlers.items()}
        write(tmp_path, {**APP, **texts, **(files or {})})
        running = Hosting(tmp_path, arguments, workers, variables or {})
        try:
            running.wait()
            yield running
        finally:
            running.close()

    return hosting


@pytest.fixture(scope="session")
def environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with nothing but the extra `host` and what functions with models need."""
    folder = tmp_path_factory.mktemp("container")
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(folder)], check=True, timeout=INSTALL_S)
    install = ["uv", "pip", "install", "--quiet", "--system-certs", "--find-links", str(wheels)]
    command = [*install, "--python", str(folder / "bin" / "python"), "tight-tasks[host]", "tight-runtime[dynamo]"]
    subprocess.run(command, check=True, timeout=INSTALL_S)
    return folder / "bin"
