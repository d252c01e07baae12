"""The Lambda Runtime API of one execution environment, on loopback.

Paths, codes and headers: "Using the Lambda runtime API for custom runtimes" in the Lambda developer guide; error
bodies as AWS's runtime interface emulator writes them.
"""

import asyncio
import json
import time
from typing import cast

import httptools

from tight_tasks.serve.invocation import LARGEST_PAYLOAD, Invocation, Outcome

_PREFIX = b"/2018-06-01/runtime/"
_STATUS = {
    200: b"OK",
    202: b"Accepted",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    413: b"Request Entity Too Large",
}


class RuntimeApi:
    """Hands invocations to one runtime client, one at a time, and takes its answers."""

    def __init__(self) -> None:
        self.address = ""
        self.init_error: Outcome | None = None
        self.initialised: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._idle: _Connection | None = None  # the one that waits in /next
        self._current: Invocation | None = None
        self._handed = False
        self._answer: asyncio.Future[Outcome] | None = None

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1; `address` is then what AWS_LAMBDA_RUNTIME_API has to be."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for connection in list(self._connections):
                connection.transport.close()
            await self._server.wait_closed()

    def invoke(self, invocation: Invocation) -> "asyncio.Future[Outcome]":
        """Hand over `invocation` as soon as the client asks; its outcome to come."""
        if self._answer is not None and not self._answer.done():
            raise RuntimeError("an execution environment takes one invocation at a time")
        self._answer = asyncio.get_running_loop().create_future()
        self._current, self._handed = invocation, False
        if self.init_error is not None:
            self.settle(self.init_error)
        else:
            self._hand_over()
        return self._answer

    def fail(self, kind: str, message: str) -> None:
        """End the current invocation with an error of the platform, as when the process behind it is gone."""
        self._come_so_far()
        if self._current is not None:
            self.settle(Outcome.failure(kind, message, self._current.request_id, ended=True))

    def settle(self, outcome: Outcome) -> None:
        """The current invocation has come to this; nothing that its client still posts counts."""
        self._current = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(outcome)

    def _come_so_far(self) -> None:
        if not self.initialised.done():
            self.initialised.set_result(None)

    def _hand_over(self) -> None:
        if self._idle is None or self._current is None or self._handed:
            return
        invocation, connection = self._current, self._idle
        self._idle, self._handed = None, True
        connection.hand(invocation)

    def _is_current(self, request_id: bytes) -> bool:
        return self._current is not None and self._handed and request_id.decode() == self._current.request_id

    def receive(self, connection: "_Connection", method: bytes, path: bytes, body: bytes) -> None:
        """Answer one request of the runtime client."""
        match method, path.removeprefix(_PREFIX).split(b"/"):
            case b"GET", [b"invocation", b"next"]:
                self._idle = connection
                self._come_so_far()
                self._hand_over()
            case b"POST", [b"invocation", request_id, (b"response" | b"error") as what]:
                if not self._is_current(request_id):
                    connection.refuse(400, "InvalidRequestID", "Invalid request ID")
                elif len(body) > LARGEST_PAYLOAD:
                    text = f"Exceeded maximum allowed payload size ({LARGEST_PAYLOAD} bytes)."
                    connection.refuse(413, "RequestEntityTooLarge", text)
                    self.settle(Outcome.too_large())
                else:
                    self.settle(Outcome(body, is_error=what == b"error"))
                    # After whoever waits for the answer has it: each write wakes a process.
                    asyncio.get_running_loop().call_soon(connection.accept)
            case b"POST", [(b"init" | b"restore"), b"error"]:
                connection.accept()
                self.init_error = Outcome(body, is_error=True, ended=True)
                self._come_so_far()
                self.settle(self.init_error)
            case b"GET", [b"restore", b"next"]:  # asked for where the initialisation type is snap-start
                connection.send(200, b"")
            case _:
                connection.refuse(404, "NotFound", f"there is no {method.decode()} {path.decode()}")

    def opened(self, connection: "_Connection") -> None:
        self._connections.add(connection)

    def closed(self, connection: "_Connection") -> None:
        self._connections.discard(connection)
        if self._idle is connection:
            self._idle = None


class _Connection(asyncio.Protocol):
    """One keep-alive connection of the runtime client."""

    transport: asyncio.Transport

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # what create_server gives; uvloop's is none by name
        self._api.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._api.closed(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.refuse(400, "InvalidRequest", "not an HTTP request")
            self.transport.close()

    def on_message_begin(self) -> None:
        self._url, self._body = b"", []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"expect" and value.lower() == b"100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._api.receive(self, self._parser.get_method(), self._url, b"".join(self._body))

    def hand(self, invocation: Invocation) -> None:
        """Answer /next."""
        deadline_ms = int((time.time() + invocation.timeout_s) * 1000)
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {invocation.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {invocation.function_arn}\r\n"
        )
        if invocation.trace_id:
            head += f"Lambda-Runtime-Trace-Id: {invocation.trace_id}\r\n"
        if invocation.client_context:
            head += f"Lambda-Runtime-Client-Context: {invocation.client_context}\r\n"
        payload = invocation.payload
        self.transport.write(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)

    def send(self, status: int, body: bytes) -> None:
        head = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % (status, _STATUS[status], len(body)) + body)

    def accept(self) -> None:
        self.send(202, b'{"status":"OK"}')

    def refuse(self, status: int, kind: str, message: str) -> None:
        self.send(status, json.dumps({"errorMessage": message, "errorType": kind}).encode())
