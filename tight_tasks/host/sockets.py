"""WebSockets of a host: those of a WebSocket API, and besides at paths of their own and with binary messages.

Functions reach who is connected by API Gateway's management API, on a port that only this machine reaches.
"""

import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.routing import compile_path

from tight_tasks.host.connections import SharedConnections
from tight_tasks.manifest import Manifest
from tight_tasks.serve.front import Receive, Scope, Send
from tight_tasks.serve.sources.websocket import Admit, InvokeRoute, WebSocketFront, socket_routes
from tight_tasks.serve.web import answer, listen

_ENDPOINT = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"


class PathFront(WebSocketFront):
    """Those of one path, as it is declared, such as /chat/{room}."""

    def __init__(
        self, invoke: InvokeRoute, admit: Admit, connections: SharedConnections, *, stage: str, path: str
    ) -> None:
        super().__init__(invoke, admit, connections, stage=stage, is_behind_proxy=True)
        self.path = path
        self._pattern, _, _ = compile_path(path.replace("+}", ":path}"))

    def _find(self, path: str) -> Mapping[str, Any] | None:
        found = self._pattern.match(path)
        return {"resource": self.path, "path": path, "pathParameters": found.groupdict()} if found else None

    def serves(self, path: str) -> bool:
        return self._find(path) is not None


def management_listeners(manifest: Manifest, workers: int) -> list[socket.socket]:
    """One for the management API of each worker; none where no function has WebSockets. Raises `CanNotListen`."""
    declared = any(source.kind == "websocket" for source in manifest.sources)
    return [listen("127.0.0.1", 0) for _ in range(workers)] if declared else []


class Sockets:
    """An ASGI app for the WebSockets that the functions of `manifest` declare.

    `listeners` are those of `management_listeners`; that of this worker is at its `number`.
    """

    def __init__(
        self,
        manifest: Manifest,
        invoke: InvokeRoute,
        admit: Admit,
        listeners: Sequence[socket.socket],
        number: int,
        *,
        stage: str,
    ) -> None:
        connections = SharedConnections([listener.getsockname()[1] for listener in listeners], number)
        declared = [source.model_extra or {} for source in manifest.sources if source.kind == "websocket"]
        paths = {each.get("path") for each in declared}
        self._connections = connections
        self._listener = listeners[number] if listeners else None
        self._api = WebSocketFront(invoke, admit, connections, stage=stage, is_behind_proxy=True)
        self._api.routes = socket_routes(manifest.functions)
        self._at = [
            PathFront(invoke, admit, connections, stage=stage, path=path) for path in sorted(filter(None, paths))
        ]
        for front in self._at:
            front.routes = socket_routes(manifest.functions, front.path)
        self._close: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        front = next((each for each in self._at if each.serves(scope["path"])), self._api)
        await front(scope, receive, send)

    async def open(self) -> None:
        """Begin with the management API, and tell the functions of this process where it is."""
        if self._listener is None:
            return
        os.environ[_ENDPOINT] = "http://{}:{}".format(*self._listener.getsockname())
        self._close = await answer(Starlette(routes=self._connections.routes()), self._listener)

    async def close(self) -> None:
        """When nothing runs any more."""
        if self._close is not None:
            await self._close()
