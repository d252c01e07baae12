"""docs/guides/from-tomodachi.md: its app and its tests, run as they stand, and hosted as a service."""

import asyncio
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import aio_pika
import pytest

import tight
from tests.host.conftest import Hosting
from tests.serve.rabbitmq import Broker
from tight import app, envelopes

GUIDE = (Path(__file__).parent.parent / "docs" / "guides" / "from-tomodachi.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
SETTINGS = "name: example\nregion: eu-north-1\nruntime: python3.13\narchitecture: arm64\n"


@pytest.fixture
def translated(tested_app: Any) -> Any:
    """The app that the guide makes, with its tests."""
    files = {found[1]: text for text in BLOCKS if (found := re.match(r"# (app/\S+)\n", text))}
    (tests,) = [text for text in BLOCKS if "\ndef test_" in text]
    tested_app.write({"tight.yml": SETTINGS, **files, "tests/test_translated.py": tests})
    return tested_app


def test_the_guides_tests_pass(translated: Any) -> None:
    assert "3 passed" in translated.passes()


def test_as_a_service_it_does_what_tomodachis_does(translated: Any, broker: Broker) -> None:
    hosting = Hosting(translated.folder, (), 1, {"AMQP_URL": broker.url, **keys()})
    try:
        hosting.wait()
        assert [answer(hosting, path) for path in ("/resource/1234", "/health", "/nothing/here")] == [
            (200, "text/plain", "id = 1234"),
            (200, "text/plain", "Healthy"),
            (404, "text/plain", "error 404"),
        ]
        assert asyncio.run(answered(broker.url, b'{"to": "friends"}')) == b'{"to":"friends"}'
        hosting.line("beat")
    finally:
        hosting.close()


def keys() -> dict[str, str]:
    return dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "local")


def answer(hosting: Hosting, path: str) -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", hosting.port, timeout=60)
    try:
        connection.request("GET", path)
        found = connection.getresponse()
        return found.status, str(found.getheader("content-type")).partition(";")[0], found.read().decode()
    finally:
        connection.close()


async def answered(url: str, body: bytes) -> bytes:
    """What comes to the topic example.response for a message to example.topic."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("amq.topic")
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, "example.response")
        await exchange.publish(aio_pika.Message(body), "example.topic")
        async with queue.iterator(timeout=60) as messages:
            async for message in messages:
                await message.ack()
                return message.body
    raise AssertionError("no message came")


def test_what_the_table_names_is_there() -> None:
    table = GUIDE.partition("## Old and new")[2]
    new = [row.split("|")[2] for row in table.splitlines() if row.startswith("| ")]
    named = {name for cell in new for found in re.findall(r"`@(\w+)|`(\w+)\(", cell) for name in found if name}
    homes = (tight, envelopes, app)

    assert {name for name in named if not any(hasattr(home, name) for home in homes)} == set()
