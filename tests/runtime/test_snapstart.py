"""Hooks around SnapStart's snapshot, in AWS's own registry and run by AWS's own client."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tight.clients import cache
from tight.snapstart import after_restore, before_snapshot

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
HANDLER = """
from tight import session
from tight.clients import cache
from tight.snapstart import after_restore, before_snapshot

calls = []

@before_snapshot
def flush(): calls.append("flush")

@before_snapshot
def close(): calls.append("close")

@after_restore
def seed(): calls.append("seed")

@after_restore
def connect(): calls.append("connect")

first = session()
cache.replace("value", "old")

def handler(event, context):
    return {"calls": calls, "session": session() is first, "value": cache.find("value")}
"""


class RuntimeApi(ThreadingHTTPServer):
    """One restored environment and one event; `paths` are those that were called until the answer came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.paths: list[str] = []
        self.answer: Any = None
        self.answered = Event()


class _Call(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        self.server.paths.append(self.path.removeprefix("/2018-06-01/runtime/"))
        if self.server.answer is not None:
            return  # one event is enough
        body = b"" if self.path.endswith("restore/next") else b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Lambda-Runtime-Aws-Request-Id", "r-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.server.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answered.set()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answer_of(tmp_path: Path) -> Iterator[Callable[[str], RuntimeApi]]:
    """What AWS's runtime client did with `HANDLER` in an environment of this type of initialisation."""
    (tmp_path / "snapped.py").write_text(HANDLER)
    with RuntimeApi() as api:
        thread = Thread(target=api.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()

        def run(initialization: str) -> RuntimeApi:
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
                "AWS_LAMBDA_INITIALIZATION_TYPE": initialization,
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
                "AWS_REGION": "eu-north-1",
            }
            command = [sys.executable, "-m", "awslambdaric", "snapped.handler"]
            with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as process:
                api.answered.wait(20)
                process.kill()
            return api

        yield run
        api.shutdown()
        thread.join()


@linux_only
def test_awss_client_runs_the_hooks_and_what_clients_kept_is_dropped(answer_of: Callable[[str], RuntimeApi]) -> None:
    api = answer_of("snap-start")

    assert api.paths[:2] == ["restore/next", "invocation/next"]
    assert api.answer == {"calls": ["close", "flush", "seed", "connect"], "session": False, "value": None}


@linux_only
def test_without_a_snapshot_nothing_runs_and_nothing_is_dropped(answer_of: Callable[[str], RuntimeApi]) -> None:
    api = answer_of("on-demand")

    assert api.paths[0] == "invocation/next"
    assert api.answer == {"calls": [], "session": True, "value": "old"}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Any:
    snapshot_restore_py = pytest.importorskip("snapshot_restore_py", reason="it comes with awslambdaric")
    monkeypatch.setattr(snapshot_restore_py, "_before_snapshot_registry", [])
    monkeypatch.setattr(snapshot_restore_py, "_after_restore_registry", [])
    return snapshot_restore_py


def test_a_hook_stands_in_awss_registry_and_stays_what_it_is(registry: Any) -> None:
    def hook() -> None: ...

    assert before_snapshot(hook) is hook
    assert after_restore(hook) is hook
    assert registry.get_before_snapshot() == [(hook, (), {})]
    assert registry.get_after_restore() == [(hook, (), {})]


def test_without_awss_registry_a_hook_is_only_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def hook() -> None: ...

    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)

    assert before_snapshot(hook) is hook
    assert after_restore(hook) is hook


@pytest.mark.parametrize(("initialization", "hooks"), [("snap-start", 1), ("on-demand", 0)])
def test_the_dropping_is_registered_once_and_only_for_a_snapshot(
    registry: Any, shell: pytest.MonkeyPatch, initialization: str, hooks: int
) -> None:
    shell.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", initialization)
    cache._drop_when_restored.cache_clear()

    cache.replace("one", 1)
    cache.replace("two", 2)

    assert registry.get_after_restore() == [(cache.forget, (), {})] * hooks
    cache._drop_when_restored.cache_clear()
