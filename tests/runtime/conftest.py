"""What the tests of the runtime share: an app written file by file, events, a shell, and services of AWS."""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.runtime.shapes import SHAPES, Shape
from tight.app import controllers
from tight.clients import cache
from tight.testing import embedded

Handler = Callable[[dict[str, Any], object], Any]

LOGGING_APP = """
import logging
from types import SimpleNamespace
from tight import log
from tight.request import Invocation, current

class Traced(Invocation):
    correlation_id = "c-1"

def begin(request_id, cold_start=False):
    context = SimpleNamespace(aws_request_id=request_id)
    return current.set(Traced({"secret": "of the event"}, context, "orders", cold_start=cold_start))

log.set_up()
"""


@pytest.fixture
def write_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], None]]:
    """Writes files, by their paths in the app, into an app that is on the path for one test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)

    def write(files: dict[str, str]) -> None:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    yield write
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("app", "app_index"):
            del sys.modules[name]


@pytest.fixture
def load(write_app: Callable[[dict[str, str]], None]) -> Callable[..., Handler]:
    """The handler that Lambda gets for a function `accounts` with this handler.py, in an app with these settings."""

    def load_source(source: str, **settings: Any) -> Handler:
        write_app({"app/functions/accounts/handler.py": source})
        return controllers("app.functions", **settings)("accounts")

    return load_source


@pytest.fixture
def send(load: Callable[[str], Handler]) -> Callable[..., dict[str, Any]]:
    """The answer of a handler.py to one request through a REST API."""

    def send_request(source: str, method: str = "GET", path: str = "/", **event: Any) -> dict[str, Any]:
        answer: dict[str, Any] = load(source)({"httpMethod": method, "path": path, **event}, None)
        return answer

    return send_request


@pytest.fixture
def post(send: Callable[..., dict[str, Any]]) -> Callable[[str, object], tuple[int, Any]]:
    """Status and body of the answer of a handler.py to a POST of JSON."""

    def send_json(source: str, body: object) -> tuple[int, Any]:
        answer = send(source, "POST", headers={"Content-Type": "application/json"}, body=json.dumps(body))
        return answer["statusCode"], json.loads(answer["body"])

    return send_json


@pytest.fixture
def logging_app() -> str:
    """The beginning of a program that has set up the log; `begin` enters an invocation."""
    return LOGGING_APP


@pytest.fixture
def logged() -> Callable[..., list[dict[str, Any]]]:
    """The records that such a program writes on stderr, in a process with nothing of this one's environment."""

    def run(source: str, **environment: str) -> list[dict[str, Any]]:
        command = [sys.executable, "-I", "-c", LOGGING_APP + textwrap.dedent(source)]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
        assert done.stdout == ""
        return [json.loads(line) for line in done.stderr.split("\n")[:-1]]

    return run


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A shell with real keys and a region, and no other setting of AWS; nothing is kept of one test for another."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name in ("NAME", "STAGE", "USE_LOCAL_DB")]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-for-loopback")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "nor-this")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    cache.forget()
    yield monkeypatch
    cache.forget()


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The endpoint of the embedded AWS."""
    with embedded.running() as running:
        yield running.endpoint


class Service(ThreadingHTTPServer):
    """A service of AWS that answers each call with `answer` and remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        self.answer = b"{}"
        self.status = 200
        self.headers: list[dict[str, str]] = []


class _Call(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers.append(dict(self.headers))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.name)
def shape(request: pytest.FixtureRequest) -> Shape:
    """Each of AWS's event shapes for HTTP."""
    found: Shape = request.param
    return found
