"""The Lambda Runtime API on the wire."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from tight_tasks.serve.invocation import Invocation, Outcome
from tight_tasks.serve.runtime_api import RuntimeApi

INVOCATION = Invocation(
    payload=b'{"a": 1}',
    timeout_s=3.0,
    function_arn="arn:aws:lambda:x",
    trace_id="Root=1-2",
    request_id="r-1",
)


class Client:
    """A runtime client of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def call(
        self, method: str, path: str, body: bytes = b"", header: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        await self.send(method, path, body, header)
        return await self.answer()

    async def send(self, method: str, path: str, body: bytes = b"", header: str = "") -> None:
        head = f"{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: x\r\n{header}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        await self._writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(head[0].split(" ")[1]), headers, body


def talk(conversation: Callable[[RuntimeApi, Client], Awaitable[None]]) -> None:
    async def run() -> None:
        api = RuntimeApi()
        await api.start()
        host, port = api.address.split(":")
        assert host == "127.0.0.1"
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            await conversation(api, Client(reader, writer))
        finally:
            writer.close()
            await api.close()

    asyncio.run(asyncio.wait_for(run(), 20))


def test_the_next_invocation_carries_lambdas_headers() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        pending = api.invoke(INVOCATION)
        status, headers, body = await client.call("GET", "invocation/next")

        assert (status, body) == (200, b'{"a": 1}')
        deadline_ms = int(headers.pop("lambda-runtime-deadline-ms"))
        assert 2_000 < deadline_ms - time.time() * 1000 <= 3_000
        assert headers == {
            "content-type": "application/json",
            "content-length": "8",
            "lambda-runtime-aws-request-id": "r-1",
            "lambda-runtime-invoked-function-arn": "arn:aws:lambda:x",
            "lambda-runtime-trace-id": "root=1-2",
        }
        assert (await client.call("POST", "invocation/r-1/response", b"42"))[0] == 202
        assert await pending == Outcome(b"42")

    talk(conversation)


def test_a_client_that_asks_first_waits_for_the_invocation() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        await client.send("GET", "invocation/next")
        pending = api.invoke(INVOCATION)
        assert (await client.answer())[0] == 200
        await client.call("POST", "invocation/r-1/error", b'{"errorType": "E"}')
        assert await pending == Outcome(b'{"errorType": "E"}', is_error=True)

    talk(conversation)


def test_an_answer_to_another_request_is_refused() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        pending = api.invoke(INVOCATION)
        assert (await client.call("POST", "invocation/r-1/response", b"too early"))[0] == 400
        await client.call("GET", "invocation/next")
        status, _, body = await client.call("POST", "invocation/r-2/response", b"41")
        assert (status, json.loads(body)["errorType"]) == (400, "InvalidRequestID")
        await client.call("POST", "invocation/r-1/response", b"42")
        assert (await client.call("POST", "invocation/r-1/response", b"43"))[0] == 400
        assert await pending == Outcome(b"42")

    talk(conversation)


def test_an_init_error_is_the_outcome_of_every_invocation() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        assert (await client.call("POST", "init/error", b'{"errorType": "E"}'))[0] == 202
        assert await api.invoke(INVOCATION) == Outcome(b'{"errorType": "E"}', is_error=True, ended=True)

    talk(conversation)


def test_a_large_answer_that_expects_to_be_told_to_go_on_is_taken_whole() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        pending = api.invoke(INVOCATION)
        await client.call("GET", "invocation/next")
        answer = b'"' + b"x" * 3_000_000 + b'"'
        await client.send("POST", "invocation/r-1/response", answer, "Expect: 100-continue\r\n")
        assert (await client.answer())[0] == 100
        assert (await client.answer())[0] == 202
        assert (await pending).payload == answer

    talk(conversation)


def test_an_unknown_path_is_not_found() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        assert (await client.call("GET", "invocation/other"))[0] == 404

    talk(conversation)


def test_what_is_no_http_ends_the_connection_alone() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        host, port = api.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x00\x01 nonsense\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
        writer.close()
        assert (await client.call("GET", "other"))[0] == 404

    talk(conversation)


def test_an_invocation_waits_for_the_next_connection_when_the_idle_one_is_gone() -> None:
    async def conversation(api: RuntimeApi, client: Client) -> None:
        host, port = api.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        gone = Client(reader, writer)
        await gone.send("GET", "invocation/next")
        await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.05)
        pending = api.invoke(INVOCATION)
        assert (await client.call("GET", "invocation/next"))[2] == b'{"a": 1}'
        await client.call("POST", "invocation/r-1/response", b"42")
        assert await pending == Outcome(b"42")

    talk(conversation)
