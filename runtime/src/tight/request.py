"""A request as a handler sees it, whichever gateway it came through."""

from json import JSONDecoder, detect_encoding
from operator import attrgetter

from tight.gateways import unquote, without_prefix
from tight.invocation import Invocation, lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tight.dispatch import Resource
    from tight.fields import Fields, Headers
    from tight.gateways import Event, Gateway

# What a handler is given by the names of its parameters, besides the parameters of its path.
FILLERS: "dict[str, Callable[[Any], object]]" = {
    name: attrgetter(name)
    for name in ("body", "context", "cookies", "event", "form", "headers", "principal_id", "query", "source_ip")
}
FILLERS["request"] = lambda request: request


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


class Request(Invocation):
    """Every part is read from `event` when it is asked for; the event is never changed.

    A part may be set, by middleware say: what comes after sees the new one. Which handler is called, the event decides.
    """

    def __init__(self, event: "Event", context: object, gateway: "Gateway", resource: "Resource") -> None:
        self.event = event
        self.context = context
        self.gateway = gateway
        self.resource = resource
        self.cold_start = resource.cold
        self.function = resource.__name__
        self.method = gateway.method(event)

    @lazy
    def path(self) -> str:
        """Decoded, without stage and base path."""
        path = without_prefix(self.gateway.path(self.event), self.resource.base_path)
        return unquote(path) if self.gateway.is_encoded(self.event) else path

    def segments(self) -> "list[str]":
        """The segments of the path, each decoded on its own, so that %2F never makes two of one."""
        path = self.gateway.path(self.event)
        if self.resource.base_path:
            path = without_prefix(path, self.resource.base_path)
        inner = path.strip("/")
        parts = inner.split("/") if inner else []
        if "%" not in path or not self.gateway.is_encoded(self.event):
            return parts
        return [unquote(part) for part in parts]

    @lazy
    def path_parameters(self) -> "dict[str, Any]":
        """Decoded; those of the gateway's own route, and over them those of the route that matched here."""
        return {**self.gateway.path_parameters(self.event), **self.matched}

    @lazy
    def matched(self) -> "dict[str, Any]":
        """The parameters of the route that matched here."""
        return {}

    @lazy
    def headers(self) -> "Headers":
        """By any spelling of their names; repeated ones joined by commas."""
        from tight.fields import Headers

        return Headers(self.gateway.headers(self.event))

    @lazy
    def cookies(self) -> "dict[str, str]":
        """Of two cookies of one name the first."""
        from tight.fields import read_cookies

        return read_cookies(self.gateway.cookies(self.event))

    @lazy
    def query(self) -> "Fields":
        """Decoded; of a repeated parameter the last value, and all of them by `query.all(name)`."""
        from tight.fields import Fields

        return Fields(self.gateway.query(self.event))

    @lazy
    def content_type(self) -> str:
        """The header as it was sent; empty without one."""
        # Headers may be many, and this one decides about every body.
        sent = self.event.get("headers") or {}
        return str(sent.get("content-type") or sent.get("Content-Type") or self.headers.get("content-type", ""))

    @lazy
    def content(self) -> bytes:
        """The body as the client sent it."""
        sent = self._sent_body
        return sent if isinstance(sent, bytes) else sent.encode("utf-8", "replace")

    @lazy
    def text(self) -> str:
        """The body as text, decoded by the charset of its content type, UTF-8 without one."""
        from tight.bodies import decode

        return self._sent_body if isinstance(self._sent_body, str) else decode(self._sent_body, self.content_type)

    @lazy
    def json(self) -> "Any":
        """The body as JSON, whatever its content type; None without a body. Raises `BadBody` where it is not JSON."""
        if not self._sent_body:
            return None
        try:
            return self.resource.loads(self._sent_body)
        except Exception as error:  # each codec has its own
            from tight.errors import BadBody

            raise BadBody("the body is not JSON") from error

    @lazy
    def form(self) -> "Fields":
        """The fields of a form, url-encoded or multipart, the files among them as `Upload`. Raises `BadBody`."""
        from tight.bodies import read_form

        return read_form(self.content, self.content_type)

    @lazy
    def body(self) -> "Any":
        """The body by its content type: a JSON value, a form's `Fields`, text, else bytes; None without one.

        Without a content type it is JSON, else text, else bytes. Raises `BadBody` where it is not what it claims.
        """
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

    @lazy
    def principal_id(self) -> "str | None":
        """Who calls, as the gateway vouches: the claim `sub` of a JWT or user pool, the principal of a Lambda
        authorizer, the ARN of an IAM user or role; else None.
        """
        from tight.principal import principal_of

        return principal_of(self.event)

    @lazy
    def source_ip(self) -> "str | None":
        """The caller's address as the gateway saw it."""
        try:
            return self.gateway.source_ip(self.event)
        except (AttributeError, KeyError, TypeError):  # an event that someone has written
            return None

    @property
    def correlation_id(self) -> "str | None":
        """The header X-Correlation-Id, else X-Request-Id."""
        try:
            found: str | None = self.headers.get("x-correlation-id") or self.headers.get("x-request-id")
        except (AttributeError, TypeError):  # an event that no gateway sends; the log asks, and can't fail
            return None
        return found

    @lazy
    def _sent_body(self) -> "str | bytes":
        body: Any = self.event.get("body") or ""
        if body and self.event.get("isBase64Encoded"):
            from tight.bodies import decode_base64

            return decode_base64(body)
        return body if isinstance(body, (str, bytes)) else _dumped(body)


def _dumped(body: object) -> str:
    from tight.response import dumps  # only an event that a person has written has a body that is no text

    return dumps(body)
