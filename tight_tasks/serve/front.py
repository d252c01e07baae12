"""The HTTP front: a request becomes a gateway's event, a function's answer becomes a response."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from tight_tasks.serve.authorization import Authorizer, AuthorizerFailed, Denied
from tight_tasks.serve.custom import MakeContext, MakeEvent, made
from tight_tasks.serve.errors import NoSuchFunction, Stopped, Throttled, TooLarge
from tight_tasks.serve.gateways.parts import parsed
from tight_tasks.serve.gateways.wire import OF_THE_CONNECTION, Event, Match, Sent, Unfit, Wire
from tight_tasks.serve.invoker import Invoker
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.protocol import sent_of
from tight_tasks.serve.routes import Routes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)
_WITHOUT_BODY = (204, 304)  # whatever the function gives (RFC 9110, section 6.4.1)
_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Gateway(Protocol):
    """One event shape, both ways. `limit_s` is how long it waits for a function, `largest_body` in bytes."""

    name: str
    limit_s: float
    largest_body: int

    def takes_head(self, sent: Sent) -> bool:
        """Whether the request line and the headers are no larger than it allows."""

    def event(self, sent: Sent, match: Match) -> Event: ...
    def response(self, answer: Any, sent: Sent) -> Wire: ...
    def failed(self) -> Wire: ...
    def busy(self) -> Wire: ...
    def late(self) -> Wire: ...
    def too_large(self) -> Wire: ...
    def head_too_large(self) -> Wire: ...
    def not_found(self) -> Wire: ...
    def unauthorized(self) -> Wire: ...
    def forbidden(self) -> Wire: ...
    def unsure(self) -> Wire:
        """The authorizer failed."""


@dataclass(frozen=True)
class Manners:
    """What stands in front of the functions: their routes, the gateway of each (of None: where no function is met), who
    may call, and events and contexts of the app's own making.
    """

    routes: Routes
    gateways: Mapping[str | None, Gateway]
    authorizers: Mapping[str, Authorizer]
    events: Mapping[str, MakeEvent]
    contexts: Mapping[str, MakeContext]


class Front:
    """An ASGI app. Its `manners` may be replaced while it runs."""

    is_behind_proxy = False
    limits_heads = True

    def __init__(self, functions: Invoker, manners: Manners) -> None:
        self.manners = manners
        self._functions = functions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["raw_path"].decode("latin-1")
        match = self.manners.routes.find(scope["method"], path)
        gateway = self.manners.gateways[match.function if match else None]
        try:
            content = await _read(receive, gateway.largest_body)
        except _HungUp:
            return
        if match is None:
            wire = gateway.not_found()
        elif content is None:
            wire = gateway.too_large()
        else:
            wire = await self._answer(gateway, match, sent_of(scope, path, content, is_forwarded=self.is_behind_proxy))
        await _send(send, wire, head=scope["method"] == "HEAD")

    async def _answer(self, gateway: Gateway, match: Match, sent: Sent) -> Wire:
        if self.limits_heads and not gateway.takes_head(sent):
            return gateway.head_too_large()
        make = self.manners.events.get(match.function)
        event = gateway.event(sent, match)
        authorizer = self.manners.authorizers.get(match.function)
        if authorizer is not None and sent.method != "OPTIONS":  # which browsers send without credentials
            try:
                event["requestContext"]["authorizer"] = await authorizer.context(sent, match, event)
            except Denied as error:
                return gateway.forbidden() if error.known else gateway.unauthorized()
            except AuthorizerFailed:
                return gateway.unsure()
        return await self._call(gateway, match, sent, event if make is None else await made(make, sent, match.function))

    async def _call(self, gateway: Gateway, match: Match, sent: Sent, event: Event) -> Wire:
        payload = _compact(event).encode()
        told = await self._told(match, sent)
        calling = self._functions.invoke(match.function, payload, cause=f"{sent.method} {sent.path}", **told)
        if self._functions.may_outlast(match.function, gateway.limit_s):
            calling = self._within(gateway, calling)
        try:
            entry = await calling
        except Throttled as error:
            _log.warning("%s", error)
            return gateway.busy()
        except TooLarge:
            return gateway.too_large()
        except NoSuchFunction:  # the app was reloaded meanwhile
            return gateway.not_found()
        except Stopped:
            return gateway.failed()
        except asyncio.TimeoutError:
            return gateway.late()
        wire = _response(gateway, entry, sent)
        self._functions.journal.conclude(entry, str(wire.status))
        return wire

    async def _told(self, match: Match, sent: Sent) -> dict[str, Any]:
        """What goes with the event: the trace, and what the app's own makers of contexts say."""
        own = self.manners.contexts.get(match.function)
        return {"trace_id": sent.traced, **({} if own is None else await made(own, sent, match.function))}

    async def _within(self, gateway: Gateway, calling: Coroutine[Any, Any, Entry]) -> Entry:
        """Raises asyncio.TimeoutError once the gateway waits no longer. The function works on then, as in Lambda."""
        running = self._functions.later(calling)

        def conclude(ended: "asyncio.Task[Entry]") -> None:
            if not ended.cancelled() and ended.exception() is None:
                self._functions.journal.conclude(ended.result(), str(gateway.late().status))

        try:
            return await asyncio.wait_for(asyncio.shield(running), gateway.limit_s)
        except asyncio.TimeoutError:
            running.add_done_callback(conclude)
            raise


def _response(gateway: Gateway, entry: Entry, sent: Sent) -> Wire:
    assert entry.outcome is not None  # it has ended
    if entry.outcome.is_error:
        return gateway.failed()
    try:
        return gateway.response(parsed(entry.outcome.payload), sent)
    except Unfit as error:
        _log.warning("%s: the answer can't be sent on: %s", entry.function, error)
        return gateway.failed()


class _HungUp(Exception):
    """The client is gone before it has sent all of its request."""


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body; None where it is over `limit`, and the rest of it is not kept. Raises `_HungUp`."""
    message = await _part(receive)
    content: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return content if len(content) <= limit else None
    parts, size = [content], len(content)
    while message.get("more_body"):
        message = await _part(receive)
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
    return b"".join(parts) if size <= limit else None


async def _part(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise _HungUp
    return message


async def _send(send: Send, wire: Wire, *, head: bool) -> None:
    # What is of the connection is this server's own to say.
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in wire.headers
        if name.lower() not in OF_THE_CONNECTION
    ]
    bare = head or wire.status in _WITHOUT_BODY
    if not head:  # to which a function says itself how long its answer would be, or nothing
        headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    if not bare:
        headers.append((b"content-length", str(len(wire.content)).encode()))
    await send({"type": "http.response.start", "status": wire.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bare else wire.content})
