"""The events that the HTTP front makes of requests, for each gateway as AWS documents them."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.asking import HEADERS, Served, ask, event_of, showing
from tight_tasks.serve.shapes import GATEWAYS

MakeApp = Callable[..., Path]

SHAPES = tuple(GATEWAYS)


def test_an_http_api_event_is_aws_s(make_app: MakeApp, served: Served) -> None:
    # docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    event = event_of(served, make_app(show=showing()), "2.0", "POST", "/a%20b/c?x=1&x=2&y=", b"k=v", HEADERS)

    assert (event["version"], event["routeKey"]) == ("2.0", "POST /{rest+}")
    assert (event["rawPath"], event["rawQueryString"]) == ("/a b/c", "x=1&x=2&y=")
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["cookies"] == ["one=1", "two=2"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["user-agent"] == "test"
    assert event["pathParameters"] == {"rest": "a b/c"}
    assert (event["body"], event["isBase64Encoded"]) == ("k=v", False)  # sent as application/json
    http = event["requestContext"]["http"]
    assert http == {
        "method": "POST",
        "path": "/a b/c",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert event["requestContext"]["stage"] == "$default"
    assert "authorizer" not in event["requestContext"]
    assert not {"multiValueHeaders", "multiValueQueryStringParameters", "stageVariables"} & event.keys()


@pytest.mark.parametrize("shape", ["2.0", "url"])
def test_cookies_of_several_headers_are_several_cookies(make_app: MakeApp, served: Served, shape: str) -> None:
    headers = {"Cookie": "one=1", "cookie": "two=2"}
    event = event_of(served, make_app(show=showing()), shape, "POST", "/a", b"k=v", headers)
    assert event["cookies"] == ["one=1", "two=2"]


def test_a_form_is_base64_in_an_http_api_event(make_app: MakeApp, served: Served) -> None:
    headers = {"Content_Type": "application/x-www-form-urlencoded"}
    event = event_of(served, make_app(show=showing()), "2.0", "POST", "/a", b"k=v", headers)
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"k=v", True)


def test_a_rest_api_event_is_aws_s(make_app: MakeApp, served: Served) -> None:
    # docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    event = event_of(served, make_app(show=showing()), "1.0", "POST", "/a%20b/c?x=1&x=2&y=%26", b"k=v", HEADERS)

    assert (event["resource"], event["path"], event["httpMethod"]) == ("/{rest+}", "/a%20b/c", "POST")
    assert event["pathParameters"] == {"rest": "a%20b/c"}
    assert event["queryStringParameters"] == {"x": "2", "y": "&"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": ["&"]}
    assert event["headers"]["User-Agent"] == "test"  # in the client's spelling
    assert event["headers"]["Cookie"] == "one=1; two=2"
    assert event["multiValueHeaders"]["User-Agent"] == ["test"]
    assert "Content-Length" not in event["headers"]
    assert event["stageVariables"] is None
    assert event["requestContext"]["resourcePath"] == "/{rest+}"
    assert event["requestContext"]["path"].endswith("/a%20b/c")
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert (event["body"], event["isBase64Encoded"]) == ("k=v", False)
    assert "version" not in event


def test_what_a_rest_api_has_not_is_null(make_app: MakeApp, served: Served) -> None:
    source = "from tight import get\n\n\n@get('/plain')\ndef show(event):\n    return {'event': event}\n"
    event = event_of(served, make_app(plain=source), "1.0", "GET", "/plain")["event"]
    names = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert [event[name] for name in names] == [None] * 5


def test_a_function_url_event_is_aws_s(make_app: MakeApp, served: Served) -> None:
    # docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    event = event_of(served, make_app(show=showing()), "url", "POST", "/a%20b/c", b"k=v", HEADERS)

    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "$default", "/a%20b/c")
    assert event["requestContext"]["http"]["path"] == "/a b/c"
    assert (event["headers"]["cookie"], event["cookies"]) == ("one=1; two=2", ["one=1", "two=2"])
    assert event["requestContext"]["accountId"] == "anonymous"
    assert "pathParameters" not in event


@pytest.mark.parametrize("multi_value", [False, True])
def test_a_load_balancer_event_is_aws_s(make_app: MakeApp, served: Served, multi_value: bool) -> None:
    # docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    shape = "alb multi-value" if multi_value else "alb"
    event = event_of(served, make_app(show=showing()), shape, "POST", "/a%20b?x=1&x=2%2B", b"k=v", HEADERS)

    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/a%20b", "k=v")
    assert "elb" in event["requestContext"]
    if multi_value:
        assert event["multiValueQueryStringParameters"] == {"x": ["1", "2%2B"]}
        assert event["multiValueHeaders"]["user-agent"] == ["test"]
        assert not {"headers", "queryStringParameters"} & event.keys()
    else:
        assert event["queryStringParameters"] == {"x": "2%2B"}
        assert event["headers"]["user-agent"] == "test"
        assert not {"multiValueHeaders", "multiValueQueryStringParameters"} & event.keys()


def headers_of(event: dict[str, Any]) -> dict[str, str]:
    """As they are spelled, the last of each."""
    return event.get("headers") or {name: values[-1] for name, values in event["multiValueHeaders"].items()}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_event_tells_of_the_way_of_its_request(make_app: MakeApp, served: Served, shape: str) -> None:
    headers = headers_of(event_of(served, make_app(show=showing()), shape, "GET", "/a"))

    names = ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id")
    *way, trace = (headers[name if shape == "1.0" else name.lower()] for name in names)
    assert way == ["127.0.0.1", "80", "http"]
    assert re.fullmatch("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", trace)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_tunnel_tells_of_the_way_to_it_is_kept(make_app: MakeApp, served: Served, shape: str) -> None:
    trace = "Root=1-67891233-abcdef012345678912345678;Sampled=1"
    told = {"x_forwarded_for": "203.0.113.7", "x_forwarded_proto": "https", "x_amzn_trace_id": trace}
    event = event_of(served, make_app(show=showing()), shape, "GET", "/a", b"", told)

    headers = [(name.lower(), value) for name, value in headers_of(event).items() if name.lower().startswith("x-")]
    assert sorted(headers) == [
        ("x-amzn-trace-id", trace),
        ("x-forwarded-for", "203.0.113.7, 127.0.0.1"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ]


def test_an_event_has_the_trace_of_its_invocation(make_app: MakeApp, served: Served) -> None:
    source = """
        import os
        from tight import get

        @get("/x")
        def x(headers):
            return [headers["X-Amzn-Trace-Id"], os.environ["_X_AMZN_TRACE_ID"]]
    """
    (reply,) = ask(served, make_app(x=source), ("GET", "/x"))
    told, whole = reply.json
    assert re.fullmatch(f"{told};Parent=[0-9a-f]{{16}};Sampled=0", whole)
