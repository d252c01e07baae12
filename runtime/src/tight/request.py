"""One invocation of a function, and the request that it is where it came through one of AWS's HTTP gateways.

Here stands what every request needs: the way to its function, and a JSON body. The rest of a request is read by
`tight.parts`, the rest of an event's shape by `tight.gateways`: each is loaded by the first who asks.
"""

from functools import cached_property
from json import JSONDecoder, detect_encoding
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import ContextVar
    from typing import Any

    from tight.dispatch import Resource
    from tight.fields import Fields, Headers
    from tight.gateways import Gateway

    Event = dict[str, Any]
    Way = tuple[str, str, str, bool]


class Invocation:
    """An event on its way through a function. Middleware of every trigger is given one.

    `fields` are the log's for this invocation alone. `cold_start` is true for the first one of an environment.
    """

    def __init__(self, event: "Any", context: "Any", function: str = "", *, cold_start: bool = False) -> None:
        self.event = event
        self.context = context
        self.function = function
        self.cold_start = cold_start

    @cached_property
    def fields(self) -> "dict[str, Any]":
        return {}

    @property
    def request_id(self) -> "str | None":
        """The id that Lambda gave to this invocation."""
        return getattr(self.context, "aws_request_id", None)

    @property
    def correlation_id(self) -> "str | None":
        """What ties this invocation to its cause; a trigger that carries such an id says so by overriding this."""
        return None


class _Current:
    """The invocation that is going on. In Lambda there is one at a time; `follow_tasks` is for where there are more.

    A ContextVar from the start would cost every cold start a fifth of a millisecond.
    """

    def __init__(self) -> None:
        self._here: Invocation | None = None
        self._variable: ContextVar[Invocation | None] | None = None

    def get(self) -> "Invocation | None":
        return self._here if self._variable is None else self._variable.get()

    def set(self, invocation: "Invocation | None") -> "Invocation | None":
        """What was going on before, for whoever puts it back."""
        if self._variable is None:
            before, self._here = self._here, invocation
            return before
        before = self._variable.get()
        self._variable.set(invocation)
        return before

    def follow_tasks(self) -> None:
        """Keep one for each thread and each task of an event loop from now on."""
        if self._variable is None:
            from contextvars import ContextVar

            self._variable = ContextVar("tight.invocation", default=None)
            self._variable.set(self._here)


current = _Current()


REST, HTTP, URL, BALANCER = "rest", "http", "url", "alb"  # the gateways, as `Request.kind` names them


def way_of(event: "Event") -> "Way | None":
    """The way of an event to its function: the gateway, the verb, the path, and whether that is percent-encoded.

    The path is without the stage. None for an event that `tight.gateways` alone can tell.
    """
    if not isinstance(event, dict):
        return None
    context = event.get("requestContext")
    if not isinstance(context, dict):
        context = {}
    if "httpMethod" in event:
        method = event["httpMethod"]
        if "elb" in context or not isinstance(method, str):
            return None
        path = str(event.get("path") or "/")
        if "version" in event:  # an HTTP API that is told to send this payload: it decodes, and leaves the stage
            return REST, method.upper(), without_stage(path, context.get("stage")), False
        return REST, method.upper(), path, True
    http = context.get("http")
    if not isinstance(http, dict):
        return None
    method, path = str(http.get("method") or "GET"), str(event.get("rawPath") or "/")
    if ".lambda-url." in str(context.get("domainName")):
        return URL, method.upper(), without_stage(path, context.get("stage")), True
    return HTTP, method.upper(), without_stage(path, context.get("stage")), False


def unquote(text: str) -> str:
    """`text` with its percent-encoding decoded."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # 4 ms, needed by few paths

    return decode(text)


def without_prefix(path: str, prefix: str) -> str:
    """`path` below `prefix`, the name of a stage or a base path; `path` itself where it does not start with that."""
    prefix = "/" + prefix.strip("/")
    if path == prefix:
        return "/"
    return path[len(prefix) :] if prefix != "/" and path.startswith(prefix + "/") else path


def without_stage(path: str, stage: object) -> str:
    """`path` below the name of the stage that an HTTP API puts in front of it, unless that is its default stage."""
    return without_prefix(path, str(stage)) if stage and stage != "$default" else path


# What a handler is given by the names of its parameters, besides the parameters of its path.
_GIVEN = ("context", "cookies", "event", "form", "headers", "principal_id", "query", "source_ip")
FILLERS: "dict[str, Callable[[Any], object]]" = dict(zip(_GIVEN, map(attrgetter, _GIVEN), strict=True))
FILLERS["request"] = lambda request: request


def _body_of(request: "Request") -> "Any":
    """`request.body` without the way through `__getattr__`, which would cost most calls a tenth of their time."""
    parts = request.__dict__
    if "body" not in parts:
        parts["body"] = request.read_body()
    return parts["body"]


FILLERS["body"] = _body_of


def loads(text: "str | bytes") -> "Any":
    """The value that `text` stands for. Raises `ValueError`, or `RecursionError` where it is nested too deeply."""
    if not isinstance(text, str):
        text = text.decode(detect_encoding(text))
    try:
        value, end = _read(text)
    except ValueError:
        return _decoder.decode(text)  # which skips the space in front, and says what is wrong
    return value if end == len(text) else _decoder.decode(text)


def _refuse(constant: str) -> "Any":
    raise ValueError(f"{constant} is no JSON, though Python writes it")


_decoder = JSONDecoder(parse_constant=_refuse)
_read = _decoder.raw_decode

# The parts of a request that a function of their name in `tight.parts` reads, once.
_PARTS = frozenset(
    (
        "content",
        "content_type",
        "cookies",
        "form",
        "gateway",
        "headers",
        "json",
        "path",
        "path_parameters",
        "principal_id",
        "query",
        "sent_body",
        "source_ip",
        "text",
    )
)


class Request(Invocation):
    """Every part is read from `event` when it is asked for; the event is never changed.

    A part may be set, by middleware say: what comes after sees the new one. Which handler is called, the event decides.
    """

    if TYPE_CHECKING:
        gateway: Gateway
        """All that is known of the event's shape."""

        path: str
        """Decoded, without stage and base path."""

        headers: Headers
        """By any spelling of their names; repeated ones joined by commas."""

        cookies: dict[str, str]
        """Of two cookies of one name the first."""

        query: Fields
        """Decoded; of a repeated parameter the last value, and all of them by `query.all(name)`."""

        content_type: str
        """The header as it was sent; empty without one."""

        sent_body: str | bytes
        """The body as text where it came as text, without base64 where it came so."""

        content: bytes
        """The body as the client sent it."""

        text: str
        """The body as text, decoded by the charset of its content type, UTF-8 without one."""

        json: Any
        """The body as JSON, whatever its content type; None without a body. Raises `BadBody` where it is not JSON."""

        form: Fields
        """The fields of a form, url-encoded or multipart, the files among them as `Upload`. Raises `BadBody`."""

        principal_id: str | None
        """Who calls, as the gateway vouches: the claim `sub` of a JWT or user pool, the principal of a Lambda
        authorizer, the ARN of an IAM user or role; else None.
        """

        source_ip: str | None
        """The caller's address as the gateway saw it."""

        path_parameters: dict[str, Any]
        """Decoded; those of the gateway's own route, and over them those of the route that matched here."""

        body: Any
        """The body by its content type: a JSON value, a form's `Fields`, text, else bytes; None without one.

        Without a content type it is JSON, else text, else bytes. Raises `BadBody` where it is not what it claims.
        """

    def __init__(self, event: "Event", context: object, way: "Way", resource: "Resource") -> None:
        self.event = event
        self.context = context
        self.kind, self.method, self.sent_path, self.path_is_encoded = way
        self.resource = resource
        self.cold_start = resource.cold
        self.function = resource.__name__
        self.matched: dict[str, Any] = {}  # the parameters of the route that matched here

    def segments(self) -> "list[str]":
        """The segments of the path, each decoded on its own, so that %2F never makes two of one."""
        path = self.sent_path
        if self.resource.base_path:
            path = without_prefix(path, self.resource.base_path)
        inner = path.strip("/")
        parts = inner.split("/") if inner else []
        if "%" not in path or not self.path_is_encoded:
            return parts
        return [unquote(part) for part in parts]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> "Any":
            """What is read when it is first asked for: Python asks this for what an object does not have yet."""
            if name == "body":
                value = self.read_body()
            elif name in _PARTS:
                from tight import parts

                value = getattr(parts, name)(self)
            else:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            setattr(self, name, value)
            return value

    def read_body(self) -> "Any":
        """What `body` is, read anew."""
        event = self.event
        sent = event.get("body")
        if not sent:
            return None
        if not event.get("isBase64Encoded"):
            try:  # the short way, which most bodies go
                headers = event["headers"]
                if (headers.get("Content-Type") or headers["content-type"]) == "application/json":
                    return self.resource.loads(sent)
            except Exception:  # noqa: BLE001, S110  # the long way says what is wrong
                pass
        from tight.bodies import read_body

        return read_body(self)

    @property
    def correlation_id(self) -> "str | None":
        """The header X-Correlation-Id, else X-Request-Id."""
        try:
            found: str | None = self.headers.get("x-correlation-id") or self.headers.get("x-request-id")
        except (AttributeError, TypeError):  # an event that no gateway sends; the log asks, and can't fail
            return None
        return found
