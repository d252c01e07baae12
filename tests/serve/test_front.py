"""The HTTP front: what a handler is given, and what goes out, behind each gateway."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.asking import HEADERS, Served, ask, event_of, showing
from tests.serve.calls import request
from tight_tasks.serve.server import Serve
from tight_tasks.serve.shapes import GATEWAYS

MakeApp = Callable[..., Path]

SHAPES = tuple(GATEWAYS)
RAW = "def handler(event, context):\n    return {}\n"
# What a handler of Tight sees of a request, and an answer with everything that an answer may have.
VIEW = """
from tight import Response, post


@post("/files/{folder}/{rest+}")
def show(request, body, query, headers, cookies, folder, rest):
    seen = {
        "method": request.method,
        "folder": folder,
        "rest": rest,
        "tags": query.all("tag"),
        "q": query.get("q"),
        "agent": headers["User-Agent"],
        "cookies": dict(cookies),
        "body": body if isinstance(body, (dict, str)) else {"bytes": list(body)},
    }
    kept = {"X-Own": "1", "Content-Type": "application/vnd.seen+json"}
    return Response(201, seen, headers=kept, cookies=["a=1", "b=2; Path=/"])
"""
TARGET = "/files/a%20b/c%2Fd/e+f?tag=x&tag=y%2Cz&q=tea+%26+cake"


def answering(answer: object) -> str:
    """A plain handler with this answer, and a route for it."""
    return f"from tight import get\n\n\n@get('/x')\ndef x():\n    return {{'passthrough': {answer!r}}}\n"


def test_all_gateways_give_a_handler_the_same_view_and_the_wire_the_same_answer(
    make_app: MakeApp, served: Served
) -> None:
    app = make_app(view=VIEW)
    content = json.dumps({"price": 4.2}).encode()
    seen = {shape: ask(served, app, ("POST", TARGET, content, HEADERS), payload=shape)[0] for shape in SHAPES}

    views = {shape: reply.json for shape, reply in seen.items()}
    assert views["2.0"] == {
        "method": "POST",
        "folder": "a b",
        "rest": "c/d/e+f",
        "tags": ["x", "y,z"],
        "q": "tea & cake",
        "agent": "test",
        "cookies": {"one": "1", "two": "2"},
        "body": {"price": 4.2},
    }
    single = {**views["2.0"], "tags": ["y,z"]}  # without multi-value headers the last is all that arrives
    assert views == {shape: single if shape == "alb" else views["2.0"] for shape in SHAPES}
    for reply in seen.values():
        assert reply.status == 201
        assert reply.header("x-own") == "1"
        assert reply.header("content-type") == "application/vnd.seen+json"
        assert [value for name, value in reply.headers if name == "set-cookie"] == ["a=1", "b=2; Path=/"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_path_parameter_is_its_segment_whatever_stands_in_it(make_app: MakeApp, served: Served, shape: str) -> None:
    source = "from tight import get\n\n\n@get('/items/{id}/parts/{part}')\ndef show(id, part):\n    return [id, part]\n"
    segments = {
        "a%20b": "a b",
        "a+b": "a+b",
        "a=b": "a=b",
        "a@b.c": "a@b.c",
        "%C3%A5": "å",
        "100%25": "100%",
        "a%3Fb": "a?b",
    }
    if shape != "2.0":  # an HTTP API gives the path decoded, so that this slash can't be told from the others
        segments["a%2Fb"] = "a/b"
    calls = [("GET", f"/items/{segment}/parts/{segment}") for segment in segments]
    replies = ask(served, make_app(items=source), *calls, payload=shape)

    assert [reply.json for reply in replies] == [[segment, segment] for segment in segments.values()]


@pytest.mark.parametrize("shape", SHAPES)
def test_bytes_survive_both_ways(make_app: MakeApp, served: Served, shape: str) -> None:
    source = "from tight import post\n\n\n@post('/bytes')\ndef reverse(body):\n    return bytes(reversed(body))\n"
    content = bytes(range(256))
    (reply,) = ask(
        served,
        make_app(bytes=source),
        ("POST", "/bytes", content, {"Content_Type": "application/octet-stream"}),
        payload=shape,
    )
    assert reply.content == content[::-1]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_reaches_its_function(make_app: MakeApp, served: Served, method: str) -> None:
    event = event_of(served, make_app(show=showing()), "2.0", method, "/a/b")
    assert event["requestContext"]["http"]["method"] == method


def test_head_is_answered_by_get_and_another_verb_with_405(make_app: MakeApp, served: Served) -> None:
    app = make_app(hello='from tight import get\n\n\n@get("/hello")\ndef hello():\n    return "hello"\n')
    head, wrong, options = ask(served, app, ("HEAD", "/hello"), ("POST", "/hello"), ("OPTIONS", "/hello"))

    assert (head.status, head.content) == (200, b"")
    assert (wrong.status, wrong.header("allow")) == (405, "GET, HEAD, OPTIONS")
    assert options.status == 204


@pytest.mark.parametrize(
    ("shape", "status", "content"),
    [
        ("2.0", 404, b'{"message": "Not Found"}'),
        ("1.0", 403, b'{"message": "Missing Authentication Token"}'),
    ],
)
def test_a_path_of_no_function_is_answered_as_the_gateway_does(
    make_app: MakeApp, served: Served, shape: str, status: int, content: bytes
) -> None:
    (reply,) = ask(served, make_app(plain=RAW), ("GET", "/nowhere"), payload=shape)
    assert (reply.status, reply.content) == (status, content)


def test_the_most_specific_route_wins(make_app: MakeApp, served: Served) -> None:
    def source(path: str) -> str:
        return f"from tight import get\n\n\n@get({path!r})\ndef answer():\n    return {path!r}\n"

    routes = {"rest": "/a/{rest+}", "one": "/a/{name}", "number": "/a/{number:int}", "literal": "/a/b"}
    app = make_app(**{name: source(path) for name, path in routes.items()})
    replies = ask(served, app, *[("GET", path) for path in ("/a/b", "/a/7", "/a/c", "/a/c/d", "/a/b/")])

    assert [reply.content.decode() for reply in replies] == [
        "/a/b",
        "/a/{number:int}",
        "/a/{name}",
        "/a/{rest+}",
        "/a/b",
    ]


def test_a_route_of_two_functions_is_told(make_app: MakeApp, served: Served, caplog: pytest.LogCaptureFixture) -> None:
    first = """
        from tight import get, put

        @get("/a/{name}")
        @get("/a/{name}/b")
        @put("/b/{name:int}")
        def answer(name):
            return "first"
    """
    second = """
        from tight import get, put

        @get("/a/{other}")
        def answer(other):
            return "second"

        @put("/a/{name}")
        @put("/b/{name}")
        def write(name):
            return "second"
    """
    (reply,) = ask(served, make_app(first=first, second=second), ("GET", "/a/x"))

    assert reply.content == b"first"
    told = [record.getMessage() for record in caplog.records if "is a route of" in record.getMessage()]
    assert told == ["GET /a/{name} is a route of first and of second: first answers it"]


FAILED = {
    "1.0": (502, b'{"message": "Internal server error"}'),
    "2.0": (500, b'{"message": "Internal Server Error"}'),
    "url": (502, b"Internal Server Error"),
    "alb": (502, None),
}


@pytest.mark.parametrize("shape", FAILED)
def test_a_function_that_fails_is_the_gateways_own_answer(make_app: MakeApp, served: Served, shape: str) -> None:
    source = "from tight import get\n\n\n@get('/x')\ndef x():\n    import os\n    os._exit(1)\n"
    (reply,) = ask(served, make_app(x=source), ("GET", "/x"), payload=shape)

    status, content = FAILED[shape]
    assert reply.status == status
    assert content is None or reply.content == content


@pytest.mark.parametrize("shape", FAILED)
@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "many"},
        {"statusCode": 99},
        {"statusCode": 101},
        {"statusCode": 200, "body": 7},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["no object"]},
        {"statusCode": 200, "headers": {"X": "two\r\nlines"}},
        {"statusCode": 200, "headers": {"X": "\x01"}},
        {"statusCode": 200, "headers": {"no name": "x"}},
        {"statusCode": 200, "headers": {"X\u20ac": "x"}},
    ],
)
def test_an_answer_that_a_gateway_would_not_send_on_is_its_failure(
    make_app: MakeApp, served: Served, shape: str, answer: dict[str, Any]
) -> None:
    (reply,) = ask(served, make_app(x=answering(answer)), ("GET", "/x"), payload=shape)
    assert reply.status == FAILED[shape][0]


@pytest.mark.parametrize("shape", FAILED)
@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_is_sent_without_the_functions(
    make_app: MakeApp, served: Served, shape: str, status: int
) -> None:
    app = make_app(x=answering({"statusCode": status, "body": "more"}))
    for reply in ask(served, app, ("GET", "/x"), ("GET", "/x"), payload=shape):  # on one connection
        assert (reply.status, reply.header("content-length")) == (status, None)


def test_what_a_function_says_of_the_connection_is_left_out(make_app: MakeApp, served: Served) -> None:
    said = {"Transfer-Encoding": "chunked", "Connection": "close", "Keep-Alive": "timeout=5", "X-Own": "1"}
    app = make_app(x=answering({"statusCode": 200, "headers": said, "body": "abc"}))
    for reply in ask(served, app, ("GET", "/x"), ("GET", "/x")):
        assert reply.content == b"abc"
        assert {name for name, _ in reply.headers} & {name.lower() for name in said} == {"x-own"}


@pytest.mark.parametrize(
    ("answer", "content", "kind"),
    [
        ("text", b"text", "application/json"),
        ({"any": "object"}, b'{"any":"object"}', "application/json"),
        ([1, 2], b"[1,2]", "application/json"),
        ({"statusCode": 200, "body": "plain"}, b"plain", "text/plain; charset=utf-8"),
    ],
)
def test_an_http_api_infers_an_answer_without_a_status(
    make_app: MakeApp, served: Served, answer: object, content: bytes, kind: str
) -> None:
    (reply,) = ask(served, make_app(x=answering(answer)), ("GET", "/x"), payload="2.0")
    assert (reply.status, reply.content, reply.header("content-type")) == (200, content, kind)


@pytest.mark.parametrize(
    ("shape", "header", "form"),
    [
        ("2.0", "apigw-requestid", "[A-Za-z0-9+/]{15}="),
        ("url", "x-amzn-requestid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ],
)
def test_a_request_has_an_id_as_its_gateway_gives_them(
    make_app: MakeApp, served: Served, shape: str, header: str, form: str
) -> None:
    source = "from tight import get\n\n\n@get('/x')\ndef x(event):\n    return event['requestContext']['requestId']\n"
    (reply,) = ask(served, make_app(x=source), ("GET", "/x"), payload=shape)

    assert re.fullmatch(form, reply.content.decode())
    assert re.fullmatch(form, str(reply.header(header)))


def test_a_function_url_writes_a_body_that_is_an_object_as_json(make_app: MakeApp, served: Served) -> None:
    (reply,) = ask(served, make_app(x=answering({"statusCode": 201, "body": {"a": 1}})), ("GET", "/x"), payload="url")
    assert (reply.status, reply.content) == (201, b'{"a":1}')


@pytest.mark.parametrize(
    "answer",
    ["text", [1], None, {"statusCode": 200, "unknown": 1}, {"statusCode": 200, "multiValueHeaders": {"A": "b"}}],
)
def test_a_rest_api_infers_nothing(make_app: MakeApp, served: Served, answer: object) -> None:
    (reply,) = ask(served, make_app(x=answering(answer)), ("GET", "/x"), payload="1.0")
    assert (reply.status, reply.content) == (502, b'{"message": "Internal server error"}')


@pytest.mark.parametrize(("shape", "status"), [("1.0", 500), ("2.0", 503), ("url", 429), ("alb", 502)])
def test_all_busy_is_the_gateways_answer(make_app: MakeApp, served: Served, shape: str, status: int) -> None:
    source = (
        "import time\n\nfrom tight import get\n\n\n@get('/slow')\ndef slow():\n    time.sleep(1)\n    return 'done'\n"
    )

    async def visit(serve: Serve) -> list[int]:
        first = asyncio.create_task(request(serve.url, "GET", "/slow"))
        await asyncio.sleep(0.3)
        refused = await request(serve.url, "GET", "/slow")
        return [(await first).status, refused.status]

    assert served(make_app(slow=source), visit, payload=shape, queue=0) == [200, status]


@pytest.mark.parametrize(("shape", "limit"), [("2.0", 10), ("alb", 1)])
def test_a_body_over_the_gateways_limit_is_refused(make_app: MakeApp, served: Served, shape: str, limit: int) -> None:
    content = b"x" * (limit * 1024 * 1024 + 1)
    (reply,) = ask(served, make_app(show=showing()), ("POST", "/a", content), payload=shape)
    assert reply.status == 413


@pytest.mark.parametrize(
    ("shape", "target", "fits", "too_large", "status"),
    [
        ("1.0", "/a?q=" + "x" * 9000, [10_000], [10_300], 431),
        ("2.0", "/a", [5_000, 5_000], [5_000, 5_300], 431),
        ("2.0", "/a?q=" + "x" * 9000, [1_000], [10_000], 431),  # whose request line counts
        ("url", "/a", [60_000], [1024 * 1024], 431),
        ("alb", "/a", [16_000] * 4, [16_400], 400),
        ("alb", "/a", [16_000] * 4, [16_000] * 5, 400),
        ("alb", "/a?q=" + "x" * 16_000, [100], [16_400], 400),
    ],
)
def test_headers_over_the_gateways_limit_are_refused(
    make_app: MakeApp, served: Served, shape: str, target: str, fits: list[int], too_large: list[int], status: int
) -> None:
    # docs.aws.amazon.com/apigateway/latest/developerguide/limits.html and http-api-quotas.html
    # docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    calls = [
        ("GET", target, b"", {f"X_Large_{number}": "x" * size for number, size in enumerate(sizes)})
        for sizes in (fits, too_large)
    ]
    replies = ask(served, make_app(show=showing()), *calls, payload=shape)
    assert [reply.status for reply in replies] == [200, status]


def test_one_app_may_have_several_event_shapes(make_app: MakeApp, served: Served) -> None:
    def source(path: str) -> str:
        return f"from tight import get\n\n\n@get({path!r})\ndef show(event):\n    return sorted(event)\n"

    app = make_app("functions: {old: {payload: '1.0'}}\n", old=source("/old"), new=source("/new"))
    old, new = ask(served, app, ("GET", "/old"), ("GET", "/new"))
    assert ("httpMethod" in old.json, "rawPath" in new.json) == (True, True)


def test_a_plain_handler_answers_its_name_and_all_below(make_app: MakeApp, served: Served) -> None:
    # As an ASGI or WSGI app is one, behind Mangum or apig-wsgi.
    source = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}\n"
    replies = ask(served, make_app(mounted=source), *[("PUT", path) for path in ("/mounted", "/mounted/a/b", "/other")])

    assert [(reply.status, reply.content) for reply in replies[:2]] == [(200, b"/mounted"), (200, b"/mounted/a/b")]
    assert replies[2].status == 404


def test_what_a_function_prints_never_reaches_an_answer(make_app: MakeApp, served: Served) -> None:
    source = """
        import os
        import sys

        from tight import get


        @get("/noisy")
        def noisy():
            print("x" * 1_000_000)
            print("half a line", end="")
            sys.stderr.write("to stderr")
            os.write(1, b"\\xff\\x00raw")
            return {"answer": 1}
    """
    lines: list[str] = []
    first, second = ask(
        served,
        make_app(noisy=source),
        ("GET", "/noisy"),
        ("GET", "/noisy"),
        log=lambda environment, line: lines.append(line),
    )
    assert (first.json, second.json) == ({"answer": 1}, {"answer": 1})
    assert sum(line.count("x") for line in lines) == 2_000_000
    assert sum("half a line" in line for line in lines) == 2
