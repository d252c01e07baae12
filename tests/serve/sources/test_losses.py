"""10,000 messages through a queue, a topic and RabbitMQ, while environments and the broker are killed: none is lost.

An environment ends before, inside and after what the handler does, and between an effect and the record of it, at
messages that are drawn by a seed, once for each. A message may be delivered again for that, and is counted; its effect
under @idempotent is there once, but where a run ended between the effect and its record.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import aio_pika

from tests.serve.rabbitmq import Broker
from tests.serve.sources.test_sqs import count, drain
from tight_tasks.serve import Serve

COUNTS = {"queue": 4000, "topic": 3000, "amqp": 3000}
POINTS = ("before", "inside", "unrecorded", "after")
QUEUES = ("charges", "invoices")
KILLS, UNFIT = 2, 5  # at each point of each source; of each source
TABLE = "my-app-test-idempotency"
LIMIT_S = 600

WORK = """
import json
import os
import pathlib

from tight import idempotent

FOLDER = pathlib.Path(os.environ["FOLDER"])
FATES = json.loads((FOLDER / "fates.json").read_text())


def note(file, key):
    descriptor = os.open(FOLDER / file, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, f"{key}\\n".encode())
    os.close(descriptor)


def end(key, point):
    if FATES.get(key) == point:
        try:
            (FOLDER / f"ended-{key}").touch(exist_ok=False)
        except FileExistsError:
            return
        os._exit(1)


@idempotent(key="key")
def charge(key):
    if FATES.get(key) == "unfit":
        raise ValueError(f"{key} can't be charged")
    end(key, "inside")
    note("effects", key)
    end(key, "unrecorded")


def take(message):
    note("deliveries", message["key"])
    end(message["key"], "before")
    charge(message["key"])
    end(message["key"], "after")
"""
SOURCES = {
    "queue": 'queue("charges", batch=20, window=1, visibility=8, max_receives=5, dead_letter="charges-dead")',
    "topic": 'topic("ordered", queue="invoices")',
    "amqp": 'amqp("losses", prefetch=50, retries=4, dead_letter="losses-dead")',
}
HANDLER = """
from app import work
from tight import {kind}


@{source}
def take(message):
    work.take(message)
"""
SETTINGS = "defaults: {timeout: 6, concurrency: 2}\nfunctions:\n  queue: {concurrency: 4}\n"

Clients = Callable[[str, str], Any]


def test_of_10_000_messages_none_is_lost_and_the_dead_are_those_that_always_fail(
    broker: Broker, make_app: Callable[..., Path], aws: str, clients: Clients, tmp_path: Path
) -> None:
    keys = {kind: [f"{kind}-{number}" for number in range(count)] for kind, count in COUNTS.items()}
    fates = dict(chain.from_iterable(drawn(some) for some in keys.values()))
    unfit = {key for key, fate in fates.items() if fate == "unfit"}
    fit = set(chain.from_iterable(keys.values())) - unfit
    app = make_app(SETTINGS, **{kind: HANDLER.format(kind=kind, source=source) for kind, source in SOURCES.items()})
    (app / "app" / "work.py").write_text(WORK, encoding="utf-8")
    (tmp_path / "fates.json").write_text(json.dumps(fates), encoding="utf-8")
    for name in ("effects", "deliveries"):
        (tmp_path / name).touch()
    database = clients("dynamodb", aws)
    make_table(database)

    async def visit() -> tuple[list[str], list[str]]:
        async with Serve(
            app,
            variables={
                "AMQP_URL": broker.url,
                "AWS_ENDPOINT_URL_DYNAMODB": aws,
                "FOLDER": str(tmp_path),
                "NAME": "my-app",
                "STAGE": "test",
            },
        ) as serve:
            at = {service: clients(service, serve.embedded_aws) for service in ("sqs", "sns")}
            await until(lambda: not any(each["problem"] for each in serve._feeds.status()))
            await asyncio.to_thread(give_dead_letters, at["sqs"], "invoices", "invoices-dead")
            await asyncio.gather(
                asyncio.to_thread(send, at["sqs"], "charges", keys["queue"]),
                asyncio.to_thread(announce, at["sns"], "ordered", keys["topic"]),
                publish(broker, "losses", keys["amqp"]),
                kill_at(broker, lambda: " ".join(noted(tmp_path / "effects")).count("amqp") > COUNTS["amqp"] / 3),
            )
            await until(lambda: set(noted(tmp_path / "effects")) >= fit)
            await until(lambda: is_done(serve, at["sqs"]))
            left = [body for name in QUEUES for body in await asyncio.to_thread(drain, at["sqs"], name)]
            dead = [body for name in QUEUES for body in await asyncio.to_thread(drain, at["sqs"], f"{name}-dead")]
        left += broker.take_all("losses")
        return keys_in(left), keys_in(dead + broker.take_all("losses-dead"))

    left, dead = asyncio.run(asyncio.wait_for(visit(), LIMIT_S))
    effects, deliveries = Counter(noted(tmp_path / "effects")), Counter(noted(tmp_path / "deliveries"))
    again = {key for key, times in effects.items() if times > 1}
    ended = {path.name.removeprefix("ended-") for path in tmp_path.glob("ended-*")}
    print(f"{len(ended)} environments ended, the broker once")
    print(f"{sum(deliveries[key] - 1 for key in fit)} deliveries were repeats, {len(again)} effects")
    print(f"{len(set(dead))} dead letters, {len(dead) - len(set(dead))} of them again")

    assert ended == {key for key, fate in fates.items() if fate in POINTS}
    assert set(effects) == fit
    assert again == {key for key, fate in fates.items() if fate == "unrecorded"}
    assert states(database) == {"COMPLETED": len(fit), "INPROGRESS": len(unfit)}
    assert set(dead) == unfit
    assert left == []


def drawn(keys: list[str]) -> Iterator[tuple[str, str]]:
    """What befalls some of the messages of a source: the point at which their environment ends, or `unfit`."""
    wanted = [*POINTS * KILLS, *["unfit"] * UNFIT]
    dice = random.Random(8)  # noqa: S311  # the same messages in every run
    return zip(dice.sample(keys[: len(keys) // 2], len(wanted)), wanted, strict=True)


def make_table(database: Any) -> None:
    database.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )


def states(database: Any) -> Counter[str]:
    pages = database.get_paginator("scan").paginate(TableName=TABLE)
    return Counter(item["status"]["S"] for page in pages for item in page["Items"])


def give_dead_letters(queues: Any, name: str, dead: str) -> None:
    """What an account's own template says of the queue of a topic."""
    url = queues.create_queue(QueueName=dead)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    queues.set_queue_attributes(
        QueueUrl=queues.get_queue_url(QueueName=name)["QueueUrl"],
        Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "6"},
    )


def send(queues: Any, name: str, keys: list[str]) -> None:
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    for some in tens(keys):
        answer = queues.send_message_batch(
            QueueUrl=url, Entries=[{"Id": key, "MessageBody": json.dumps({"key": key})} for key in some]
        )
        assert len(answer["Successful"]) == len(some)


def announce(topics: Any, name: str, keys: list[str]) -> None:
    arn = topics.create_topic(Name=name)["TopicArn"]
    for some in tens(keys):
        answer = topics.publish_batch(
            TopicArn=arn,
            PublishBatchRequestEntries=[{"Id": key, "Message": json.dumps({"key": key})} for key in some],
        )
        assert len(answer["Successful"]) == len(some)


async def publish(broker: Broker, queue: str, keys: list[str]) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        exchange = await (await connection.channel(on_return_raises=True)).get_exchange("amq.topic")
        messages = [aio_pika.Message(json.dumps({"key": key}).encode(), delivery_mode=2) for key in keys]
        for start in range(0, len(messages), 100):
            await asyncio.gather(*(exchange.publish(each, queue) for each in messages[start : start + 100]))


async def kill_at(broker: Broker, condition: Callable[[], bool]) -> None:
    await until(condition)
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)


def is_done(serve: Serve, queues: Any) -> bool:
    """Whether every message has left its queue, and the dead are where they belong."""
    (rabbit,) = (each for each in serve._feeds.status() if each["kind"] == "amqp")
    return (
        rabbit["running"] == 0
        and rabbit["dead"] >= UNFIT
        and all(count(queues, name) == 0 for name in QUEUES)
        and all(count(queues, f"{name}-dead") >= UNFIT for name in QUEUES)
    )


async def until(condition: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(condition):  # noqa: ASYNC110  # it is asked of other processes
        await asyncio.sleep(0.2)


def noted(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def keys_in(bodies: Iterable[str]) -> list[str]:
    """Of messages that may be wrapped by a topic."""
    found = [json.loads(body) for body in bodies]
    return [json.loads(each["Message"])["key"] if "Message" in each else each["key"] for each in found]


def tens(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + 10] for start in range(0, len(keys), 10))
