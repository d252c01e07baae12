"""Answers calls to AWS over again: a server that gives each call the answer that an invocation was given."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

# Headers of one connection, and a checksum of what may be changed below.
_NOT_PASSED = ("connection", "content-length", "date", "server", "transfer-encoding", "x-amz-crc32")


@dataclass(frozen=True)
class Exchange:
    """A request to AWS and its answer. `target` names the operation where its protocol does so in a header."""

    method: str
    url: str
    target: str
    body: bytes | None
    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    @property
    def endpoint(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Calls:
    """The calls of one invocation; of the `lost` ones no answer was kept, and they stand here by their names."""

    kept: list[Exchange] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, lines: Iterable[bytes]) -> "Calls":
        """Of what `tight_tasks.serve.tap` has written down."""
        calls = cls()
        for line in lines:
            noted = json.loads(line)
            if noted["content"] is None:
                calls.lost.append(noted["target"] or f"{noted['method']} {urlsplit(noted['url']).path}")
            else:
                calls.kept.append(_exchange(noted))
        return calls

    def answer(self, method: str, path: str, target: str, body: bytes) -> Exchange | None:
        """The first that is most like the request: the same, else of the same operation; each is given once."""
        like = [each for each in self.kept if (each.method, each.target) == (method, target)]
        if not like:
            return None
        found = max(like, key=lambda each: (each.path == path, each.body == body))
        self.kept.remove(found)
        return found


def _exchange(noted: dict[str, Any]) -> Exchange:
    return Exchange(
        noted["method"],
        noted["url"],
        noted["target"],
        base64.b64decode(noted["body"]) if noted["body"] is not None else None,
        int(noted["status"]),
        tuple((name, value) for name, value in noted["headers"]),
        base64.b64decode(noted["content"]),
    )


@contextmanager
def replayed(calls: Calls) -> Iterator[str]:
    """The endpoint, on loopback, of a server that answers from a copy of `calls`, and with a 501 what is not in it."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.calls = Calls([*calls.kept])
    server.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    calls: Calls
    endpoint: str

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # address and handler
        self.lock = Lock()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.lock:
            found = self.server.calls.answer(self.command, self.path, self.headers.get("x-amz-target", ""), body)
        if found is None:
            self.send_response_only(501)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        # Addresses in an answer, such as a queue's, lead here.
        content = found.content.replace(found.endpoint.encode(), self.server.endpoint.encode())
        self.send_response_only(found.status)
        for name, value in found.headers:
            if name.lower() not in _NOT_PASSED:
                self.send_header(name, value.replace(found.endpoint, self.server.endpoint))
        self.send_header("content-length", _length(found, content))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def _length(found: Exchange, content: bytes) -> str:
    if found.method == "HEAD":
        return next((value for name, value in found.headers if name.lower() == "content-length"), "0")
    return str(len(content))
