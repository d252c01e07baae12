"""A request as a handler sees it, whichever gateway it came through."""

from functools import cached_property

from tight.errors import BadBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tight.gateways import Event, Gateway


class Request:
    """Every part is read from `event` when it is asked for; the event is never changed."""

    def __init__(self, event: "Event", context: object, gateway: "Gateway") -> None:
        self.event = event
        self.context = context
        self.gateway = gateway
        self.method = gateway.method(event)

    @cached_property
    def path(self) -> str:
        """Without the stage, as the gateway gives it: percent-encoded by a REST API, decoded by an HTTP API."""
        return self.gateway.path(self.event)

    @cached_property
    def path_parameters(self) -> dict[str, str]:
        """Decoded; those of the gateway's own route, and over them those of the route that matched here."""
        return self.gateway.path_parameters(self.event)

    @cached_property
    def headers(self) -> "Mapping[str, str]":
        """By lower-case name."""
        return self.gateway.headers(self.event)

    @cached_property
    def query(self) -> "Mapping[str, str]":
        """Decoded; of a repeated parameter the last value (REST API), or all of them joined by commas (HTTP API)."""
        return self.gateway.query(self.event)

    @cached_property
    def content(self) -> "str | bytes | None":
        """The body as it was sent: bytes where the gateway encoded it in base64, else text; None without a body."""
        body: str | bytes | None = self.event.get("body")
        if body and self.event.get("isBase64Encoded"):
            from base64 import b64decode  # few requests are binary

            try:
                return b64decode(body, validate=True)
            except ValueError as error:
                raise BadBody("the body is not base64") from error
        return body or None

    @cached_property
    def body(self) -> "Any":
        """The body by its content type: a JSON value, text, bytes, or None without one.

        Without a content type, JSON is tried first. Raises `BadBody` where JSON is announced and something else came.
        """
        return None if self.content is None else _parse(self.content, self.headers.get("content-type", ""))

    @cached_property
    def principal_id(self) -> "str | None":
        """Who calls: the claim `sub` of a JWT (HTTP API) or user pool (REST API), else an authorizer's principalId."""
        authorizer = _dig(self.event, "requestContext", "authorizer")
        principal = (
            _dig(authorizer, "jwt", "claims", "sub")
            or _dig(authorizer, "claims", "sub")
            or _dig(authorizer, "principalId")
        )
        return None if principal is None else str(principal)


def _parse(content: "str | bytes", content_type: str) -> "Any":
    mime = content_type.partition(";")[0].strip().lower()
    announced = mime == "application/json" or mime.endswith("+json")
    if announced or not mime:
        import json

        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            if announced:
                raise BadBody("the body is not JSON") from error
    if isinstance(content, bytes) and mime.startswith("text/"):
        return content.decode("utf-8", "replace")
    return content


def _dig(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
