"""A real broker through pika, awaited."""

import asyncio
from collections.abc import Awaitable, Callable

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ChannelWrongStateError, UnroutableError

from tests.serve.rabbitmq import Broker
from tight_tasks.serve.sources.amqp_client import Connection, Letter

LIMIT_S = 30
LETTER = Letter(None, pika.BasicProperties(delivery_mode=2), b"hello")


def run(url: str, visit: Callable[[Connection], Awaitable[None]]) -> None:
    async def visiting() -> None:
        closed = asyncio.Event()
        connection = await Connection.open(url, LIMIT_S, closed.set)
        try:
            await visit(connection)
        finally:
            await connection.close()
        assert closed.is_set()

    asyncio.run(asyncio.wait_for(visiting(), LIMIT_S))


def test_what_nobody_listens_to_is_the_systems_own_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(Connection.open("amqp://guest:guest@127.0.0.1:1/", LIMIT_S))


def test_what_the_broker_refuses_is_raised_and_closes_the_channel(broker: Broker) -> None:
    async def visit(connection: Connection) -> None:
        closed = asyncio.Event()
        channel = await connection.channel(closed.set)
        with pytest.raises(ChannelClosedByBroker, match="404"):
            await channel.ask("queue_declare", queue="client-nowhere", passive=True)
        assert closed.is_set()
        assert not channel.is_open
        with pytest.raises(ChannelWrongStateError):
            await channel.ask("queue_declare", queue="client-nowhere")

    run(broker.url, visit)


def test_a_message_is_with_the_broker_once_it_is_sent(broker: Broker) -> None:
    async def visit(connection: Connection) -> None:
        channel = await connection.channel()
        await channel.ask("queue_declare", queue="client-sent", durable=True)
        outbox = await connection.outbox("")
        await asyncio.gather(*(outbox.send("client-sent", LETTER) for _ in range(3)))

    run(broker.url, visit)
    assert broker.take_all("client-sent") == ["hello"] * 3


def test_a_message_that_no_queue_takes_is_an_error_and_the_next_is_sent(broker: Broker) -> None:
    async def visit(connection: Connection) -> None:
        channel = await connection.channel()
        await channel.ask("queue_declare", queue="client-next", durable=True)
        outbox = await connection.outbox("")
        with pytest.raises(UnroutableError):
            await outbox.send("client-nobody", LETTER)
        await outbox.send("client-next", LETTER)

    run(broker.url, visit)
    assert broker.take_all("client-next") == ["hello"]


def test_a_header_that_pika_can_not_write_goes_as_text(broker: Broker) -> None:
    headers = {"share": 0.5, "big": 2**63, "list": [1, {"deep": 1.5}], "count": 3}

    async def visit(connection: Connection) -> None:
        channel = await connection.channel()
        await channel.ask("queue_declare", queue="client-headers", durable=True)
        outbox = await connection.outbox("")
        await outbox.send("client-headers", LETTER._replace(properties=pika.BasicProperties(headers=headers)))
        came: asyncio.Future[Letter] = asyncio.get_running_loop().create_future()
        await channel.consume("client-headers", came.set_result)
        letter = await came
        channel.ack(letter)
        assert letter.properties.headers == {
            "share": "0.5",
            "big": "9223372036854775808",
            "list": [1, {"deep": "1.5"}],
            "count": 3,
        }

    run(broker.url, visit)


def test_a_queue_that_goes_closes_the_channel_of_its_consumer(broker: Broker) -> None:
    async def visit(connection: Connection) -> None:
        closed = asyncio.Event()
        channel, other = await connection.channel(closed.set), await connection.channel()
        await other.ask("queue_declare", queue="client-gone", durable=True)
        await channel.consume("client-gone", lambda _: None)
        await other.ask("queue_delete", queue="client-gone")
        await closed.wait()

    run(broker.url, visit)
