"""Messages through a real broker while workers are killed and the broker is restarted: none is lost.

Effects are noted in a file by the handlers' processes, as a database would have them: a message that is handled twice
shows twice. That is allowed where something was killed, and printed.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aio_pika

from tests.serve.rabbitmq import Broker, until
from tight_tasks.manifest import Source
from tight_tasks.serve import Serve
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.amqp import AmqpSource
from tight_tasks.serve.sources.aws import Aws

COUNT = 1200
LIMIT_S = 240
# Every 40th message ends its process before, inside or after the effect, once; every 50th can never be handled.
HANDLER = """
import base64
import os
import pathlib

EFFECTS = pathlib.Path(os.environ["EFFECTS"])


def once(number, point):
    try:
        (EFFECTS.parent / f"died-{number}-{point}").touch(exist_ok=False)
    except FileExistsError:
        return
    os._exit(1)


def handler(event, context):
    (messages,) = event["rmqMessagesByQueue"].values()
    for message in messages:
        number = int(base64.b64decode(message["data"]))
        if number % 50 == 7:
            raise ValueError(f"{number} can't be handled")
        point = ("before", "inside", "after")[number // 40 % 3] if number % 40 == 0 else None
        if point == "before":
            once(number, point)
        file = os.open(EFFECTS, os.O_WRONLY | os.O_APPEND)
        if point == "inside":
            once(number, point)
        os.write(file, f"{number}\\n".encode())
        os.close(file)
        if point == "after":
            once(number, point)
"""


async def _publish(broker: Broker, queue: str) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("amq.topic")
        for start in range(0, COUNT, 100):
            await asyncio.gather(
                *(
                    exchange.publish(aio_pika.Message(str(number).encode(), delivery_mode=2), queue)
                    for number in range(start, start + 100)
                )
            )


async def _left_in(broker: Broker, queue: str) -> list[int]:
    found = []
    async with await aio_pika.connect(broker.url) as connection:
        waiting = await (await connection.channel()).get_queue(queue)
        while (message := await waiting.get(fail=False)) is not None:
            await message.ack()
            found.append(int(message.body))
    return found


async def _until_empty(broker: Broker, queue: str, feed: AmqpSource) -> None:
    """Until three looks in a row find nothing in the queue and nothing in hand."""
    quiet = 0
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        for _ in range(LIMIT_S * 5):
            waiting = (await channel.declare_queue(queue, passive=True)).declaration_result.message_count
            quiet = 0 if waiting or feed.status()["running"] else quiet + 1
            if quiet == 3:
                return
            await asyncio.sleep(0.2)
    raise AssertionError("messages are left")


def test_no_message_is_lost_where_workers_are_killed_and_the_broker_restarts(
    broker: Broker, make_app: Callable[..., Path], tmp_path: Path
) -> None:
    effects = tmp_path / "effects.txt"
    effects.touch()
    unfit = {number for number in range(COUNT) if number % 50 == 7}
    queue = "losses"
    arguments: dict[str, Any] = {
        "queue": queue,
        "routing_key": queue,
        "exchange": "amq.topic",
        "competing": True,
        "prefetch": 20,
        "retries": 3,
        "dead_letter": "losses-dead",
    }
    declared = Source(kind="amqp", function="handler", place="handler.py:1", **arguments)

    def done() -> list[int]:
        return [int(line) for line in effects.read_text(encoding="utf-8").split()]

    def reached(count: int) -> bool:
        return len(set(done())) >= count

    async def visit(serve: Serve) -> None:
        async def invoke(function: str, payload: bytes) -> Outcome:
            return await serve.invoke(function, json.loads(payload))

        known = Aws(serve.project, {"AMQP_URL": broker.url})
        feed = AmqpSource(declared, "orders", invoke, known, retry_s=[0.02])
        await feed.start()
        await until(lambda: feed.problem is None)
        await _publish(broker, queue)
        for count in (COUNT // 5, COUNT // 2):
            await until(partial(reached, count), LIMIT_S)
            # Not killed: RabbitMQ 3.10 then finds no leader for a quorum queue now and then, until it is started again.
            await asyncio.to_thread(broker.stop)
            await asyncio.to_thread(broker.start)
        await until(lambda: reached(COUNT - len(unfit)), LIMIT_S)
        await _until_empty(broker, queue, feed)
        await feed.stop()

    async def serving() -> None:
        app = make_app("functions:\n  orders: {concurrency: 2}\n", orders=HANDLER)
        async with Serve(app, variables={"EFFECTS": str(effects)}) as serve:
            await visit(serve)

    asyncio.run(asyncio.wait_for(serving(), LIMIT_S))
    times = Counter(done())
    deaths = sorted(path.name for path in tmp_path.glob("died-*"))
    dead = Counter(asyncio.run(_left_in(broker, "losses-dead")))
    print(f"{len(times)} handled, {sum(times.values()) - len(times)} of them again, {len(deaths)} workers killed")
    print(f"{len(dead)} dead letters, {sum(dead.values()) - len(dead)} of them again")
    assert set(times) == set(range(COUNT)) - unfit
    assert set(dead) == unfit
    assert asyncio.run(_left_in(broker, queue)) == []
    assert {name.rpartition("-")[2] for name in deaths} == {"before", "inside", "after"}
    assert len(deaths) == COUNT // 40
