"""uvicorn's HTTP protocol, which also keeps how a client spells the names of headers: REST APIs pass that on, and so do
WebSocket APIs.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tight_tasks.serve.gateways.wire import Sent

SPELLED = "tight.headers"


def sent_of(scope: MutableMapping[str, Any], path: str, content: bytes = b"", *, is_forwarded: bool) -> Sent:
    """The request of an ASGI scope, its headers in the client's spelling where a `SpellingProtocol` has read them."""
    pairs = scope.get("extensions", {}).get(SPELLED, scope["headers"])
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    client = scope.get("client")
    host = next((value for name, value in headers if name.lower() == "host"), "localhost")
    return Sent(
        scope.get("method", "GET"),  # a WebSocket's has none
        path,
        scope["query_string"].decode("latin-1"),
        headers,
        content,
        client[0] if client else "127.0.0.1",
        host,
        f"HTTP/{scope['http_version']}",
        is_forwarded,
    )


class SpellingProtocol(HttpToolsProtocol):
    """The pairs stand in the scope's `extensions`, under `SPELLED`."""

    def connection_made(self, transport: Any) -> None:
        self._gathered = Gathered(transport, self.loop)
        super().connection_made(self._gathered)  # type: ignore[arg-type]  # it has all that a transport has

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._spelled: list[tuple[bytes, bytes]] = []
        scope: Any = self.scope
        scope["extensions"] = {SPELLED: self._spelled}

    def on_header(self, name: bytes, value: bytes) -> None:
        self._spelled.append((name, value))
        super().on_header(name, value)

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        handshake: Any = self.transport.get_protocol()  # which has read the request, and calls the app in a later turn
        if hasattr(handshake, "scope"):  # else it has refused the request
            handshake.scope["extensions"][SPELLED] = self._spelled

    def on_response_complete(self) -> None:
        self._gathered.flush()
        super().on_response_complete()


class Gathered:
    """A transport that sends what is written in one turn of the loop at once, at the latest when a response is
    complete: uvicorn writes one in two parts, each of which would cost a system call and wake the client.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))
