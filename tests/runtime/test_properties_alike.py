"""One request in itself, sent through each of AWS's event shapes: what a handler sees of it is the same."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.generated import TEXT, json_values, made, quick
from tests.runtime.shapes import SHAPES, Shape
from tight import Response

TOKEN = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=8)
VERBS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"])


JSON = json_values(TEXT)


ALL_VERBS = """
from tight import delete, get, patch, post, put

@get("/orders/{order_id}/lines/{line}")
@post("/orders/{order_id}/lines/{line}")
@put("/orders/{order_id}/lines/{line}")
@patch("/orders/{order_id}/lines/{line}")
@delete("/orders/{order_id}/lines/{line}")
def seen(request, order_id, line):
    return see(request, order_id=order_id, line=line)

@get("/files/{path+}")
def file(request, path):
    return see(request, path=path)
"""


def forms() -> st.SearchStrategy[tuple[str, bytes, Any]]:
    pairs = st.lists(st.tuples(TEXT.filter(bool), TEXT), min_size=1, max_size=4)
    kind = "application/x-www-form-urlencoded"
    return pairs.map(lambda fields: (kind, urlencode(fields).encode(), dict(fields)))


def bodies() -> st.SearchStrategy[tuple[str, bytes, Any]]:
    """A content type, the bytes of a body, and the value that a handler is given for it."""
    return st.one_of(
        JSON.map(lambda value: ("application/json", json.dumps(value).encode(), value)),
        JSON.map(
            lambda value: ("application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode(), value)
        ),
        forms(),
        TEXT.map(lambda text: ("text/plain; charset=utf-8", text.encode(), text or None)),
        st.binary(max_size=12).map(lambda content: ("application/octet-stream", content, content or None)),
    )


def fields(values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(TOKEN.map("x-{}".format), st.lists(values, min_size=1, max_size=3), max_size=3)


VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
COOKIE = st.tuples(TOKEN, st.text("abcXYZ0123456789!#$%&'()*+-./:<=>?@[]^_`{|}~", max_size=8))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@quick
@given(
    VERBS,
    st.tuples(TEXT.filter(bool), TEXT.filter(bool)),
    st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=4),
    fields(VISIBLE),
    st.lists(COOKIE, max_size=3),
    bodies(),
    st.sampled_from([None, "dev", "prod"]),
    st.sampled_from([quote, quote_plus]),
)
def test_a_handler_sees_the_same_request_through_every_gateway(
    shape: Shape,
    method: str,
    parameters: tuple[str, str],
    query: list[tuple[str, str]],
    headers: dict[str, list[str]],
    cookies: list[tuple[str, str]],
    body: tuple[str, bytes, Any],
    stage: str | None,
    encode: Callable[..., str],
) -> None:
    views: list[Any] = []

    def see(request: Any, **path: str) -> Response:
        views.append((request, path))
        return Response(201, request.content, {"X-Method": request.method, "X-Many": ["1", "2"]}, ["a=1", "b=2"])

    order_id, line = parameters
    if shape.decodes_paths:  # so that a slash in a segment has become one between two
        order_id, line = order_id.replace("/", "|"), line.replace("/", "|")
    kind, content, value = body
    sent = {"X-Upper": "1", "Content-Type": kind, **headers}
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={text}" for name, text in cookies)
    answer = shape.ask(
        made(ALL_VERBS, {}, see=see),
        method,
        f"/orders/{quote(order_id, safe='')}/lines/{quote(line, safe='')}",
        query=urlencode(query, quote_via=encode),
        headers=sent,
        body=content,
        stage=stage,
    )

    ((request, path),) = views
    assert path == request.path_parameters == {"order_id": order_id, "line": line}
    assert request.path == f"/orders/{order_id}/lines/{line}"
    assert request.method == method
    for name, _ in query:
        repeats = [text for other, text in query if other == name]
        assert request.query[name] == repeats[-1]
        assert request.query.all(name) == (repeats if shape.keeps_repeats else repeats[-1:])
    assert request.query.keys() == dict(query).keys()
    for name, values in headers.items():
        assert request.headers[name.upper()] == (",".join(values) if shape.keeps_repeats else values[-1])
    assert request.headers["x-upper"] == "1"
    assert request.cookies == dict(reversed(cookies))
    assert (request.content, request.content_type) == (content, kind)
    assert request.body == value
    assert request.source_ip == "203.0.113.7"
    assert answer.status == 201
    assert answer.body == content
    assert (answer.headers["x-method"], answer.headers["x-many"]) == (method, "1,2")
    assert answer.cookies == ["a=1", "b=2"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@quick
@given(st.lists(TEXT.filter(lambda text: text.strip("/")), min_size=1, max_size=4))
def test_the_rest_of_a_path_is_the_same_through_every_gateway(shape: Shape, segments: list[str]) -> None:
    segments = [segment.strip("/").replace("//", "/") for segment in segments]
    paths: list[str] = []
    handler = made(ALL_VERBS, {}, see=lambda _, path: paths.append(path))
    answer = shape.ask(handler, "GET", "/files/" + "/".join(quote(segment, safe="") for segment in segments))

    assert (answer.status, paths) == (204, ["/".join(segments)])
