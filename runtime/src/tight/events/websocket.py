"""`@websocket`: connections of a WebSocket API.

    @websocket.connect
    def open(connection_id, query): ...         what is no 2xx refuses the connection: `return 403, "no"`, or False

    @websocket.message("send")                  the messages of one route key
    @websocket.message                          those of no other: `$default`
    def take(connection_id, message): ...

    @websocket.disconnect
    def close(connection_id, reason): ...

A handler's value reaches the client only where the API has a route response; `reply` and `broadcast` of
`tight.events.connections` always do. "Working with WebSocket APIs" in the API Gateway developer guide.

A `path` is the host's alone, since a WebSocket API has none behind its stage. It may have parameters: `/chat/{room}`.
"""

import re
from functools import cached_property
from operator import attrgetter

from tight.handlers import add_mark, refuse_twins, respond
from tight.request import Invocation, loads
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import ModuleType
    from typing import Any, TypeVar

    from tight.fields import Fields, Headers
    from tight.handlers import Mark

    Handler = TypeVar("Handler", bound=Callable[..., Any])

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"


class Marks:
    """The decorators, each with or without brackets."""

    def connect(self, function: "Any" = None, /, *, path: "str | None" = None) -> "Any":
        """Mark the function that a client's connection is shown first."""
        return _mark(CONNECT, path, function)

    def message(self, route: "Any" = DEFAULT, /, *, path: "str | None" = None) -> "Any":
        """Mark the function that is given the messages of a route key, as the API's selection expression finds it."""
        return _mark(route, path, None) if isinstance(route, str) else _mark(DEFAULT, path, route)

    def disconnect(self, function: "Any" = None, /, *, path: "str | None" = None) -> "Any":
        """Mark the function that is told of a connection's end, as a rule: AWS does not promise it."""
        return _mark(DISCONNECT, path, function)


websocket = Marks()


def _mark(route: str, path: "str | None", function: "Any") -> "Any":
    def decorate(function: "Handler") -> "Handler":
        add_mark(WebSocket.kind, ({"route": route, "path": path},), function)
        return function

    return decorate if function is None else decorate(function)


class Frame(Invocation):
    """A connection's beginning, one of its messages, or its end."""

    @property
    def facts(self) -> "dict[str, Any]":
        """The event's requestContext."""
        found: dict[str, Any] = self.event["requestContext"]
        return found

    @property
    def connection_id(self) -> str:
        return str(self.facts["connectionId"])

    @property
    def route(self) -> str:
        return route_of(self.event)

    @property
    def correlation_id(self) -> "str | None":
        """The connection's id, so that one query of the log finds all that it did."""
        return self.connection_id

    @cached_property
    def connected_at(self) -> "datetime":
        """In UTC."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self.facts["connectedAt"] / 1000, timezone.utc)

    @property
    def source_ip(self) -> "str | None":
        ip: str | None = (self.facts.get("identity") or {}).get("sourceIp")
        return ip

    @property
    def principal_id(self) -> "str | None":
        """Who connected, as the API's Lambda authorizer vouches."""
        who: str | None = (self.facts.get("authorizer") or {}).get("principalId")
        return who

    @cached_property
    def headers(self) -> "Headers":
        """By any spelling of their names; those of the handshake when it connects, and none with a message."""
        from tight.fields import Headers
        from tight.gateways import gateway_of

        return Headers(gateway_of(_AS_REST).headers(self.event))

    @cached_property
    def query(self) -> "Fields":
        """Of the address that was connected to; known when it connects, and later no more."""
        from tight.fields import Fields
        from tight.gateways import gateway_of

        return Fields(gateway_of(_AS_REST).query(self.event))

    @cached_property
    def body(self) -> "str | bytes | None":
        """A message as it was sent; bytes only in the host, since a WebSocket API closes on them."""
        text: str | None = self.event.get("body")
        if text is None or not self.event.get("isBase64Encoded"):
            return text
        from base64 import b64decode

        return b64decode(text)

    @cached_property
    def message(self) -> "Any":
        """The body as JSON, or as it is where it is not JSON."""
        body = self.body
        if body is None:
            return None
        try:
            return loads(body)
        except (ValueError, RecursionError):
            return body

    @property
    def status(self) -> "int | None":
        """The code that the connection ended with, such as 1000."""
        code: int | None = self.facts.get("disconnectStatusCode")
        return code

    @property
    def reason(self) -> str:
        """Why it ended, in words; mostly empty."""
        return self.facts.get("disconnectReason") or ""


_AS_REST = {"httpMethod": "GET"}  # the event's parts are those of a REST API's
_GIVEN = ("body", "connected_at", "connection_id", "headers", "message", "principal_id", "query", "reason", "route")


class Route(Trigger):
    """One marked function."""

    kind = "websocket"
    several = True
    typed = ("event", "message", "query")
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Trigger.fillers,
        **{name: attrgetter(name) for name in (*_GIVEN, "source_ip", "status")},
    }

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        arguments = next(mark.options[0] for mark in marks if mark.trigger == self.kind)
        self.route, self.path = arguments["route"], arguments["path"]
        super().__init__(name, module, marks, settings)

    def fillers_for(
        self,
        function: "Callable[..., Any]",  # noqa: ARG002  # a trigger's method
    ) -> "Mapping[str, Callable[[Any], object]]":
        own = {name: _parameter(name) for name in re.findall(r"\{(\w+)", self.path or "")}
        return {**self.fillers, **own}

    def __call__(self, event: "Any", context: object) -> "Any":
        from tight.errors import InvalidInput

        try:
            return super().__call__(event, context)
        except InvalidInput as error:  # the client's fault, as it is in HTTP
            return _written((422, {"message": "Unprocessable Entity", "errors": error.fields}))

    def invocation_of(self, event: "Any", context: object) -> Frame:
        return Frame(event, context, self.__name__, cold_start=self.cold)

    def answer(self, invocation: "Any", value: "Any") -> "dict[str, Any]":  # noqa: ARG002  # the base's
        if self.route == CONNECT and isinstance(value, bool):
            value = (200 if value else 403, "")
        return _written((200, "") if value is None else value)


class WebSocket:
    """All routes of a function. A connection begins and ends well where nobody asks to be shown it."""

    kind = "websocket"

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        self.__name__, self.__module__, self.__doc__ = name, module.__name__, module.__doc__
        own = [mark for mark in marks if mark.trigger == self.kind]
        others = [mark for mark in marks if mark.trigger != self.kind]
        keys = [(mark.options[0]["route"], mark.options[0]["path"]) for mark in own]
        refuse_twins(own, keys, lambda mark: f"@websocket {mark.options[0]['route']}")
        for mark in own:
            self.describe(mark)
        self.routes = {key: Route(name, module, [mark, *others], settings) for key, mark in zip(keys, own, strict=True)}

    def __call__(self, event: "Any", context: object) -> "Any":
        route = route_of(event)
        # The path as it is declared; the host adds it to AWS's event.
        found = self.routes.get((route, event.get("resource")))
        if found is not None:
            return found(event, context)
        if route in (CONNECT, DISCONNECT):
            return {"statusCode": 200}
        from tight.errors import UnknownSource

        raise UnknownSource(self.__name__, [key for key, _ in self.routes])

    def accepts(self, event: "Any") -> bool:
        # An authorizer is asked about the same connection, with a `type`.
        return isinstance(event, dict) and "type" not in event and bool(route_of(event))

    @staticmethod
    def describe(mark: "Mark") -> "dict[str, Any]":
        arguments: dict[str, Any] = mark.options[0]
        route, path = arguments["route"], arguments["path"]
        problem = None
        if not route or (route.startswith("$") and route not in (CONNECT, DISCONNECT, DEFAULT)):
            problem = f"{route!r} is no route key: write one without a $ in front"
        elif path is not None and not path.startswith("/"):
            problem = f"path={path!r} is none: write one that begins with /"
        if problem:
            from tight.errors import BadSource

            raise BadSource(f"@websocket of {mark.function.__qualname__}", mark.place, problem)
        return arguments


def route_of(event: "Any") -> str:
    """The route key of a WebSocket API's event; empty for another event."""
    facts = event.get("requestContext") if isinstance(event, dict) else None
    return str(facts.get("routeKey", "")) if isinstance(facts, dict) and "connectionId" in facts else ""


def _parameter(name: str) -> "Callable[[Frame], object]":
    return lambda frame: frame.event["pathParameters"][name]


def _written(value: "Any") -> "dict[str, Any]":
    response = respond(value)
    body, is_encoded, kind = response.payload()
    headers = {name: str(value) for name, value in response.headers.items()}
    answer: dict[str, Any] = {"statusCode": response.status}
    if kind and "Content-Type" not in headers:
        headers["Content-Type"] = kind
    if headers:
        answer["headers"] = headers
    if body:
        answer |= {"body": body, "isBase64Encoded": is_encoded}
    return answer
