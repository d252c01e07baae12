"""What is sent to clients of a WebSocket API, over API Gateway's wire."""

import asyncio
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest

from tight import aio, broadcast, reply
from tight.errors import NoConnections
from tight.events.connections import _endpoint
from tight.request import Invocation, current
from tight.testing.events import websocket_message_event

pytest.importorskip("boto3", reason="pip install boto3")
Load = Callable[..., Callable[[Any, object], Any]]


class Management(ThreadingHTTPServer):
    """API Gateway's management API, of which every connection but `gone` is there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        self.sent: list[tuple[str, bytes]] = []


class _Call(BaseHTTPRequestHandler):
    server: Management

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = unquote(self.path).rpartition("/@connections/")[2]
        self.server.sent.append((name, body))
        status, answer = (410, b"{}") if name == "gone" else (413, b"{}") if len(body) > 1000 else (200, b"")
        error = {410: "GoneException", 413: "PayloadTooLargeException"}.get(status)
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def management(shell: pytest.MonkeyPatch) -> Iterator[Management]:
    with Management() as server:
        shell.setenv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", server.endpoint)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_client_is_sent_text_bytes_or_json(management: Management) -> None:
    assert [reply("L0SM9cOF=", data) for data in ("text", b"bytes", {"a": "å"}, [1])] == [True] * 4
    assert management.sent == [
        ("L0SM9cOF=", b"text"),
        ("L0SM9cOF=", b"bytes"),
        ("L0SM9cOF=", b'{"a":"\\u00e5"}'),
        ("L0SM9cOF=", b"[1]"),
    ]


def test_async_code_awaits_what_is_sent(management: Management) -> None:
    async def send() -> "tuple[bool, list[str]]":
        return await aio.reply("c-1", "one"), await aio.broadcast(["c-1", "gone"], "two")

    assert asyncio.run(send()) == (True, ["gone"])
    assert management.sent == [("c-1", b"one"), ("c-1", b"two"), ("gone", b"two")]


def test_a_client_that_is_gone_is_no_error(management: Management) -> None:
    assert reply("gone", "text") is False


def test_several_clients_are_sent_to_and_those_that_are_gone_are_named(management: Management) -> None:
    assert broadcast(["a", "gone", "b"], {"n": 1}) == ["gone"]
    assert management.sent == [("a", b'{"n":1}'), ("gone", b'{"n":1}'), ("b", b'{"n":1}')]


def test_another_error_surfaces(management: Management) -> None:
    with pytest.raises(Exception, match="PayloadTooLargeException"):
        reply("a", "x" * 1001)


def test_without_an_api_to_send_to_it_says_what_to_give(shell: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoConnections, match=r"no WebSocket API is known here: .* or give endpoint=, such as https://"):
        reply("a", "text")


@pytest.mark.parametrize(
    ("domain", "region", "expected"),
    [
        (
            "a1.execute-api.eu-north-1.amazonaws.com",
            "eu-north-1",
            "https://a1.execute-api.eu-north-1.amazonaws.com/dev",
        ),
        ("chat.example.org", "eu-north-1", "https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com/dev"),
        ("chat.example.cn", "cn-north-1", "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/dev"),
    ],
)
def test_the_api_is_that_of_the_event(shell: pytest.MonkeyPatch, domain: str, region: str, expected: str) -> None:
    shell.setenv("AWS_REGION", region)
    event = websocket_message_event("hi")
    event["requestContext"]["domainName"] = domain
    before = current.set(Invocation(event, None))
    try:
        assert _endpoint() == expected
    finally:
        current.set(before)


def test_an_endpoint_that_is_given_is_used(management: Management, shell: pytest.MonkeyPatch) -> None:
    shell.delenv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI")

    assert reply("a", "text", endpoint=f"{management.endpoint}/dev") is True
    assert management.sent == [("a", b"text")]


def test_a_handler_replies_while_it_handles(load: Load, management: Management) -> None:
    handler = load("""
        from tight import reply, websocket

        @websocket.message("ping")
        def ping(connection_id):
            reply(connection_id, "pong")
    """)

    assert handler(websocket_message_event("x", "ping", "c-1"), None) == {"statusCode": 200}
    assert management.sent == [("c-1", b"pong")]
