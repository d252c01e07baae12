"""What the answers of all gateways have in common: status, headers and body of a function's answer, checked."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tight_tasks.serve.gateways.wire import Unfit

# RFC 9110, sections 5.1 and 5.5.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parsed(payload: bytes) -> Any:
    """A function's answer. Raises `Unfit`."""
    try:
        return json.loads(payload.decode())
    except ValueError:
        raise Unfit("it is no JSON") from None


def status_of(answer: Mapping[str, Any]) -> int:
    """Its statusCode, which may be a number in text. Raises `Unfit`."""
    given = answer.get("statusCode")
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise Unfit(f"statusCode is {given!r}, no number")
    try:
        status = int(given)
    except ValueError:
        raise Unfit(f"statusCode is {given!r}, no number") from None
    if not 200 <= status <= 599:  # what is below ends no request
        raise Unfit(f"statusCode is {status}, no status of an answer")
    return status


def body_of(answer: Mapping[str, Any], *, decode: bool = True) -> bytes:
    """Its body, from base64 where it says so and `decode` allows it. Raises `Unfit`."""
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Unfit(f"body is a {type(body).__name__}, no text")
    if answer.get("isBase64Encoded") and decode:
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise Unfit("body is not the base64 that isBase64Encoded says") from None
    return body.encode("utf-8", "replace")


def single_headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its `headers`. Raises `Unfit`."""
    headers = answer.get("headers")
    if headers is None:
        return
    if not isinstance(headers, dict):
        raise Unfit(f"headers is a {type(headers).__name__}, no object")
    for name, value in headers.items():
        if value is not None:
            yield name, text(name, value)


def repeated_headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its `multiValueHeaders`. Raises `Unfit`."""
    headers = answer.get("multiValueHeaders")
    if headers is None:
        return
    if not isinstance(headers, dict):
        raise Unfit(f"multiValueHeaders is a {type(headers).__name__}, no object")
    for name, values in headers.items():
        if not isinstance(values, list):
            raise Unfit(f"{name} of multiValueHeaders is a {type(values).__name__}, no list")
        for value in values:
            yield name, text(name, value)


def text(name: str, value: object) -> str:
    """The value of a header. Raises `Unfit` for a name or a value that HTTP has no place for."""
    if not _NAME.fullmatch(name):
        raise Unfit(f"{name!r} of headers is no name of a header")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        raise Unfit(f"{name} of headers is a {type(value).__name__}, no text")
    found = str(value)
    if _CONTROL.search(found):
        raise Unfit(f"{name} of headers has a line break or another control character")
    return found
