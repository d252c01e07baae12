"""A plain HTTP request through the front, without a network: what came back, and the invocation behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message

from tight_tasks.serve.journal import Entry, Journal

_asked: ContextVar[list[Entry] | None] = ContextVar("asked", default=None)
# What a URL may have in its path and query; all else is percent-encoded, and what is encoded already stays.
_IN_A_URL = "%/:?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True)
class Request:
    """`target` is a path with its query; `headers` are in order."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Response:
    """`entry` is None where no function was invoked, or it has not ended."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    entry: Entry | None


async def ask(front: ASGIApp, journal: Journal, request: Request) -> Response:
    """What `front` answers."""
    started: Message = {}
    content: list[bytes] = []
    messages = iter([{"type": "http.request", "body": request.body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            content.append(message.get("body", b""))

    with _noted(journal) as found:
        await front(_scope(request), receive, send)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in started["headers"])
    return Response(started["status"], headers, b"".join(content), found[0] if found else None)


@contextmanager
def _noted(journal: Journal) -> Iterator[list[Entry]]:
    """The entries that this task concludes meanwhile; other tasks conclude theirs."""
    found: list[Entry] = []
    token = _asked.set(found)
    end = journal.listen(lambda entry: found.append(entry) if _asked.get() is found else None)
    try:
        yield found
    finally:
        end()
        _asked.reset(token)


def _scope(request: Request) -> dict[str, Any]:
    path, _, query = request.target.partition("#")[0].partition("?")
    raw_path = quote(path if path.startswith("/") else f"/{path}", safe=_IN_A_URL).encode()
    headers = [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in request.headers
    ]
    if request.body and not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(request.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": raw_path,
        "query_string": quote(query, safe=_IN_A_URL).encode(),
        "headers": headers,
        "client": ("127.0.0.1", 0),
    }


def headers_in(text: str) -> tuple[tuple[str, str], ...]:
    """Headers written as `Name: value`, one on each line; a line without a colon is none."""
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs if name.strip())
