"""A request as a handler sees it, through both gateways."""

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from tight.errors import BadBody, NotAnHttpEvent
from tight.gateways import way_through_balancer
from tight.request import Request, loads, way_of

PLAIN: Any = SimpleNamespace(__name__="accounts", base_path="", cold=False, loads=loads)
JSON = {"content-type": "application/json; charset=utf-8"}


def request_of(event: dict[str, Any]) -> Request:
    return Request(event, None, way_of(event) or way_through_balancer(event), PLAIN)


def rest(**event: Any) -> Request:
    return request_of({"httpMethod": "POST", **event})


def http(**event: Any) -> Request:
    context = {"http": {"method": "POST"}, **event.pop("requestContext", {})}
    return request_of({"version": "2.0", "requestContext": context, **event})


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
        ({"body": "a=1&b=2", "headers": {"content-type": "application/x-www-form-urlencoded"}}, {"a": "1", "b": "2"}),
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
    request = request_of(event)

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
    assert rest(path="/files/a%2Fb/c%2520d/").segments() == ["files", "a/b", "c%20d"]
    assert rest(version="1.0", path="/files/c%20d").segments() == ["files", "c%20d"]  # an HTTP API has decoded it
    assert http(rawPath="/files/c%20d").segments() == ["files", "c%20d"]

    function_url = {"domainName": "abc.lambda-url.eu-north-1.on.aws"}
    assert http(rawPath="/files/c%20d", requestContext=function_url).segments() == ["files", "c d"]


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
        request_of(event)


def test_a_part_is_read_once_and_may_be_replaced() -> None:
    request = rest(headers={"X-Colour": "red"}, queryStringParameters={"a": "1"})
    request.query["a"] = "2"
    request.body = {"a": 1}

    assert request.headers is request.headers
    assert (request.query, request.body) == ({"a": "2"}, {"a": 1})


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE", "cOnTeNt-TyPe"])
def test_the_content_type_is_found_in_any_spelling(name: str) -> None:
    form = "application/x-www-form-urlencoded"

    for request in (rest(headers={name: form}, body="a=1"), http(headers={name: form}, body="a=1")):
        assert (request.content_type, request.body) == (form, {"a": "1"})
    assert rest(multiValueHeaders={name: [form]}, body="a=1").body == {"a": "1"}


@pytest.mark.parametrize("body", ["{broken", "", None, "[1]"])
def test_the_raw_body_is_there_whatever_the_type(body: str | None) -> None:
    request = rest(body=body, headers=JSON)

    assert (request.text, request.content) == (body or "", (body or "").encode())


def test_json_is_read_whatever_the_type() -> None:
    assert rest(body=' {"a": 1} ', headers={"content-type": "text/plain"}).json == {"a": 1}
    assert rest(body=b64encode(b"[1]").decode(), isBase64Encoded=True).json == [1]


@pytest.mark.parametrize("text", ["NaN", "-Infinity", '{"a": Infinity}', "1 2", "", "{'a': 1}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(BadBody):
        _ = rest(body=text or " ").json


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_may_come_in_any_encoding_of_unicode(encoding: str) -> None:
    body = b64encode('{"a": "é"}'.encode(encoding)).decode()

    assert rest(body=body, isBase64Encoded=True, headers=JSON).body == {"a": "é"}


@pytest.mark.parametrize(
    ("context", "principal"),
    [
        (
            {"authorizer": {"iam": {"userArn": "arn:aws:iam::1:user/ada", "cognitoIdentity": None}}},
            "arn:aws:iam::1:user/ada",
        ),
        ({"authorizer": {"lambda": {"principalId": "user-4"}}}, "user-4"),
        ({"identity": {"userArn": "arn:aws:iam::1:role/x"}}, "arn:aws:iam::1:role/x"),
        ({"identity": {"userArn": None}}, None),
        ({"authorizer": {"principalId": "me", "integrationLatency": 5}}, "me"),
        ({"authorizer": {"jwt": {"claims": {"sub": "token"}}, "principalId": "me"}}, "token"),
        (None, None),
        ([], None),
    ],
)
def test_the_principal_stands_where_the_gateway_puts_it(context: Any, principal: str | None) -> None:
    event = {"httpMethod": "GET", "requestContext": context}

    assert request_of(event).principal_id == principal


def test_what_a_caller_writes_into_a_header_names_no_principal() -> None:
    headers = {"x-amzn-oidc-identity": "admin", "x-forwarded-for": "1.1.1.1, 203.0.113.7"}
    event = {"httpMethod": "GET", "headers": headers, "requestContext": {"elb": {"targetGroupArn": "arn"}}}
    request = request_of(event)

    assert (request.principal_id, request.source_ip) == (None, "203.0.113.7")


@pytest.mark.parametrize("headers", [[], "text", 5, {"x-correlation-id": None}])
def test_what_the_log_asks_a_request_for_never_fails(headers: Any) -> None:
    request = rest(headers=headers)

    assert (request.correlation_id, request.source_ip, request.request_id) == (None, None, None)


def test_the_correlation_id_is_the_callers_else_the_requests() -> None:
    assert rest(headers={"X-Request-Id": "r-1"}).correlation_id == "r-1"
    assert http(headers={"x-request-id": "r-1", "X-Correlation-Id": "c-1"}).correlation_id == "c-1"
