"""WebSockets of a host: of a WebSocket API, at paths, and with binary messages."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.serve.served import APP

CHAT = """
    from tight import log, reply, websocket

    @websocket.connect
    def enter(query):
        return "name" in query

    @websocket.message
    def shout(connection_id, message):
        reply(connection_id, message.upper())

    @websocket.disconnect
    def leave(status):
        log.info("left", status=status)

    @websocket.message("say", path="/chat/{room}")
    def say(connection_id, message, room):
        reply(connection_id, {"room": room, "text": message["text"]})

    @websocket.message(path="/chat/{room}")
    def turn(connection_id, body):
        reply(connection_id, bytes(reversed(body)))
"""


def test_a_host_answers_websockets_with_paths_and_binary_messages(host: Callable[..., Any]) -> None:
    async def talk(port: int) -> None:
        url = f"ws://127.0.0.1:{port}"
        async with connect(f"{url}?name=Ada", proxy=None) as socket:
            await socket.send("hello")
            assert await socket.recv() == "HELLO"
        async with connect(f"{url}/chat/tea%20room", proxy=None) as socket:
            await socket.send('{"action": "say", "text": "hello"}')
            assert await socket.recv() == '{"room":"tea room","text":"hello"}'
            await socket.send(b"\xff\x00")
            assert await socket.recv() == b"\x00\xff"
        for path in ("", "/elsewhere"):
            with pytest.raises(InvalidStatus, match="403"):
                await connect(f"{url}{path}", proxy=None)

    with host({"chat": CHAT}) as hosting:
        asyncio.run(asyncio.wait_for(talk(hosting.port), 60))
        assert hosting.line("left")["status"] == 1000
        assert hosting.ask("/@connections/any")[0] == 404  # only this machine may ask, at another port


def test_an_authorizer_is_asked_who_opens_a_websocket_at_a_path(host: Callable[..., Any]) -> None:
    check = """
        from tight import allow, authorizer, deny

        @authorizer
        def check(query):
            return allow("ada") if query.get("token") == "right" else deny()
    """
    rooms = """
        from tight import reply, websocket

        @websocket.message(path="/chat/{room}")
        def say(connection_id, principal_id, room):
            reply(connection_id, f"{principal_id} in {room}")
    """

    async def talk(port: int) -> None:
        url = f"ws://127.0.0.1:{port}/chat/tea"
        async with connect(f"{url}?token=right", proxy=None) as socket:
            await socket.send("hello")
            assert await socket.recv() == "ada in tea"
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url, proxy=None)

    with host(
        {"rooms": rooms, "check": check},
        files={"tight.yml": APP["tight.yml"] + "functions: {rooms: {authorizer: check}}\n"},
    ) as hosting:
        asyncio.run(asyncio.wait_for(talk(hosting.port), 60))


@pytest.mark.parametrize("path", ["", "/rooms"])
def test_a_proxy_in_front_has_told_who_opens_a_websocket(host: Callable[..., Any], path: str) -> None:
    rooms = """
        from tight import websocket

        @websocket.connect
        @websocket.connect(path="/rooms")
        def enter(headers):
            return (418 if headers["X-Forwarded-For"] == "203.0.113.7" else 400), "seen"
    """

    async def talk(port: int) -> None:
        with pytest.raises(InvalidStatus, match="418"):
            await connect(
                f"ws://127.0.0.1:{port}{path}", proxy=None, additional_headers={"X-Forwarded-For": "203.0.113.7"}
            )

    with host({"rooms": rooms}) as hosting:
        asyncio.run(asyncio.wait_for(talk(hosting.port), 60))


def test_a_reply_reaches_who_is_connected_to_another_worker(host: Callable[..., Any]) -> None:
    chat = """
        import os

        from tight import broadcast, reply, websocket

        @websocket.message("who")
        def who(connection_id):
            reply(connection_id, {"id": connection_id, "worker": os.getpid()})

        @websocket.message("tell")
        def tell(connection_id, message):
            gone = broadcast(message["ids"], "hello from " + str(os.getpid()))
            reply(connection_id, {"gone": gone})
    """

    async def talk(port: int) -> None:
        async with AsyncExitStack() as stack:
            by_worker: dict[int, tuple[ClientConnection, str]] = {}
            for _ in range(200):  # which worker takes a connection, nobody can say
                socket = await stack.enter_async_context(connect(f"ws://127.0.0.1:{port}", proxy=None))
                await socket.send('{"action": "who"}')
                told = json.loads(await socket.recv())
                by_worker.setdefault(told["worker"], (socket, told["id"]))
                if len(by_worker) == 2:
                    break
            (worker, (here, own)), (_, (there, other)) = by_worker.items()
            await here.send(json.dumps({"action": "tell", "ids": [own, "nobody", "nobody else", other]}))

            assert await there.recv() == f"hello from {worker}"
            assert await here.recv() == f"hello from {worker}"
            assert json.loads(await here.recv()) == {"gone": ["nobody", "nobody else"]}

    with host({"chat": chat}, workers=2) as hosting:
        asyncio.run(asyncio.wait_for(talk(hosting.port), 60))


def test_who_is_connected_is_told_of_the_end(host: Callable[..., Any]) -> None:
    async def talk(hosting: Any) -> int:
        async with connect(f"ws://127.0.0.1:{hosting.port}?name=Ada", proxy=None) as socket:
            hosting.end()
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    with host({"chat": CHAT}) as hosting:
        assert asyncio.run(asyncio.wait_for(talk(hosting), 60)) == 1012
        assert hosting.line("left")
        assert hosting.code() == 0
