"""What a handler answers, and how a plain return value becomes that."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    HeaderValue = str | int | bool | list[str] | None

# API Gateway's own keys, and Tight's `passthrough`. A dict with any other key is data.
RESPONSE_KEYS = frozenset(
    ("statusCode", "headers", "body", "multiValueHeaders", "cookies", "isBase64Encoded", "passthrough")
)


class Response:
    """An HTTP answer. `body` may be text, bytes or any JSON-able value; a header given a list is sent repeatedly."""

    __slots__ = ("body", "cookies", "encoded", "headers", "status")

    def __init__(
        self,
        status: int = 200,
        body: object = "",
        headers: "Mapping[str, HeaderValue] | None" = None,
        cookies: "Iterable[str]" = (),
        *,
        encoded: bool = False,
    ) -> None:
        self.status = status
        self.body = body
        self.headers: dict[str, HeaderValue] = dict(headers or {})
        self.cookies = list(cookies)
        self.encoded = encoded  # the body is base64 text already

    def payload(self) -> "tuple[str, bool, str | None]":
        """The body as text, whether that text is base64, and the content type that it implies."""
        body = self.body
        if body is None:
            return "", False, None
        if isinstance(body, str):
            return sendable(body), self.encoded, None
        if isinstance(body, (bytes, bytearray, memoryview)):
            from base64 import b64encode

            return b64encode(body).decode("ascii"), True, "application/octet-stream"
        # NaN is no JSON, and half of a surrogate pair no UTF-8: the one is refused, the other escaped.
        return json.dumps(body, allow_nan=False, separators=(",", ":")), False, "application/json"


def sendable(text: str) -> str:
    """`text` with what UTF-8 can't encode replaced; Lambda's client would end the process over it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def respond(value: object) -> Response:
    """Turn what a handler returned into a `Response`.

    A non-empty dict of response keys alone is a response (status 200 when it names none), so is a tuple
    `(status, body)` or `(status, body, headers)`; None is 204; text, bytes and any other JSON-able value are a body.
    """
    if isinstance(value, dict):
        if value and value.keys() <= RESPONSE_KEYS:
            return _from_parts(value)
        return Response(200, value)
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(204)
    if isinstance(value, tuple) and len(value) in (2, 3) and _is_status(value[0]):
        return Response(*value)
    if isinstance(value, str):
        return Response(200, value, {"Content-Type": "text/plain; charset=utf-8"})
    return Response(200, value)


def _from_parts(parts: "dict[str, Any]") -> Response:
    status, body = parts.get("statusCode"), parts.get("body")
    return Response(
        200 if status is None else int(status),
        "" if body is None else body,
        {**(parts.get("headers") or {}), **(parts.get("multiValueHeaders") or {})},
        parts.get("cookies") or (),
        encoded=bool(parts.get("isBase64Encoded")),
    )


def _is_status(value: object) -> bool:
    return isinstance(value, int) and 100 <= value <= 599
