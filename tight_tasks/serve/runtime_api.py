"""The Lambda Runtime API of one execution environment, on loopback.

Paths, codes and headers: "Using the Lambda runtime API for custom runtimes" in the Lambda developer guide; error
bodies as AWS's runtime interface emulator writes them.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from uuid import uuid4

import httptools

_PREFIX = b"/2018-06-01/runtime/"
_STATUS = {200: b"OK", 202: b"Accepted", 400: b"Bad Request", 404: b"Not Found"}


@dataclass(frozen=True)
class Invocation:
    """An event on its way to a function. `payload` is JSON; the time starts when the function is given it."""

    payload: bytes
    timeout_s: float
    function_arn: str
    trace_id: str = ""
    request_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to: the function's answer, or Lambda's error JSON."""

    payload: bytes
    is_error: bool = False

    @classmethod
    def failure(cls, kind: str, message: str, request_id: str) -> "Outcome":
        """An error that the platform reports, not the function: `kind` is such as Runtime.ExitError."""
        error = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {message}"}
        return cls(json.dumps(error).encode(), is_error=True)


class RuntimeApi:
    """Hands invocations to one runtime client, one at a time, and takes its answers."""

    def __init__(self) -> None:
        self.address = ""
        self.init_error: Outcome | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._idle: _Connection | None = None  # the one that waits in /next
        self._current: Invocation | None = None
        self._handed = False
        self._answer: asyncio.Future[Outcome] | None = None
        self._initialised = asyncio.Event()

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

    async def initialised(self) -> None:
        """Wait until the client has asked for its first event, or has failed to come so far."""
        await self._initialised.wait()

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Hand over `invocation` as soon as the client asks, and wait for its outcome."""
        if self._answer is not None:
            raise RuntimeError("an execution environment takes one invocation at a time")
        if self.init_error is not None:
            return self.init_error
        self._answer = asyncio.get_running_loop().create_future()
        self._current, self._handed = invocation, False
        try:
            self._hand_over()
            return await self._answer
        finally:
            self._current = self._answer = None

    def fail(self, kind: str, message: str) -> None:
        """End the current invocation with an error of the platform, as when the process behind it is gone."""
        self._initialised.set()
        if self._current is not None:
            self._settle(Outcome.failure(kind, message, self._current.request_id))

    def _settle(self, outcome: Outcome) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(outcome)

    def _hand_over(self) -> None:
        if self._idle is None or self._current is None or self._handed:
            return
        invocation, connection = self._current, self._idle
        self._idle, self._handed = None, True
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.timeout_s) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
        }
        if invocation.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = invocation.trace_id
        connection.send(200, invocation.payload, headers)

    def receive(self, connection: "_Connection", method: bytes, path: bytes, body: bytes) -> None:
        """Answer one request of the runtime client."""
        match method, path.removeprefix(_PREFIX).split(b"/"):
            case b"GET", [b"invocation", b"next"]:
                self._idle = connection
                self._initialised.set()
                self._hand_over()
            case b"POST", [b"invocation", request_id, (b"response" | b"error") as what]:
                if self._current is None or not self._handed or request_id.decode() != self._current.request_id:
                    connection.refuse(400, "InvalidRequestID", "Invalid request ID")
                    return
                connection.accept()
                self._settle(Outcome(body, is_error=what == b"error"))
            case b"POST", [b"init", b"error"]:
                connection.accept()
                self.init_error = Outcome(body, is_error=True)
                self._initialised.set()
                self._settle(self.init_error)
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
        assert isinstance(transport, asyncio.Transport)  # what create_server gives
        self.transport = transport
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

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        lines = [b"HTTP/1.1 %d %s" % (status, _STATUS[status]), b"Content-Type: application/json"]
        lines += [f"{name}: {value}".encode("latin-1") for name, value in (headers or {}).items()]
        lines += [b"Content-Length: %d" % len(body), b"", body]
        self.transport.write(b"\r\n".join(lines))

    def accept(self) -> None:
        self.send(202, b'{"status":"OK"}')

    def refuse(self, status: int, kind: str, message: str) -> None:
        self.send(status, json.dumps({"errorMessage": message, "errorType": kind}).encode())
