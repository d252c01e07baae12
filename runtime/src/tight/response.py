"""What a handler answers, and how a plain return value becomes that."""

from json import JSONEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, NoReturn

    HeaderValue = str | int | bool | list[str] | None


def encode(value: "Any") -> "Any":
    """What JSON can hold in place of `value`; see `tight.encoding`."""
    from tight.encoding import jsonable  # most answers need none of it

    return jsonable(value)


# Half of a surrogate pair is no UTF-8, so all but ASCII is escaped; NaN is no JSON, so it is refused. A value that
# holds itself is refused by Python's limit of recursion; to look for it takes a fifth of the time.
dumps = JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":"), default=encode).encode

# API Gateway's own keys, and Tight's `passthrough`. A dict with any other key is data.
RESPONSE_KEYS = frozenset(
    ("statusCode", "headers", "body", "multiValueHeaders", "cookies", "isBase64Encoded", "passthrough")
)


PLAIN_TEXT = "text/plain; charset=utf-8"  # what text is unless somebody says otherwise


class Response:
    """An HTTP answer. `body` may be text, bytes or any JSON-able value; a header given a list is sent repeatedly.

    `encoded` says that the body is base64 text already.
    """

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
        self.headers: dict[str, HeaderValue] = dict(headers) if headers else {}
        self.cookies = ([cookies] if isinstance(cookies, str) else list(cookies)) if cookies else []
        self.encoded = encoded

    def payload(self, dumps: "Callable[[Any], str]" = dumps) -> "tuple[str, bool, str | None]":
        """The body as text, whether that text is base64, and the content type that it implies."""
        body = self.body
        if isinstance(body, (dict, list)):
            return dumps(body), False, "application/json"
        if isinstance(body, str):
            return sendable(body), self.encoded, None
        if body is None:
            return "", False, None
        if isinstance(body, (bytes, bytearray, memoryview)):
            from base64 import b64encode

            return b64encode(body).decode("ascii"), True, "application/octet-stream"
        return dumps(body), False, "application/json"


class Passthrough(Response):
    """What is answered verbatim, for integrations other than a proxy."""

    __slots__ = ()


class HttpExit(BaseException):  # no error: the way out that `exit_with_response` takes
    """Carries a response past every `except Exception` of the app."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def exit_with_response(status: int, response: object = "") -> "NoReturn":
    """Answer at once with `status`, from anywhere below a handler; `response` is anything that a handler may return."""
    answer = respond(response)
    if not isinstance(answer, Passthrough):
        answer = Response(status, answer.body, answer.headers, answer.cookies, encoded=answer.encoded)
    raise HttpExit(answer)


def respond(value: object) -> Response:
    """Turn what a handler returned into a `Response`.

    A non-empty dict of response keys alone is a response (status 200 when it names none), so is a tuple
    `(status, body)` or `(status, body, headers)`; None is 204; text, bytes and any other JSON-able value are a body.
    """
    if isinstance(value, dict):
        for name in value:
            if name not in RESPONSE_KEYS:
                return Response(200, value)
        return _from_parts(value) if value else Response(200, value)
    if isinstance(value, tuple) and len(value) in (2, 3) and _is_status(value[0]):
        return Response(*value)
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(204)
    if isinstance(value, str):
        return Response(200, value, {"Content-Type": PLAIN_TEXT})
    return Response(200, value)


def sendable(text: str) -> str:
    """`text` with what UTF-8 can't encode replaced; Lambda's client would end the process over it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _from_parts(parts: "dict[str, Any]") -> Response:
    if "passthrough" in parts:
        return Passthrough(200, parts["passthrough"])
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
