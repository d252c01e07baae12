"""The events of the test kit: a request in a client's words, and what each gateway makes of it."""

import base64
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tight.gateways import gateway_of, way_through_balancer
from tight.principal import principal_of
from tight.request import way_of
from tight.testing import (
    alb_event,
    function_url_event,
    http_api_event,
    request_authorizer_event,
    rest_api_event,
    token_authorizer_event,
    websocket_authorizer_event,
)

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "templates" / "app" / "{{cookiecutter.__to}}" / "tests" / "events"

Event = dict[str, Any]
EventOf = Callable[..., Event]

multi_value_alb_event = partial(alb_event, multi_value=True)
ALL: dict[str, EventOf] = {
    "rest": rest_api_event,
    "http": http_api_event,
    "url": function_url_event,
    "alb": alb_event,
    "alb multi-value": multi_value_alb_event,
}
every_gateway = pytest.mark.parametrize("event_of", ALL.values(), ids=list(ALL))


def shape(value: object) -> object:
    """The names in an event, and the kinds of its values."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize(
    ("sample", "event"),
    [
        ("rest_api_get", rest_api_event("GET", "/accounts/ada", headers={"Accept": "application/json"})),
        ("rest_api_post", rest_api_event("POST", "/accounts", json={}, headers={"Accept": "application/json"})),
        ("http_api_get", http_api_event("GET", "/accounts/ada", headers={"Accept": "application/json"})),
        ("http_api_post", http_api_event("POST", "/accounts", json={}, headers={"Accept": "application/json"})),
    ],
)
def test_an_event_has_the_shape_of_the_sample_in_an_app(sample: str, event: Event) -> None:
    known = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))
    event["requestContext"].pop("deploymentId", None)  # newer than the sample

    assert shape(event) == shape(known)


@pytest.mark.parametrize(("name", "event_of"), ALL.items())
def test_an_event_is_known_as_that_of_its_gateway_and_is_json(name: str, event_of: EventOf) -> None:
    event = event_of("get", "accounts?q=1", headers={"X-One": "1"}, query={"r": [1, 2]}, cookies={"a": "b"})

    gateway = gateway_of(event)
    kind, method, path, _ = way_of(event) or way_through_balancer(event)
    assert (kind, method, path) == (gateway.name, "GET", "/accounts")
    assert gateway.name == name.partition(" ")[0]
    assert gateway.query(event)["q"] == ["1"]
    assert gateway.cookies(event) == "a=b"
    assert gateway.source_ip(event) == "203.0.113.1"
    assert json.loads(json.dumps(event)) == event


def test_a_path_is_given_as_in_a_url_and_some_gateways_decode_it() -> None:
    path = "/a%2Fb/caf%C3%A9"
    rest, http, url, alb = (
        event_of("GET", path) for event_of in (rest_api_event, http_api_event, function_url_event, alb_event)
    )

    assert (rest["path"], rest["pathParameters"]) == (path, {"proxy": "a%2Fb/caf%C3%A9"})
    assert (http["rawPath"], http["requestContext"]["http"]["path"]) == ("/a/b/café", "/a/b/café")
    assert (url["rawPath"], url["requestContext"]["http"]["path"]) == (path, "/a/b/café")
    assert alb["path"] == path


def test_what_a_path_can_not_hold_is_encoded_as_a_client_would() -> None:
    assert rest_api_event("GET", "/a b/é")["path"] == "/a%20b/%C3%A9"


def test_the_root_is_a_resource_of_its_own_in_a_rest_api() -> None:
    event = rest_api_event("GET", "/")

    assert (event["resource"], event["pathParameters"], event["requestContext"]["path"]) == ("/", None, "/dev/")


def test_a_stage_stands_in_front_where_the_gateway_has_it() -> None:
    rest, http = rest_api_event("GET", "/a", stage="prod"), http_api_event("GET", "/a", stage="prod")

    assert (rest["path"], rest["requestContext"]["path"], rest["requestContext"]["stage"]) == (
        *("/a", "/prod/a", "prod"),
    )
    assert (http["rawPath"], http["requestContext"]["http"]["path"], http["requestContext"]["stage"]) == (
        *("/prod/a", "/prod/a", "prod"),
    )


QUERY = {"repeat": ["one", "two"], "redirect": "https://example.com/a", "literal": "a+b c", "empty": ""}
RAW = "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&literal=a%2Bb%20c&empty="
DECODED = {"repeat": ["one", "two"], "redirect": ["https://example.com/a"], "literal": ["a+b c"], "empty": [""]}


def test_the_query_is_decoded_by_api_gateway_and_not_by_a_load_balancer() -> None:
    rest, http, url, alb, multi = (event_of("GET", "/", query=QUERY) for event_of in ALL.values())
    raw = {
        "repeat": ["one", "two"],
        "redirect": ["https%3A%2F%2Fexample.com%2Fa"],
        "literal": ["a%2Bb%20c"],
        "empty": [""],
    }

    assert rest["multiValueQueryStringParameters"] == DECODED
    assert rest["queryStringParameters"] == {name: values[-1] for name, values in DECODED.items()}
    for event in (http, url):
        assert event["rawQueryString"] == RAW
        assert event["queryStringParameters"] == {name: ",".join(values) for name, values in DECODED.items()}
    assert alb["queryStringParameters"] == {name: values[-1] for name, values in raw.items()}
    assert multi["multiValueQueryStringParameters"] == raw


@every_gateway
def test_a_query_behind_the_path_counts_as_well(event_of: EventOf) -> None:
    event = event_of("GET", "/a?b=1&c=%20", query={"b": 2})

    found = gateway_of(event).query(event)
    assert (found["b"][-1].rpartition(",")[2], found["c"]) == ("2", [" "])


def test_without_a_query_each_gateway_says_so_in_its_own_way() -> None:
    rest, http, url, alb, multi = (event_of("GET", "/") for event_of in ALL.values())

    assert (rest["queryStringParameters"], rest["multiValueQueryStringParameters"]) == (None, None)
    assert [(event["rawQueryString"], "queryStringParameters" in event) for event in (http, url)] == [("", False)] * 2
    assert (alb["queryStringParameters"], multi["multiValueQueryStringParameters"]) == ({}, {})


def test_repeated_headers_are_joined_or_listed_or_lost() -> None:
    headers = {"X-Probe": ["first", "second"]}
    rest, http, url, alb, multi = (event_of("GET", "/", headers=headers) for event_of in ALL.values())

    assert (rest["headers"]["X-Probe"], rest["multiValueHeaders"]["X-Probe"]) == ("second", ["first", "second"])
    assert (http["headers"]["x-probe"], url["headers"]["x-probe"]) == ("first,second", "first,second")
    assert (alb["headers"]["x-probe"], multi["multiValueHeaders"]["x-probe"]) == ("second", ["first", "second"])


@every_gateway
def test_a_gateway_adds_the_callers_address_to_those_that_were_claimed(event_of: EventOf) -> None:
    event = event_of("GET", "/", headers={"X-Forwarded-For": "198.51.100.9"})

    headers = {name.lower(): value for name, value in gateway_of(event).headers(event)}
    assert headers["x-forwarded-for"] == "198.51.100.9, 203.0.113.1"


def test_cookies_are_a_list_or_a_header_or_both() -> None:
    rest, http, url, alb, multi = (
        event_of("GET", "/", headers={"cookie": "a=1; b=2"}, cookies={"c": "3"}) for event_of in ALL.values()
    )

    assert (rest["headers"]["Cookie"], rest["multiValueHeaders"]["Cookie"]) == ("a=1; b=2; c=3", ["a=1; b=2; c=3"])
    assert (http["cookies"], "cookie" in http["headers"]) == (["a=1", "b=2", "c=3"], False)
    assert (url["cookies"], url["headers"]["cookie"]) == (["a=1", "b=2", "c=3"], "a=1; b=2; c=3")
    assert (alb["headers"]["cookie"], multi["multiValueHeaders"]["cookie"]) == ("a=1; b=2; c=3", ["a=1; b=2; c=3"])


JSON = {"json": {"b": 1}}
FORM = {"form": {"b": [1, 2], "c": "é"}}
TEXT: dict[str, Any] = {"body": "b", "headers": {"Content-Type": "text/plain"}}
UNTYPED = {"body": "b"}
BYTES = {"body": b"\xff"}
ZIPPED: dict[str, Any] = {"body": b"{}", "headers": {"Content-Type": "application/json", "Content-Encoding": "gzip"}}


@pytest.mark.parametrize(
    ("event_of", "encoded"),
    [
        (rest_api_event, [False, False, False, False, True, True]),
        (http_api_event, [False, True, False, True, True, False]),
        (function_url_event, [False, True, False, True, True, False]),
        (alb_event, [False, True, False, True, True, True]),
    ],
)
def test_a_body_is_sent_as_base64_where_its_gateway_does_that(event_of: EventOf, encoded: list[bool]) -> None:
    events = [event_of("POST", "/a", **parts) for parts in (JSON, FORM, TEXT, UNTYPED, BYTES, ZIPPED)]
    expected = [b'{"b": 1}', b"b=1&b=2&c=%C3%A9", b"b", b"b", b"\xff", b"{}"]

    assert [event["isBase64Encoded"] for event in events] == encoded
    sent = [base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode() for event in events]
    assert sent == expected


@every_gateway
def test_the_content_type_is_the_one_given_or_plain_from_the_body(event_of: EventOf) -> None:
    def content_type(**parts: object) -> str | None:
        event = event_of("POST", "/a", **parts)
        return {name.lower(): value for name, value in gateway_of(event).headers(event)}.get("content-type")

    assert content_type(json=[]) == "application/json"
    assert content_type(body={"a": 1}) == "application/json"
    assert content_type(json=[], headers={"content-type": "application/problem+json"}) == "application/problem+json"
    assert content_type(form={"a": "1"}) == "application/x-www-form-urlencoded"
    assert content_type(body="a") is None


def test_without_a_body_each_gateway_says_so_in_its_own_way() -> None:
    rest, http, url, alb, multi = (event_of("GET", "/") for event_of in ALL.values())

    assert (rest["body"], "body" in http, "body" in url, alb["body"], multi["body"]) == (None, False, False, "", "")
    assert {event["isBase64Encoded"] for event in (rest, http, url, alb, multi)} == {False}


def test_a_request_has_one_body() -> None:
    with pytest.raises(TypeError, match="give json, body or form"):
        http_api_event("POST", "/", json={}, body="a")


@pytest.mark.parametrize("event_of", [rest_api_event, http_api_event, function_url_event])
def test_a_principal_is_where_the_gateway_vouches_for_it(event_of: EventOf) -> None:
    arn = "arn:aws:iam::123456789012:user/ada"

    assert principal_of(event_of("GET", "/", principal_id=arn)) == arn
    assert principal_of(event_of("GET", "/")) is None


def test_a_load_balancer_names_whom_it_has_authenticated_in_a_header() -> None:
    single, multi = (event_of("GET", "/", principal_id="ada") for event_of in (alb_event, multi_value_alb_event))

    assert single["headers"]["x-amzn-oidc-identity"] == "ada"
    assert multi["multiValueHeaders"]["x-amzn-oidc-identity"] == ["ada"]


ARN = "arn:aws:execute-api:us-west-2:123456789012:a1b2c3d4e5"


def test_an_authorizer_of_type_token_is_asked_about_a_header() -> None:
    assert token_authorizer_event("Bearer abc", "POST", "/accounts/ada", stage="prod") == {
        "type": "TOKEN",
        "methodArn": f"{ARN}/prod/POST/accounts/ada",
        "authorizationToken": "Bearer abc",
    }


def test_an_authorizer_of_payload_1_is_asked_about_a_request() -> None:
    event = request_authorizer_event("GET", "/accounts?a=1", version="1.0", headers={"X-Key": "k"})

    assert sorted(event) == [
        *("headers", "httpMethod", "methodArn", "multiValueHeaders", "multiValueQueryStringParameters", "path"),
        *("pathParameters", "queryStringParameters", "requestContext", "resource", "stageVariables", "type"),
    ]
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{ARN}/dev/GET/accounts")
    assert (event["headers"]["X-Key"], event["queryStringParameters"]) == ("k", {"a": "1"})


def test_an_authorizer_of_payload_2_is_asked_about_a_request() -> None:
    event = request_authorizer_event("GET", "/accounts", stage="prod", headers={"Authorization": "Bearer abc"})

    assert sorted(event) == [
        *("headers", "identitySource", "rawPath", "rawQueryString", "requestContext", "routeArn", "routeKey", "type"),
        "version",
    ]
    assert (event["type"], event["routeArn"]) == ("REQUEST", f"{ARN}/prod/GET/accounts")
    assert (event["identitySource"], event["rawPath"]) == (["Bearer abc"], "/prod/accounts")
    assert request_authorizer_event("GET", "/")["identitySource"] is None


def test_an_authorizer_of_a_websocket_api_is_asked_about_a_handshake() -> None:
    event = websocket_authorizer_event("c-1", stage="prod", query={"token": "abc"}, headers={"Origin": "https://shop"})

    assert sorted(event) == [
        *("headers", "methodArn", "multiValueHeaders", "multiValueQueryStringParameters", "queryStringParameters"),
        *("requestContext", "type"),
    ]
    assert (event["type"], event["methodArn"]) == ("REQUEST", f"{ARN}/prod/$connect")
    assert (event["requestContext"]["routeKey"], event["requestContext"]["connectionId"]) == ("$connect", "c-1")
    assert (event["queryStringParameters"], event["headers"]["Origin"]) == ({"token": "abc"}, "https://shop")
