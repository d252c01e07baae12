"""Connections of a WebSocket API: who is shown what, and what its gateway is answered."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import jsonschema
import pytest

from tight.errors import BadSource, DuplicateRoute, UnknownParameter, UnknownSource
from tight.handlers import marks_of
from tight.manifest import SCHEMA, _source
from tight.testing.events import (
    request_authorizer_event,
    websocket_authorizer_event,
    websocket_connect_event,
    websocket_disconnect_event,
    websocket_message_event,
)

Load = Callable[..., Callable[[Any, object], Any]]

CHAT = """
    from dataclasses import dataclass
    from tight import authorizer, websocket

    @dataclass
    class Said:
        text: str

    @websocket.connect
    def open(connection_id, query, headers, source_ip, principal_id, connected_at):
        if "name" not in query:
            return 400, "who are you?"
        if query["name"] == "mallory":
            return False
        who = [connection_id, query["name"], headers["X-Client"], source_ip, principal_id, connected_at.tzname()]
        return {"seen": who}

    @websocket.message("say")
    async def say(connection_id, message: Said, body, route):
        return [connection_id, message.text, body, route]

    @websocket.message
    def other(message):
        return message

    @websocket.disconnect
    def close(connection_id, status, reason):
        return f"{connection_id} {status} {reason}"
"""


def test_a_connection_is_shown_with_its_handshake(load: Load) -> None:
    event = websocket_connect_event("c-1", query={"name": "ada"}, headers={"x-client": "web"}, principal_id="u-7")
    answer = load(CHAT)(event, None)

    assert (answer["statusCode"], json.loads(answer["body"])) == (
        200,
        {"seen": ["c-1", "ada", "web", "203.0.113.1", "u-7", "UTC"]},
    )


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({}, {"statusCode": 400, "body": "who are you?", "isBase64Encoded": False}),
        ({"name": "mallory"}, {"statusCode": 403}),
    ],
)
def test_what_is_no_2xx_refuses_a_connection(load: Load, query: dict[str, str], answer: dict[str, Any]) -> None:
    assert load(CHAT)(websocket_connect_event(query=query), None) == answer


@pytest.mark.parametrize(("value", "status"), [("None", 200), ("True", 200), ("'hello'", 200), ("(204, '')", 204)])
def test_a_connection_is_let_in_unless_it_is_refused(load: Load, value: str, status: int) -> None:
    handler = load(f"from tight import websocket\n@websocket.connect\ndef open():\n    return {value}\n")

    assert handler(websocket_connect_event(), None)["statusCode"] == status


def test_a_subprotocol_is_answered_in_a_header(load: Load) -> None:
    handler = load("""
        from tight import Response, websocket

        @websocket.connect
        def open(headers):
            return Response(200, "", {"Sec-WebSocket-Protocol": headers["sec-websocket-protocol"]})
    """)
    event = websocket_connect_event(headers={"Sec-WebSocket-Protocol": "chat"})

    assert handler(event, None) == {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "chat"}}


def test_a_message_goes_to_its_route(load: Load) -> None:
    answer = load(CHAT)(websocket_message_event({"action": "say", "text": "hi"}, "say", "c-1"), None)

    assert answer == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": '["c-1","hi","{\\"action\\": \\"say\\", \\"text\\": \\"hi\\"}","say"]',
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(("sent", "message"), [("plain", "plain"), ('{"a": 1}', '{"a":1}'), ("", None)])
def test_what_has_no_route_of_its_own_goes_to_the_default(load: Load, sent: str, message: str | None) -> None:
    assert load(CHAT)(websocket_message_event(sent), None).get("body") == message


def test_a_message_that_its_annotation_does_not_allow_is_answered(load: Load) -> None:
    answer = load(CHAT)(websocket_message_event({"action": "say"}, "say"), None)

    assert answer["statusCode"] == 422
    assert json.loads(answer["body"]) == {
        "message": "Unprocessable Entity",
        "errors": [{"field": "message.text", "message": "is missing"}],
    }


def test_the_end_of_a_connection_is_told(load: Load) -> None:
    answer = load(CHAT)(websocket_disconnect_event("c-1", status=1001, reason="Going away"), None)

    assert (answer["statusCode"], answer["body"]) == (200, "c-1 1001 Going away")


ECHO = "from tight import websocket\n@websocket.message('echo')\ndef echo(message):\n    return message\n"


@pytest.mark.parametrize("event", [websocket_connect_event(), websocket_disconnect_event()])
def test_whoever_does_not_ask_for_them_lets_connections_begin_and_end(load: Load, event: dict[str, Any]) -> None:
    assert load(ECHO)(event, None) == {"statusCode": 200}


def test_a_route_that_nobody_takes_is_an_error(load: Load) -> None:
    with pytest.raises(UnknownSource, match="accounts was given an event of none of its sources: echo"):
        load(ECHO)(websocket_message_event("x", "say"), None)


def test_an_exception_surfaces_and_the_gateway_tells_the_client(load: Load) -> None:
    handler = load("from tight import websocket\n@websocket.message\ndef take():\n    raise ConnectionError('down')\n")

    with pytest.raises(ConnectionError, match="down"):
        handler(websocket_message_event("x"), None)


def test_a_function_may_authorize_and_answer_http_too(load: Load) -> None:
    handler = load(f"""{CHAT}
    from tight import get

    @authorizer
    def check(token):
        return False

    @get
    def read():
        return "read"
    """)
    question = websocket_authorizer_event(query={"name": "ada"})

    assert handler(question, None)["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert handler(request_authorizer_event("GET", "/"), None)["isAuthorized"] is False
    assert handler({"httpMethod": "GET", "path": "/accounts"}, None)["body"] == "read"
    assert handler(websocket_message_event("x"), None)["body"] == "x"


ROOMS = """
    from tight import websocket

    @websocket.connect(path="/chat/{room}")
    def enter(room, query):
        return 200, room

    @websocket.message("say", path="/chat/{room}")
    def say(room, body):
        return [room, body.decode()]

    @websocket.message("say")
    def elsewhere(body):
        return body
"""


def test_the_host_has_paths_and_binary_messages(load: Load) -> None:
    handler = load(ROOMS)
    place = {"resource": "/chat/{room}", "path": "/chat/tea", "pathParameters": {"room": "tea"}}
    binary = {**websocket_message_event("aGk=", "say"), "isBase64Encoded": True}

    assert handler({**websocket_connect_event(), **place}, None)["body"] == "tea"
    assert handler({**binary, **place}, None)["body"] == '["tea","hi"]'
    assert handler(websocket_message_event("hi", "say"), None)["body"] == "hi"


@pytest.mark.parametrize(
    ("decorator", "problem"),
    [
        ("message('$connected')", r"'\$connected' is no route key: write one without a \$ in front"),
        ("message('')", "'' is no route key"),
        ("connect(path='chat')", "path='chat' is none: write one that begins with /"),
    ],
)
def test_what_no_api_takes_is_an_error_of_its_function(load: Load, decorator: str, problem: str) -> None:
    with pytest.raises(BadSource, match=r"^@websocket of take, at .*handler.py:\d+, can't be made: " + problem):
        load(f"from tight import websocket\n@websocket.{decorator}\ndef take():\n    pass\n")


def test_two_functions_of_one_route_are_an_error(load: Load) -> None:
    with pytest.raises(DuplicateRoute, match=r"^@websocket say is marked twice"):
        load(ROOMS + "\n    @websocket.message('say')\n    def again():\n        pass\n")


def test_what_nothing_provides_is_an_error_when_the_function_is_built(load: Load) -> None:
    with pytest.raises(UnknownParameter, match="take asks for 'room', which nothing provides"):
        load("from tight import websocket\n@websocket.message\ndef take(room):\n    pass\n")


def test_routes_stand_in_the_manifest(load: Load) -> None:
    load(ROOMS)
    sources = [_source(mark) for mark in marks_of(import_module("app.functions.accounts.handler"))]

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for source in sources:
        jsonschema.validate(source, {**schema["$defs"]["source"], "$defs": schema["$defs"]})
    assert [(source["kind"], source["route"], source["path"], source["function"]) for source in sources] == [
        ("websocket", "$connect", "/chat/{room}", "enter"),
        ("websocket", "say", "/chat/{room}", "say"),
        ("websocket", "say", None, "elsewhere"),
    ]


def test_the_builders_events_are_of_awss_form() -> None:
    connect = websocket_connect_event("c-1", query={"a": "1"}, headers={"X-A": "1"})
    message, end = websocket_message_event("hi", "say", "c-1"), websocket_disconnect_event("c-1")
    shared = {
        *("apiId", "connectedAt", "connectionId", "domainName", "eventType", "extendedRequestId", "identity"),
        *("messageDirection", "requestId", "requestTime", "requestTimeEpoch", "routeKey", "stage"),
    }

    assert set(connect["requestContext"]) == shared
    assert set(message["requestContext"]) == shared | {"messageId"}
    assert set(end["requestContext"]) == shared | {"disconnectStatusCode", "disconnectReason"}
    assert [event["requestContext"]["eventType"] for event in (connect, message, end)] == [
        "CONNECT",
        "MESSAGE",
        "DISCONNECT",
    ]
    assert sorted(connect) == [
        *("headers", "isBase64Encoded", "multiValueHeaders", "multiValueQueryStringParameters"),
        *("queryStringParameters", "requestContext"),
    ]
    assert sorted(message) == ["body", "isBase64Encoded", "requestContext"]
    assert sorted(end) == ["headers", "isBase64Encoded", "multiValueHeaders", "requestContext"]
