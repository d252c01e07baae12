"""WebSockets by a client of another library, and boto3 as functions and others use it to answer them."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.serve.calls import request
from tight_tasks import manifest
from tight_tasks.serve import Serve
from tight_tasks.serve import server as serve_server
from tight_tasks.serve.sources import websocket as front

# Notes each event in a file, answers through the management API, and fails for "fail".
HANDLER = """
import json
import os
import pathlib
import time

import boto3


def handler(event, context):
    with pathlib.Path(os.environ["NOTED"]).open("a") as file:
        file.write(json.dumps({**event, "trace": os.environ.get("_X_AMZN_TRACE_ID")}) + chr(10))
    facts = event["requestContext"]
    if facts["eventType"] == "CONNECT":
        query = event.get("queryStringParameters") or {}
        time.sleep(float(query.get("wait", 0)))
        if "fail" in query:
            raise ValueError("no")
        headers = {"sec-websocket-protocol": query["protocol"]} if "protocol" in query else {}
        return {"statusCode": int(query.get("status", 200)), "headers": headers}
    if facts["eventType"] == "MESSAGE":
        if event["body"] == "fail":
            raise ValueError("no")
        client = boto3.client("apigatewaymanagementapi")
        said = f"{facts['routeKey']}: {event['body']}"[:40]
        client.post_to_connection(ConnectionId=facts["connectionId"], Data=said.encode())
    return {"statusCode": 200}
"""
ROUTES = ("$connect", "$disconnect", "$default", "send")


class Chat:
    """A served app with a function `chat` of these routes."""

    def __init__(self, serve: Serve, noted: Path) -> None:
        self.serve = serve
        self.url = serve.url.replace("http://", "ws://")
        self._noted = noted

    def connect(self, path: str = "", **options: Any) -> connect:
        return connect(self.url + path, proxy=None, **options)

    async def event(self, kind: str) -> dict[str, Any]:
        """The first of that kind, once there is one."""
        for _ in range(1000):
            for line in self._noted.read_text(encoding="utf-8").splitlines():
                event: dict[str, Any] = json.loads(line)
                if event["requestContext"]["eventType"] == kind:
                    return event
            await asyncio.sleep(0.02)
        raise AssertionError(f"there is no {kind}")

    async def api(self, operation: str, *, stage: str = "", **arguments: Any) -> Any:
        """What boto3 answers."""
        config = Config(retries={"max_attempts": 0}, proxies={})
        keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "local")
        client = boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=self.serve.url + stage,
            region_name="eu-north-1",
            config=config,
            **keys,
        )
        try:
            return await asyncio.to_thread(getattr(client, operation), **arguments)
        finally:
            client.close()


Visit = Callable[[Chat], Awaitable[None]]


@pytest.fixture
def chat(
    make_app: Callable[..., Path], served: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Serves the app, whose manifest is given the routes, while `visit(chat)` runs."""

    def run(visit: Visit, routes: tuple[str, ...] = ROUTES) -> None:
        noted = tmp_path / "noted.txt"
        noted.touch()
        sources = [
            {"kind": "websocket", "function": "handler", "place": "handler.py:1", "route": route, "path": None}
            for route in routes
        ]

        def read(*arguments: Any) -> manifest.Manifest:
            found = manifest.read_manifest(*arguments).model_dump()
            found["functions"][0]["sources"] = sources
            return manifest.Manifest.model_validate(found)

        monkeypatch.setattr(serve_server, "read_manifest", read)
        served(make_app(chat=HANDLER), lambda serve: visit(Chat(serve, noted)), variables={"NOTED": str(noted)})

    return run


@contextmanager
def refused(status: int) -> Iterator[None]:
    with pytest.raises(InvalidStatus) as caught:
        yield
    assert caught.value.response.status_code == status


async def closed(socket: ClientConnection) -> int:
    """With which code."""
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(socket.recv(), 20)
    assert socket.close_code is not None
    return socket.close_code


def test_a_message_takes_the_route_that_its_action_names(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            for sent, answered in (
                ('{"action": "send", "text": "hello"}', 'send: {"action": "send", "text": "hello"}'),
                ('{"action": "other"}', '$default: {"action": "other"}'),
                ('{"action": "$connect"}', '$default: {"action": "$connect"}'),
                ('["send"]', '$default: ["send"]'),
                ("no JSON", "$default: no JSON"),
                ("[" * 30_000, "$default: " + "[" * 30),  # nested more deeply than Python reads it
            ):
                await socket.send(sent)
                assert await socket.recv() == answered[:40]

    chat(visit)


def test_functions_are_given_api_gateways_events(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect(
            "/local?a=1&a=2", additional_headers={"X-Who": "ada"}, user_agent_header="tests"
        ) as socket:
            await socket.send("hello")
            await socket.recv()
            await socket.close(1000, "bye")
        connected, message, gone = [await chat.event(kind) for kind in ("CONNECT", "MESSAGE", "DISCONNECT")]
        facts = connected["requestContext"]
        connection_id = facts["connectionId"]
        assert re.fullmatch(r"[\w-]{15}=", connection_id)
        assert connected["headers"]["X-Who"] == "ada"  # in the client's spelling
        assert connected["multiValueHeaders"]["X-Who"] == ["ada"]
        assert connected["headers"]["Host"] == chat.serve.url.removeprefix("http://")
        assert connected["queryStringParameters"] == {"a": "2"}
        assert connected["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
        assert connected["isBase64Encoded"] is False
        assert "body" not in connected
        assert facts["requestTimeEpoch"] >= facts["connectedAt"]
        assert {
            key: facts[key] for key in ("routeKey", "eventType", "messageDirection", "stage", "domainName", "identity")
        } == {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "messageDirection": "IN",
            "stage": "local",
            "domainName": chat.serve.url.removeprefix("http://"),
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "tests"},
        }
        assert (message["body"], message["requestContext"]["connectionId"]) == ("hello", connection_id)
        assert message["requestContext"]["messageId"]
        assert "headers" not in message
        ended = gone["requestContext"]
        assert (ended["routeKey"], ended["connectionId"]) == ("$disconnect", connection_id)
        assert (ended["disconnectStatusCode"], ended["disconnectReason"]) == (1000, "bye")

    chat(visit)


@pytest.mark.parametrize(
    ("told", "way"),
    [
        ({}, ("127.0.0.1", "http")),
        ({"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}, ("203.0.113.7, 127.0.0.1", "https")),
    ],
)
def test_a_handshake_tells_of_its_way(chat: Callable[..., None], told: dict[str, str], way: tuple[str, str]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect(additional_headers=told):
            headers = (await chat.event("CONNECT"))["multiValueHeaders"]
        found = {name: values for name, values in headers.items() if name.lower().startswith("x-forwarded-")}
        assert found == {
            "X-Forwarded-For": [way[0]],
            "X-Forwarded-Port": [chat.url.rpartition(":")[2]],
            "X-Forwarded-Proto": [way[1]],
        }
        assert re.fullmatch("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"][0])

    chat(visit)


@pytest.mark.parametrize("told", ["", "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"])
def test_a_handshake_has_the_trace_of_its_invocation(chat: Callable[..., None], told: str) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect(additional_headers={"X-Amzn-Trace-Id": told} if told else {}):
            event = await chat.event("CONNECT")
        header = event["headers"]["X-Amzn-Trace-Id"]
        if told:
            assert (header, event["trace"]) == (told, told)
        else:
            assert re.fullmatch(f"{header};Parent=[0-9a-f]{{16}};Sampled=0", event["trace"])

    chat(visit)


def test_a_request_that_is_no_whole_handshake_is_refused(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        reply = await request(chat.serve.url, "GET", "/", Connection="Upgrade", Upgrade="websocket")
        assert reply.status == 400

    chat(visit)


def test_who_gets_no_2xx_is_not_connected(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        with refused(401):
            await chat.connect("?status=401")
        with refused(502):
            await chat.connect("?fail=1")
        with refused(403):  # a WebSocket API has no path after its stage
            await chat.connect("/local/rooms")
        async with chat.connect("?protocol=v2.chat", subprotocols=["v1.chat", "v2.chat"]) as socket:
            assert socket.subprotocol == "v2.chat"
        with refused(502):
            await chat.connect("?protocol=v3.chat", subprotocols=["v1.chat", "v2.chat"])

    chat(visit)


def test_an_app_without_websockets_refuses_them(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        with refused(403):
            await chat.connect()

    chat(visit, ())


def test_the_gateway_itself_tells_of_errors(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            await socket.send('{"action": "send"}')
            assert str(await socket.recv()).startswith("send")
            await socket.send("nobody takes this")
            said = json.loads(await socket.recv())
            assert (said["message"], sorted(said)) == ("Forbidden", ["connectionId", "message", "requestId"])
            await socket.send("still open")
            assert json.loads(await socket.recv())["connectionId"] == said["connectionId"]

    chat(visit, ("send",))


def test_a_function_that_fails_is_an_internal_server_error(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            await socket.send("fail")
            assert json.loads(await socket.recv())["message"] == "Internal server error"

    chat(visit)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"binary", 1003),
        ("x" * (32 * 1024 + 1), 1009),
        (["x" * 30_000] * 5, 1009),
    ],
)
def test_binary_and_too_large_messages_end_the_connection(chat: Callable[..., None], message: Any, code: int) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect(compression=None) as socket:
            await socket.send(message)
            assert await closed(socket) == code
        assert (await chat.event("DISCONNECT"))["requestContext"]["disconnectStatusCode"] == code

    chat(visit)


def test_a_message_in_frames_may_have_128_kb(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect(compression=None) as socket:
            await socket.send(["x" * 32 * 1024] * 4)
            assert str(await socket.recv()).startswith("$default: xxx")
        assert len((await chat.event("MESSAGE"))["body"]) == 128 * 1024

    chat(visit)


def test_boto3_finds_sends_to_and_ends_a_connection(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            connection_id = (await chat.event("CONNECT"))["requestContext"]["connectionId"]
            found = await chat.api("get_connection", ConnectionId=connection_id)
            assert found["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": found["Identity"]["UserAgent"]}
            assert found["LastActiveAt"] >= found["ConnectedAt"]
            await chat.api("post_to_connection", ConnectionId=connection_id, Data=b"one")
            await chat.api("post_to_connection", stage="/local", ConnectionId=connection_id, Data="två".encode())
            assert [await socket.recv(), await socket.recv()] == ["one", "två"]
            with pytest.raises(ClientError, match="PayloadTooLargeException"):
                await chat.api("post_to_connection", ConnectionId=connection_id, Data=b"x" * (128 * 1024 + 1))
            await chat.api("delete_connection", ConnectionId=connection_id)
            assert await closed(socket) == 1000
        calls: dict[str, dict[str, Any]] = {
            "get_connection": {},
            "delete_connection": {},
            "post_to_connection": {"Data": b""},
        }
        for operation, more in calls.items():
            with pytest.raises(ClientError) as caught:
                await chat.api(operation, ConnectionId=connection_id, **more)
            assert caught.value.response["Error"]["Code"] == "GoneException"
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410

    chat(visit)


def test_a_client_that_vanishes_is_disconnected(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            socket.transport.abort()
        assert (await chat.event("DISCONNECT"))["requestContext"]["disconnectStatusCode"] in (1005, 1006)

    chat(visit)


def test_a_client_that_vanishes_while_it_is_let_in_is_disconnected_too(chat: Callable[..., None]) -> None:
    async def visit(chat: Chat) -> None:
        with pytest.raises(TimeoutError):
            await chat.connect("?wait=1", open_timeout=0.5)
        assert (await chat.event("DISCONNECT"))["requestContext"]["disconnectStatusCode"] == 1006

    chat(visit)


def test_an_idle_connection_ends(chat: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "IDLE_S", 0.2)

    async def visit(chat: Chat) -> None:
        async with chat.connect() as socket:
            assert await closed(socket) == 1001

    chat(visit)
