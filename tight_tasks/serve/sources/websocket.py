"""The WebSocket front: connections, messages and their ends invoke functions, as in a WebSocket API of API Gateway.

What a function answers to a message goes nowhere, as without a route response: it answers by the management API.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from tight_tasks.manifest import Function
from tight_tasks.serve.errors import ServeError
from tight_tasks.serve.gateways.websocket import (
    CONNECT,
    DISCONNECT,
    IDLE_S,
    LIMIT_S,
    LONGEST_S,
    Peer,
    connect_answer,
    connect_event,
    disconnect_event,
    error_message,
    message_event,
    route_of,
)
from tight_tasks.serve.gateways.wire import Event, Unfit
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.protocol import sent_of
from tight_tasks.serve.sources.connections import Connection, Connections, Send

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
InvokeRoute = Callable[[str, bytes, str, str], Awaitable[Outcome]]
"""Has a function, by its name, take an event in JSON, because of a route; and X-Ray's header, which may be empty."""
Admit = Callable[[str, Event], Awaitable[tuple[int, Mapping[str, Any]]]]
"""Whether a connection to a function may be opened, by the event of its $connect: the status, and who opens it."""

_log = logging.getLogger(__name__)


def socket_routes(functions: Iterable[Function], path: str | None = None) -> dict[str, str]:
    """The function of each route. Those with a path are a host's: a WebSocket API has none after its stage."""
    found: dict[str, str] = {}
    for function in functions:
        for source in function.sources:
            said: dict[str, Any] = source.model_extra or {}
            if source.kind == "websocket" and said.get("path") == path:
                found.setdefault(said["route"], function.name)
    return found


class WebSocketFront:
    """An ASGI app for WebSockets. `routes` gives the function of each route, and may be replaced while it runs.

    `admit` is asked for the function of $connect, or where there is none for the first. Where `connections` are binary,
    a function is given frames that are no text; a WebSocket API closes on them. Where it `is_behind_proxy`, or may be,
    what a proxy tells of a caller stays as it is.
    """

    def __init__(
        self, invoke: InvokeRoute, admit: Admit, connections: Connections, *, stage: str, is_behind_proxy: bool = False
    ) -> None:
        self.routes: Mapping[str, str] = {}
        self.connections = connections
        self._invoke = invoke
        self._admit = admit
        self._stage = stage
        self._is_behind_proxy = is_behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = self._find(scope["path"])
        await receive()  # websocket.connect
        if not self.routes or at is None:
            await _refuse(send, 403)
            return
        sent = sent_of(scope, scope["path"], is_forwarded=self._is_behind_proxy)
        peer = Peer(sent.source_ip, sent.user_agent, sent.host, self._stage, self.connections.new_id(), at=at)
        asked = self.routes.get(CONNECT) or next(iter(self.routes.values()))
        event = connect_event(peer, sent)
        status, authorizer = await self._admit(asked, event)
        if authorizer:
            peer = replace(peer, authorizer=authorizer)
            event["requestContext"]["authorizer"] = authorizer
        if status == 200:
            status, protocol = await self._connect(event, scope["subprotocols"], sent.traced)
        if not 200 <= status < 300:
            await _refuse(send, status)
            return
        try:
            await send({"type": "websocket.accept", "subprotocol": protocol})
        except OSError:  # the client has gone, and the function has let it in
            await self._run(DISCONNECT, disconnect_event(peer, 1006, ""))
            return
        connection = Connection(peer, send)
        self.connections.add(connection)
        running: set[asyncio.Task[None]] = set()
        try:
            code, reason = await self._talk(connection, receive, running)
        finally:
            self.connections.remove(connection)
        await self._run(DISCONNECT, disconnect_event(peer, code, reason))
        if running:
            await asyncio.wait(running)

    def _find(self, path: str) -> Mapping[str, Any] | None:
        """What the events say of a path; None for one that is not served."""
        return {} if path.strip("/") in ("", self._stage) else None

    async def _connect(self, event: Event, offered: Iterable[str], trace_id: str) -> tuple[int, str | None]:
        """The status, and the protocol that the function has chosen; 502 where it failed."""
        if CONNECT not in self.routes:
            return 200, None
        outcome = await self._run(CONNECT, event, trace_id)
        if outcome is None or outcome.is_error:
            return 502, None
        try:
            return connect_answer(outcome.payload, offered)
        except Unfit as error:
            _log.warning("%s: its answer to %s is unfit: %s", self.routes[CONNECT], CONNECT, error)
            return 502, None

    async def _talk(
        self, connection: Connection, receive: Receive, running: set[asyncio.Task[None]]
    ) -> tuple[int, str]:
        """Until the connection ends; gives with which code, and why."""
        while True:
            end = min(connection.active_at + IDLE_S, connection.peer.connected_at + LONGEST_S)
            try:
                message = await asyncio.wait_for(receive(), max(end - time.time(), 0))
            except asyncio.TimeoutError:
                if connection.active_at + IDLE_S > end and time.time() < connection.peer.connected_at + LONGEST_S:
                    continue  # something was sent in the meantime
                await connection.close(1001, "Going away")
                return 1001, "Going away"
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005), message.get("reason") or ""
            connection.active_at = time.time()
            said = message.get("text")
            if said is None and self.connections.binary:
                said = message["bytes"]
            if said is None:
                await connection.close(1003, "Binary is not supported")
                return 1003, "Binary is not supported"
            task = asyncio.create_task(self._message(connection, said))
            running.add(task)
            task.add_done_callback(running.discard)

    async def _message(self, connection: Connection, said: str | bytes) -> None:
        route = route_of(said, self.routes)
        if route is None:
            error = "Forbidden"
        else:
            outcome = await self._run(route, message_event(connection.peer, route, said))
            error = "" if outcome is not None and not outcome.is_error else "Internal server error"
        if error:
            try:
                await connection.say(error_message(connection.peer, error))
            except OSError:
                _log.debug("%s has gone", connection.peer.connection_id)

    async def _run(self, route: str, event: Event, trace_id: str = "") -> Outcome | None:
        """None where the function can't be asked, is late, or the app has no such route."""
        function = self.routes.get(route)
        if function is None:
            return None
        payload = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        try:
            return await asyncio.wait_for(self._invoke(function, payload, f"websocket {route}", trace_id), LIMIT_S)
        except asyncio.TimeoutError:
            _log.warning("%s: it was late for %s: a WebSocket API waits %d s", function, route, LIMIT_S)
        except ServeError as error:
            _log.warning("%s", error)
        return None


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "websocket.http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "websocket.http.response.body", "body": b""})
