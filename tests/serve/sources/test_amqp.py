"""Messages through a real broker: what functions are given, what is tried again, and what becomes a dead letter."""

import asyncio
import base64
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import pytest

from tests.serve.rabbitmq import Broker, until
from tight_tasks.errors import BadMapping
from tight_tasks.manifest import Source
from tight_tasks.project import Project
from tight_tasks.serve.errors import Throttled
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.amqp import AmqpSource
from tight_tasks.serve.sources.aws import Aws

OK = Outcome(b"null")
FAILED = Outcome(b'{"errorType": "OutOfStock", "errorMessage": "no"}', is_error=True)
LIMIT_S = 60
Answer = Callable[[dict[str, Any]], Awaitable[Outcome]]


def declared(**arguments: Any) -> Source:
    name = arguments.setdefault("queue", f"orders-{uuid4().hex}")
    said = {"routing_key": name, "exchange": "amq.topic", "competing": True, "prefetch": 10, "retries": 5}
    return Source(kind="amqp", function="take", place="handler.py:1", **{**said, "dead_letter": None, **arguments})


def source(broker: Broker, answer: Answer, **arguments: Any) -> AmqpSource:
    async def invoke(function: str, payload: bytes) -> Outcome:
        assert function == "orders"
        return await answer(json.loads(payload))

    return AmqpSource(declared(**arguments), "orders", invoke, surroundings(broker.url), retry_s=[0.01])


def surroundings(url: str) -> Aws:
    project = Project(root=Path(), name="shop", runtime="python3.13", architecture="arm64", region="eu-north-1")
    return Aws(project, {"AMQP_URL": url})


def messages_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for messages in event["rmqMessagesByQueue"].values() for message in messages]


def data_of(event: dict[str, Any]) -> str:
    return base64.b64decode(messages_of(event)[0]["data"]).decode()


async def publish(broker: Broker, key: str, *bodies: str, exchange: str = "amq.topic", **properties: Any) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel(on_return_raises=True)
        target = await channel.get_exchange(exchange)
        for body in bodies:
            message = aio_pika.Message(body.encode(), delivery_mode=2, **properties)
            await target.publish(message, key, mandatory=True)


def run(visit: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(visit(), LIMIT_S))


def test_a_function_is_given_lambdas_event_with_exchange_and_routing_key(broker: Broker) -> None:
    async def visit() -> None:
        events: list[dict[str, Any]] = []

        async def answer(event: dict[str, Any]) -> Outcome:
            events.append(event)
            return OK

        feed = source(broker, answer, queue="shown", routing_key="order.*", exchange="shop")
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(
            broker,
            "order.created",
            '{"id": 1}',
            exchange="shop",
            content_type="application/json",
            headers={"trace": "abc", "count": 3},
            message_id="m-1",
            timestamp=1700000000,
        )
        await until(lambda: events)
        await feed.stop()
        assert events == [
            {
                "eventSource": "aws:rmq",
                "eventSourceArn": "arn:aws:mq:eu-north-1:123456789012:broker:rabbitmq:"
                "b-00000000-0000-0000-0000-000000000000",
                "rmqMessagesByQueue": {
                    "shown::/": [
                        {
                            "basicProperties": {
                                "contentType": "application/json",
                                "contentEncoding": None,
                                "headers": {"trace": {"bytes": [97, 98, 99]}, "count": 3},
                                "deliveryMode": 2,
                                "priority": 0,
                                "correlationId": None,
                                "replyTo": None,
                                "expiration": None,
                                "messageId": "m-1",
                                "timestamp": "Nov 14, 2023, 10:13:20 PM",
                                "type": None,
                                "userId": None,
                                "appId": None,
                                "clusterId": None,
                                "bodySize": 9,
                            },
                            "redelivered": False,
                            "data": "eyJpZCI6IDF9",
                            "exchange": "shop",
                            "routingKey": "order.created",
                        }
                    ]
                },
            }
        ]
        assert feed.status()["problem"] is None
        assert feed.status()["delivered"] == 1

    run(visit)


def test_what_fails_is_tried_again_and_then_a_dead_letter(broker: Broker) -> None:
    async def visit() -> None:
        tries: list[str] = []

        async def answer(event: dict[str, Any]) -> Outcome:
            tries.append(data_of(event))
            worn = data_of(event) == "later" and tries.count("later") == 3
            return OK if worn or data_of(event) == "good" else FAILED

        feed = source(broker, answer, queue="tried", routing_key="tried", retries=2, dead_letter="tried-dead")
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(broker, "tried", "good")
        await publish(broker, "tried", "later", "bad", headers={"trace": "abc"})
        await until(lambda: len(tries) == 7 and feed.counts.dead == 1)
        await feed.stop()
        assert {each: tries.count(each) for each in tries} == {"good": 1, "later": 3, "bad": 3}
        async with await aio_pika.connect(broker.url) as connection:
            dead = await (await (await connection.channel()).get_queue("tried-dead")).get()
            await dead.ack()
        assert (dead.body, dead.routing_key) == (b"bad", "tried")
        dead.headers.pop("x-delivery-count", None)  # the broker's own
        assert dict(dead.headers) == {
            "trace": "abc",
            "x-tight-queue": "tried",
            "x-tight-exchange": "amq.topic",
            "x-tight-routing-key": "tried",
            "x-tight-error": "OutOfStock",
            "x-tight-tries": 3,
        }
        assert broker.take_all("tried") == broker.take_all("tried-dead") == []

    run(visit)


def test_a_wait_for_a_free_environment_is_no_failure(broker: Broker) -> None:
    async def visit() -> None:
        asked = 0

        async def answer(event: dict[str, Any]) -> Outcome:
            nonlocal asked
            asked += 1
            if asked < 4:
                raise Throttled("orders", 1, 0)
            return OK

        feed = source(broker, answer, queue="busy", routing_key="busy", retries=0, dead_letter="busy-dead")
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(broker, "busy", "one")
        await until(lambda: asked == 4)
        await feed.stop()
        assert broker.take_all("busy-dead") == []
        assert feed.status()["failed"] == 0

    run(visit)


def test_instances_compete_for_messages_or_each_gets_all(broker: Broker) -> None:
    async def visit() -> None:
        got: dict[str, list[str]] = {"a": [], "b": [], "c": [], "d": []}

        def note(name: str) -> Answer:
            async def answer(event: dict[str, Any]) -> Outcome:
                got[name].append(data_of(event))
                return OK

            return answer

        feeds = [
            source(broker, note("a"), queue="shared", routing_key="news", prefetch=1),
            source(broker, note("b"), queue="shared", routing_key="news", prefetch=1),
            source(broker, note("c"), queue="own", routing_key="news", competing=False),
            source(broker, note("d"), queue="own", routing_key="news", competing=False),
        ]
        for feed in feeds:
            await feed.start()
        await until(lambda: all(feed.problem is None for feed in feeds))
        sent = [str(number) for number in range(20)]
        await publish(broker, "news", *sent)
        await until(lambda: sum(map(len, got.values())) == 60)
        for feed in feeds:
            await feed.stop()
        assert sorted(got["a"] + got["b"], key=int) == got["c"] == got["d"] == sent

    run(visit)


def test_at_most_prefetch_messages_are_in_hand(broker: Broker) -> None:
    async def visit() -> None:
        most = now = done = 0

        async def answer(event: dict[str, Any]) -> Outcome:
            nonlocal most, now, done
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1
            done += 1
            return OK

        feed = source(broker, answer, queue="few", routing_key="few", prefetch=3)
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(broker, "few", *map(str, range(30)))
        await until(lambda: done == 30)
        await feed.stop()
        assert most == 3

    run(visit)


def test_what_is_in_hand_at_the_end_goes_back_to_the_queue(broker: Broker) -> None:
    async def visit() -> None:
        begun = asyncio.Event()

        async def answer(event: dict[str, Any]) -> Outcome:
            if data_of(event) == "quick":
                return OK
            begun.set()
            if data_of(event) == "fails":
                return FAILED
            await asyncio.sleep(LIMIT_S)
            raise AssertionError

        feed = source(broker, answer, queue="given-back", routing_key="given-back")
        feed._retry_s = (LIMIT_S,)
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(broker, "given-back", "quick", "slow", "fails")
        await until(lambda: feed.counts.failed == 1)
        await feed.stop(0.1)
        assert sorted(broker.take_all("given-back")) == ["fails", "slow"]

    run(visit)


def test_what_the_broker_has_is_used_as_it_is(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    async def visit() -> None:
        async with await aio_pika.connect(broker.url) as connection:
            channel = await connection.channel()
            await channel.declare_exchange("theirs", "direct", durable=True)
            await channel.declare_queue("theirs", durable=True)
        got: list[str] = []

        async def answer(event: dict[str, Any]) -> Outcome:
            got.append(data_of(event))
            return OK

        feed = source(broker, answer, queue="theirs", routing_key="key", exchange="theirs")
        await feed.start()
        await until(lambda: feed.problem is None)
        await publish(broker, "key", "one", exchange="theirs")
        await until(lambda: got)
        await feed.stop()
        assert got == ["one"]

    run(visit)
    assert "theirs is used as the broker has it" in caplog.text


def test_a_queue_that_was_deleted_is_made_again(broker: Broker) -> None:
    async def visit() -> None:
        got: list[str] = []

        async def answer(event: dict[str, Any]) -> Outcome:
            got.append(data_of(event))
            return OK

        feed = source(broker, answer, queue="deleted", routing_key="deleted")
        await feed.start()
        await until(lambda: feed.problem is None)
        async with await aio_pika.connect(broker.url) as connection:
            await (await connection.channel()).queue_delete("deleted")
        for _ in range(LIMIT_S * 10):
            try:
                await publish(broker, "deleted", "one")
                break
            except aio_pika.exceptions.PublishError:
                await asyncio.sleep(0.1)
        await until(lambda: got)
        await feed.stop()

    run(visit)


def test_a_dead_letter_that_nobody_keeps_stays_in_hand(broker: Broker) -> None:
    async def visit() -> None:
        async def answer(event: dict[str, Any]) -> Outcome:
            return FAILED

        feed = source(broker, answer, queue="kept", routing_key="kept", retries=0, dead_letter="kept-dead")
        await feed.start()
        await until(lambda: feed.problem is None)
        async with await aio_pika.connect(broker.url) as connection:
            await (await connection.channel()).queue_delete("kept-dead")
        await publish(broker, "kept", "one")
        await until(lambda: "stays in hand" in (feed.problem or ""))
        await feed.stop()
        assert feed.counts.dead == 0
        assert broker.take_all("kept") == ["one"]

    run(visit)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:5672",
        "guest:secret@127.0.0.1",
        "http://guest:secret@127.0.0.1/",
        "amqp://guest:secret@127.0.0.1:port/",
        "amqp://guest:secret/7@127.0.0.1:5672/",  # a / that is not %2F: the host is guest then, the port a password
        "amqp://guest:secret@[::1:5672/",
    ],
)
def test_what_is_no_address_of_a_broker_is_refused_without_its_password(url: str) -> None:
    async def invoke(function: str, payload: bytes) -> Outcome:
        raise AssertionError

    with pytest.raises(BadMapping, match=r"^amqp orders: AMQP_URL is no address of a broker: write amqp://") as caught:
        AmqpSource(declared(queue="orders"), "orders", invoke, surroundings(url))
    assert "secret" not in str(caught.value)


def test_no_broker_is_a_problem_that_names_no_password() -> None:
    async def visit() -> None:
        async def invoke(function: str, payload: bytes) -> Outcome:
            raise AssertionError

        feed = AmqpSource(declared(), "orders", invoke, surroundings("amqp://guest:secret@127.0.0.1:1/shop"))
        await feed.start()
        await until(lambda: "127.0.0.1:1/shop" in (feed.problem or ""))
        await feed.stop()
        assert "secret" not in (feed.problem or "")

    run(visit)


def test_a_broker_that_says_nothing_is_a_problem_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tight_tasks.serve.sources.amqp._CONNECT_S", 0.2)

    async def visit() -> None:
        async def invoke(function: str, payload: bytes) -> Outcome:
            raise AssertionError

        with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes a connection, and nobody answers
            address = f"127.0.0.1:{silent.getsockname()[1]}/"
            feed = AmqpSource(declared(), "orders", invoke, surroundings(f"amqp://{address}"))
            await feed.start()
            await feed.stop()
        assert feed.problem == f"amqp://{address}: TimeoutError"

    run(visit)
