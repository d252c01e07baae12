"""Who is connected by a WebSocket, and API Gateway's management API for them, boto3's "apigatewaymanagementapi".

"Use @connections commands in your backend service" in the API Gateway developer guide. Requests need no
valid signature.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tight_tasks.serve.gateways.websocket import LARGEST_MESSAGE, Peer, new_id

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Connection:
    """An open one; `active_at` is when something last went over it, either way."""

    def __init__(self, peer: Peer, send: Send) -> None:
        self.peer = peer
        self.active_at = peer.connected_at
        self._send = send

    async def say(self, message: str | bytes) -> None:
        """Raises OSError where the client has gone."""
        kind = "text" if isinstance(message, str) else "bytes"
        try:
            await self._send({"type": "websocket.send", kind: message})
        except RuntimeError as error:  # uvicorn's, once the connection is being closed
            raise ConnectionResetError(self.peer.connection_id) from error
        self.active_at = time.time()

    async def close(self, code: int, reason: str = "") -> None:
        with suppress(OSError, RuntimeError):  # it has gone by itself
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


class Connections:
    """The open ones by their ids. With `binary`, data that is no text is sent as it is."""

    def __init__(self, *, binary: bool = False) -> None:
        self.binary = binary
        self._open: dict[str, Connection] = {}

    def new_id(self) -> str:
        """For a connection that is about to be opened."""
        return new_id()

    def add(self, connection: Connection) -> None:
        self._open[connection.peer.connection_id] = connection

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection.peer.connection_id, None)

    def __len__(self) -> int:
        return len(self._open)

    def routes(self) -> list[BaseRoute]:
        """With and without the stage before them."""
        return [
            Route(f"{stage}/@connections/{{id}}", self._manage, methods=["DELETE", "GET", "POST"])
            for stage in ("", "/{stage}")
        ]

    async def _manage(self, request: Request) -> Response:
        connection = self._open.get(request.path_params["id"])
        if connection is None:
            return await self.missing(request)
        if request.method == "GET":
            peer = connection.peer
            times = {"connectedAt": _written(peer.connected_at), "lastActiveAt": _written(connection.active_at)}
            return JSONResponse({**times, "identity": peer.identity})
        if request.method == "DELETE":
            self.remove(connection)
            await connection.close(1000)
            return Response(status_code=204)
        data = await request.body()
        if len(data) > LARGEST_MESSAGE:
            return _error(413, "PayloadTooLargeException", f"{len(data)} bytes are over the limit of {LARGEST_MESSAGE}")
        try:
            await connection.say(_message(data, binary=self.binary))
        except OSError:
            return _error(410, "GoneException")
        return Response(status_code=200)

    async def missing(self, request: Request) -> Response:  # noqa: ARG002  # a host knows of others
        """What is answered about a connection that is not among these."""
        return _error(410, "GoneException")


def is_management(path: str) -> bool:
    """Whether the decoded path is one of the management API's."""
    first, second, *_ = [*path.split("/")[1:3], ""]
    return "@connections" in (first, second)


def _message(data: bytes, *, binary: bool) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data if binary else data.decode("utf-8", "replace")


def _error(status: int, kind: str, message: str = "") -> Response:
    return JSONResponse({"message": message} if message else {}, status, {"x-amzn-ErrorType": kind})


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
