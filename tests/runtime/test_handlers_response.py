"""What a handler returns, and what the gateway is answered."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import Shape

Load = Callable[[str], Callable[[dict[str, Any], object], Any]]

REST = {"httpMethod": "GET"}
HTTP = {"version": "2.0", "requestContext": {"http": {"method": "GET"}}}
CORS = {"Access-Control-Allow-Origin": "*"}


def answer(load: Load, value: str, event: dict[str, Any] | None = None) -> dict[str, Any]:
    source = f"from tight import Response, get\n@get\ndef read():\n    return {value}\n"
    given: dict[str, Any] = load(source)(event or REST, None)
    json.dumps(given)  # Lambda has to be able to send it
    return given


@pytest.mark.parametrize(
    ("value", "status", "body", "content_type"),
    [
        ("{'statusCode': 201, 'body': {'a': 1}}", 201, '{"a":1}', "application/json"),
        ("{'statusCode': 201}", 201, "", None),
        ("{'statusCode': None, 'body': None, 'headers': None}", 200, "", None),
        ("{'body': 'text'}", 200, "text", None),
        ("{'statusCode': '202'}", 202, "", None),
        ("{'statusCode': 200, 'colour': 'red'}", 200, '{"statusCode":200,"colour":"red"}', "application/json"),
        ("{}", 200, "{}", "application/json"),
        ("{'a': 'é'}", 200, r'{"a":"\u00e9"}', "application/json"),
        ("(204, None)", 204, "", None),
        ("{'passthrough': 1, 'name': 'x'}", 200, '{"passthrough":1,"name":"x"}', "application/json"),
        ("Response(418, 'short and stout')", 418, "short and stout", None),
        ("(201, {'a': 1})", 201, '{"a":1}', "application/json"),
        ("(201, 'text', {'Content-Type': 'text/html'})", 201, "text", "text/html"),
        ("(1, 2)", 200, "[1,2]", "application/json"),
        ("(100, 150)", 200, "[100,150]", "application/json"),
        ("'text'", 200, "text", "text/plain; charset=utf-8"),
        ("''", 200, "", "text/plain; charset=utf-8"),
        ("None", 204, "", None),
        ("[1, None]", 200, "[1,null]", "application/json"),
        ("42", 200, "42", "application/json"),
        ("False", 200, "false", "application/json"),
    ],
)
def test_a_return_value_becomes_a_response(
    load: Load, value: str, status: int, body: str, content_type: str | None
) -> None:
    given = answer(load, value)

    assert (given["statusCode"], given["body"], given["isBase64Encoded"]) == (status, body, False)
    assert given["headers"].get("Content-Type") == content_type


def test_bytes_are_sent_as_base64(load: Load) -> None:
    given = answer(load, r"b'\x00\xff'")

    assert (given["body"], given["isBase64Encoded"]) == ("AP8=", True)
    assert given["headers"]["Content-Type"] == "application/octet-stream"


def test_a_body_that_is_base64_already_is_not_encoded_again(load: Load) -> None:
    given = answer(load, "{'body': 'AP8=', 'isBase64Encoded': True}")

    assert (given["body"], given["isBase64Encoded"]) == ("AP8=", True)


def test_passthrough_is_answered_verbatim(load: Load) -> None:
    source = "from tight import get\n@get\ndef read():\n    return {'passthrough': [1, 2], 'statusCode': 500}\n"

    assert load(source)(REST, None) == [1, 2]


@pytest.mark.parametrize(("value", "body"), [(r"{'a': '\ud800'}", r'{"a":"\ud800"}'), (r"'a\ud800é'", "a?é")])
def test_half_of_a_surrogate_pair_can_be_sent(load: Load, value: str, body: str) -> None:
    given = answer(load, value)

    assert given["body"] == body
    json.dumps(given, ensure_ascii=False).encode()


def test_a_number_that_is_no_json_is_a_500(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    assert answer(load, "[float('nan')]")["statusCode"] == 500
    assert "not JSON compliant" in caplog.text


@pytest.mark.parametrize("event", [REST, HTTP])
def test_every_answer_has_the_cors_header(load: Load, event: dict[str, Any]) -> None:
    assert answer(load, "None", event)["headers"] == CORS


@pytest.mark.parametrize("name", ["Access-Control-Allow-Origin", "access-control-allow-origin"])
def test_the_handlers_own_header_wins_in_any_spelling(load: Load, name: str) -> None:
    assert answer(load, f"(200, '', {{'{name}': 'https://example.org'}})")["headers"] == {name: "https://example.org"}


def test_header_values_are_made_text_and_none_leaves_a_header_out(load: Load) -> None:
    headers = "{'X-Count': 3, 'X-Flag': True, 'X-None': None, 'access-control-allow-origin': None}"

    assert answer(load, f"(200, '', {headers})")["headers"] == {"X-Count": "3", "X-Flag": "true"}


def test_a_repeated_header_takes_the_gateways_own_form(load: Load) -> None:
    value = "(200, '', {'X-Colour': ['red', 'blue'], 'Set-Cookie': ['a=1', 'b=2']})"
    rest, http = answer(load, value, REST), answer(load, value, HTTP)

    assert rest["multiValueHeaders"] == {"X-Colour": ["red", "blue"], "Set-Cookie": ["a=1", "b=2"]}
    assert http["headers"]["X-Colour"] == "red,blue"
    assert http["cookies"] == ["a=1", "b=2"]


def test_cookies_take_the_gateways_own_form(load: Load) -> None:
    value = "Response(200, '', cookies=['a=1', 'b=2'])"

    assert answer(load, value, REST)["multiValueHeaders"] == {"Set-Cookie": ["a=1", "b=2"]}
    assert answer(load, value, HTTP)["cookies"] == ["a=1", "b=2"]


def test_multi_value_headers_of_a_dict_reach_an_http_api_too(load: Load) -> None:
    value = "{'statusCode': 200, 'multiValueHeaders': {'X-Colour': ['red', 'blue']}}"

    assert answer(load, value, HTTP)["headers"]["X-Colour"] == "red,blue"


BODIES = ["None", "'text'", "b'x'", "{'a': 1}", "[1]", "7", "(201, None)", "{'statusCode': 200, 'body': 7}", "True"]


@pytest.mark.parametrize("value", BODIES)
def test_a_body_is_text_in_every_shape(load: Load, shape: Shape, value: str) -> None:
    given = load(f"from tight import get\n@get\ndef read():\n    return {value}\n")(shape.event(), None)

    assert isinstance(given["body"], str)
    assert shape.wire(given).status in (200, 201, 204)


@pytest.mark.parametrize(
    "value",
    [
        "{'statusCode': 'abc'}",
        "{'statusCode': []}",
        "{'statusCode': float('inf')}",
        "{'headers': ['x']}",
        "{'headers': {5: 'x'}}",
        "{'multiValueHeaders': 5}",
        "{'cookies': 5}",
        "(200, 'x', 5)",
        "Response('abc', 'x', 5)",
    ],
)
def test_a_response_with_an_odd_part_is_a_500_that_is_logged(
    load: Load, shape: Shape, caplog: pytest.LogCaptureFixture, value: str
) -> None:
    handler = load(f"from tight import Response, get\n@get\ndef read():\n    return {value}\n")

    assert shape.ask(handler).status == 500
    assert "accounts failed" in caplog.text


def test_a_status_may_be_an_enum_or_text(load: Load, shape: Shape) -> None:
    for value in ("(HTTPStatus.CREATED, '')", "{'statusCode': HTTPStatus.CREATED}", "{'statusCode': '201'}"):
        source = f"from http import HTTPStatus\nfrom tight import get\n@get\ndef read():\n    return {value}\n"
        assert shape.ask(load(source)).status == 201


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("Response(999)", "999"),
        ("Response(0, 'x')", "0"),
        ("Response(100)", "100"),
        ("{'statusCode': 199}", "199"),
        ("Response('404')", "'404'"),
        ("Response(None)", "None"),
        ("{'statusCode': 1000}", "1000"),
        ("exit_with_response(600, 'x')", "600"),
        ("exit_with_response('x')", "'x'"),
    ],
)
def test_a_status_that_no_gateway_sends_is_a_500_that_names_it_in_the_log(
    load: Load, shape: Shape, caplog: pytest.LogCaptureFixture, value: str, named: str
) -> None:
    handler = load(f"from tight import Response, exit_with_response, get\n@get\ndef read():\n    return {value}\n")

    assert shape.ask(handler).status == 500
    assert f"{named} is no status of an answer" in caplog.text


@pytest.mark.parametrize("status", ["'abc'", "'404 Not Found'", "999", "100", "None"])
@pytest.mark.parametrize("asynchronous", ["", "async "])
def test_a_status_that_is_set_later_is_checked_too(
    load: Load, shape: Shape, caplog: pytest.LogCaptureFixture, status: str, asynchronous: str
) -> None:
    by_handler = f"""
        from tight import Response, get

        @get
        {asynchronous}def read():
            response = Response()
            response.status = {status}
            return response
    """
    by_error_handler = f"""
        from tight import Response, error, get

        @get
        {asynchronous}def read():
            raise LookupError

        @error(LookupError)
        def missing():
            response = Response()
            response.status = {status}
            return response
    """
    by_middleware = f"""
        from tight import get, wrap_all

        def layer(request, proceed):
            response = proceed(request)
            response.status = {status}
            return response

        wrap_all(layer)

        @get
        {asynchronous}def read():
            return "x"
    """
    for source in (by_handler, by_error_handler, by_middleware):
        caplog.clear()
        assert shape.ask(load(source)).status == 500
        assert f"{status} is no status of an answer" in caplog.text
