"""The answer of a function as the client of its gateway sees it."""

import json
from base64 import b64decode
from functools import cached_property
from typing import Any

from tight.bodies import decode
from tight.fields import Headers
from tight.testing.errors import UnfitAnswer


class Answer:
    """`headers` are found by any spelling, repeated ones joined by commas; `raw` is what Lambda sent to the gateway.

    Raises `UnfitAnswer` for what no gateway sends on. With `infers`, what names no status is the body of an answer 200,
    as it is for payload 2.0.
    """

    def __init__(self, raw: Any, *, infers: bool = False) -> None:
        self.raw = raw
        parts = raw
        if infers and not (isinstance(raw, dict) and "statusCode" in raw):
            body = raw if isinstance(raw, str) else json.dumps(raw)
            parts = {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}
        if not isinstance(parts, dict):
            raise UnfitAnswer(f"it is a {type(raw).__name__}, no object")
        body = parts.get("body") or ""
        if not isinstance(body, str):
            raise UnfitAnswer(f"its body is a {type(body).__name__}, no text")
        self.status = _status(parts)
        self.content = _decoded(body) if parts.get("isBase64Encoded") else body.encode()
        repeats = _repeats(parts)
        self.headers = Headers((name, ", ".join(values)) for name, values in repeats.items())
        pairs = [line.partition(";")[0].partition("=") for line in repeats.get("set-cookie", [])]
        self.cookies = {name.strip(): value.strip() for name, _, value in pairs}

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.content[:200]!r}>"

    @cached_property
    def text(self) -> str:
        """The body by the charset of its content type, UTF-8 without one."""
        return decode(self.content, self.headers.get("content-type", ""))

    @cached_property
    def json(self) -> Any:
        """The body as JSON, whatever its content type; a ValueError where it is none."""
        return json.loads(self.content)


def _status(parts: dict[str, Any]) -> int:
    given = parts.get("statusCode")
    try:
        status = int(given)  # type: ignore[arg-type]  # the error says what else it is
    except (TypeError, ValueError):
        raise UnfitAnswer(f"its statusCode is {given!r}, no number") from None
    if not 200 <= status <= 599:
        raise UnfitAnswer(f"its statusCode is {status}, no status of an answer")
    return status


def _decoded(body: str) -> bytes:
    try:
        return b64decode(body, validate=True)
    except ValueError:
        raise UnfitAnswer("its body is not the base64 that isBase64Encoded says") from None


def _repeats(parts: dict[str, Any]) -> dict[str, list[str]]:
    """The values of each header by its name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in (parts.get("headers") or {}).items():
        found.setdefault(name.lower(), []).append(_text(value))
    for name, values in (parts.get("multiValueHeaders") or {}).items():
        if not isinstance(values, list):
            raise UnfitAnswer(f"{name} of its multiValueHeaders is a {type(values).__name__}, no list")
        found[name.lower()] = [_text(value) for value in values]
    if parts.get("cookies"):
        found["set-cookie"] = list(parts["cookies"])
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
