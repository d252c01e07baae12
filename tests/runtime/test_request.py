"""A request as a handler sees it, through both gateways."""

from base64 import b64encode
from typing import Any

import pytest

from tight.errors import BadBody, NotAnHttpEvent
from tight.gateways import gateway_of
from tight.request import Request

JSON = {"content-type": "application/json; charset=utf-8"}


def rest(**event: Any) -> Request:
    whole = {"httpMethod": "POST", **event}
    return Request(whole, None, gateway_of(whole))


def http(**event: Any) -> Request:
    context = {"http": {"method": "POST"}, **event.pop("requestContext", {})}
    whole = {"version": "2.0", "requestContext": context, **event}
    return Request(whole, None, gateway_of(whole))


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ({}, None),
        ({"body": None}, None),
        ({"body": ""}, None),
        ({"body": '{"a": 1}'}, {"a": 1}),
        ({"body": "[1, 2]"}, [1, 2]),
        ({"body": "null", "headers": JSON}, None),
        ({"body": "not json"}, "not json"),
        ({"body": "a=1&b=2", "headers": {"content-type": "application/x-www-form-urlencoded"}}, "a=1&b=2"),
        ({"body": '{"a": 1}', "headers": {"content-type": "text/plain"}}, '{"a": 1}'),
        ({"body": '{"a": 1}', "headers": {"content-type": "application/problem+json"}}, {"a": 1}),
        ({"body": b64encode(b'{"a": 1}').decode(), "isBase64Encoded": True, "headers": JSON}, {"a": 1}),
        (
            {"body": b64encode(b"\x00\xff").decode(), "isBase64Encoded": True, "headers": {"content-type": "a/b"}},
            b"\0\xff",
        ),
        (
            {"body": b64encode("é".encode()).decode(), "isBase64Encoded": True, "headers": {"content-type": "text/x"}},
            "é",
        ),
    ],
)
def test_a_body_is_read_by_its_content_type(event: dict[str, Any], body: object) -> None:
    assert rest(**event).body == body
    assert http(**event).body == body


@pytest.mark.parametrize("body", ["{broken", "[" * 100_000])
def test_what_is_announced_as_json_and_is_not_is_a_bad_body(body: str) -> None:
    with pytest.raises(BadBody, match="the body is not JSON"):
        _ = rest(body=body, headers=JSON).body


def test_what_is_flagged_as_base64_and_is_not_is_a_bad_body() -> None:
    with pytest.raises(BadBody, match="the body is not base64"):
        _ = rest(body="%%%", isBase64Encoded=True).body


def test_the_event_is_never_changed() -> None:
    event = {"httpMethod": "POST", "body": '{"a": 1}', "headers": {"Content-Type": "application/json"}}
    request = Request(event, None, gateway_of(event))

    assert request.body == {"a": 1}
    assert event == {"httpMethod": "POST", "body": '{"a": 1}', "headers": {"Content-Type": "application/json"}}


def test_headers_are_known_by_their_lower_case_names() -> None:
    assert rest(headers={"X-Colour": "red"}).headers["x-colour"] == "red"
    assert http(headers={"X-Colour": "red"}).headers["x-colour"] == "red"
    assert rest(headers=None).headers == {}


@pytest.mark.parametrize(
    ("stage", "raw_path", "path"),
    [
        ("$default", "/dev/accounts", "/dev/accounts"),
        ("dev", "/dev/accounts", "/accounts"),
        ("dev", "/dev", "/"),
        ("dev", "/device", "/device"),
    ],
)
def test_the_stage_is_no_part_of_an_http_apis_path(stage: str, raw_path: str, path: str) -> None:
    assert http(rawPath=raw_path, requestContext={"stage": stage}).path == path


def test_each_segment_of_a_path_is_decoded_once() -> None:
    request = rest(path="/files/a%2Fb/c%2520d/")
    assert request.gateway.parts(request.event) == ("files", "a/b", "c%20d")

    payload_1_of_an_http_api = rest(version="1.0", path="/files/c%20d")
    parts = payload_1_of_an_http_api.gateway.parts(payload_1_of_an_http_api.event)
    assert parts == ("files", "c%20d")

    decoded_by_the_gateway = http(rawPath="/files/c%20d")
    assert decoded_by_the_gateway.gateway.parts(decoded_by_the_gateway.event) == ("files", "c%20d")

    function_url = http(rawPath="/files/c%20d", requestContext={"domainName": "abc.lambda-url.eu-north-1.on.aws"})
    assert function_url.gateway.parts(function_url.event) == ("files", "c d")


@pytest.mark.parametrize(
    ("authorizer", "principal"),
    [
        ({"claims": {"sub": "user-1"}}, "user-1"),
        ({"jwt": {"claims": {"sub": "user-2"}, "scopes": None}}, "user-2"),
        ({"principalId": "user-3"}, "user-3"),
        ({"claims": None, "scopes": None}, None),
        ({}, None),
        (None, None),
        ("odd", None),
    ],
)
def test_the_principal_is_who_the_authorizer_names(authorizer: object, principal: str | None) -> None:
    assert rest(requestContext={"authorizer": authorizer}).principal_id == principal
    assert http(requestContext={"authorizer": authorizer}).principal_id == principal


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"requestContext": None}, {"requestContext": {}}, [1]])
def test_an_event_of_another_service_is_refused_with_its_keys(event: Any) -> None:
    with pytest.raises(NotAnHttpEvent, match=r"it has the keys (Records|requestContext|\(none\))"):
        gateway_of(event)
