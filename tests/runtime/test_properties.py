"""What holds for every request, event and return value, whatever is in them."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.generated import ANY_TEXT, json_values, made, quick
from tests.runtime.shapes import SHAPES, Shape
from tight import Cors
from tight.bodies import decode, read_form
from tight.errors import BadBody, NotAnHttpEvent


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Nothing is logged of the failures that are made here by the thousand."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


# Events and return values that nobody sends.

PARTS = (
    "body",
    "content",
    "content_type",
    "cookies",
    "correlation_id",
    "form",
    "headers",
    "json",
    "method",
    "path",
    "path_parameters",
    "principal_id",
    "query",
    "source_ip",
    "text",
)
READER = """
from tight import get, post

@get("/odd/{name}")
@post("/odd/{name}")
def one(request, name):
    return read(request)

@get
@post
def read(request):
    getattr(request, part())
    return {"read": part()}
"""
APPS: list[dict[str, Any]] = [
    {},
    {"cors": Cors(["https://shop.example.org"]), "base_path": "/v1"},
    {"json": orjson, "cors": False},
    {"middleware": [lambda request, proceed: proceed(request)]},
]


def assert_sendable(answer: Any) -> None:
    """It is an answer that Lambda can send and every gateway reads."""
    json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    assert isinstance(answer["body"], str)
    assert type(answer["statusCode"]) is int
    assert isinstance(answer["isBase64Encoded"], bool)


@st.composite
def odd_events(draw: st.DrawFn) -> Any:
    """An event of which some parts, at any depth, are any JSON value or missing."""
    shape = draw(st.sampled_from(SHAPES))
    headers = {"Content-Type": draw(st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""]))}
    event = shape.event("POST", "/odd/name", query="a=1,2&a=3", headers=headers, body=b'{"a": 1}')
    for _ in range(draw(st.integers(1, 3))):
        part: Any = event
        while True:
            key = draw(st.sampled_from(sorted(part)))
            if not (isinstance(part[key], dict) and part[key] and draw(st.booleans())):
                break
            part = part[key]
        if draw(st.booleans()):
            part[key] = draw(json_values(ANY_TEXT))
        else:
            del part[key]
            if not part:
                break
    return event


@pytest.mark.parametrize("app", APPS, ids=["plain", "cors", "orjson", "middleware"])
@settings(quick, max_examples=200)
@given(odd_events() | json_values(ANY_TEXT), st.sampled_from(PARTS))
def test_any_event_is_answered_or_is_no_http_event(app: dict[str, Any], event: Any, part: str) -> None:
    handler = made(READER, app, part=lambda: part)
    try:
        answer = handler(event, None)
    except NotAnHttpEvent:
        return
    assert_sendable(answer)


HEAD = st.lists(
    st.sampled_from(['form-data; name="a"', "; filename=", "*=idna''%ff", '"', "\\\\", "\\r\\n", ": x", "\0"])
)
KINDS = st.sampled_from(
    ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain; charset="]
)


@settings(quick, max_examples=200)
@given(
    st.lists(st.tuples(HEAD.map("".join), st.binary(max_size=6)), max_size=3),
    st.sampled_from([b"", b"\r\n", b"--x--"]),
    st.builds(str.__add__, KINDS, st.sampled_from(["", "idna", "*0=x", "hex"]) | ANY_TEXT),
)
def test_any_body_is_read_or_is_a_bad_one(parts: list[tuple[str, bytes]], end: bytes, kind: str) -> None:
    body = b"".join(b"--x\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (head.encode(), value) for head, value in parts)
    for read in (read_form, decode):
        with suppress(BadBody):
            read(body + b"--x--" + end, kind)


GIVER = """
from tight import get

@get
def give():
    return value
"""


def odd_responses() -> st.SearchStrategy[dict[str, Any]]:
    anything = json_values(ANY_TEXT) | st.floats()
    headers = st.dictionaries(ANY_TEXT, anything, max_size=3)
    parts = {
        "statusCode": st.sampled_from([200, "201", "abc", True, 404.5, float("inf")]) | anything,
        "headers": headers | anything,
        "multiValueHeaders": st.dictionaries(ANY_TEXT, st.lists(anything, max_size=2), max_size=2) | anything,
        "cookies": st.lists(ANY_TEXT, max_size=2) | anything,
        "body": st.binary(max_size=4) | anything,
        "isBase64Encoded": st.booleans() | anything,
    }
    return st.fixed_dictionaries({}, optional=parts)


def odd_tuples() -> st.SearchStrategy[tuple[Any, ...]]:
    anything = json_values(ANY_TEXT) | st.floats()
    return st.tuples(st.integers(99, 600) | anything, anything) | st.tuples(st.integers(99, 600), anything, anything)


@pytest.mark.parametrize("app", APPS, ids=["plain", "cors", "orjson", "middleware"])
@settings(quick, max_examples=200)
@given(json_values(ANY_TEXT) | st.floats() | odd_responses() | odd_tuples() | st.binary(), st.sampled_from(SHAPES))
def test_any_return_value_is_answered(app: dict[str, Any], value: Any, shape: Shape) -> None:
    event = shape.event("GET", "/", headers={"Origin": "https://shop.example.org"})
    answer = made(GIVER, app, value=value)(event, None)

    assert_sendable(answer)
    shape.wire({**answer, "isBase64Encoded": False})  # text that claims to be base64 is the handler's own
