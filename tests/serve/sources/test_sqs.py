"""Queues, in the embedded AWS."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.sources.conftest import NOTES, TAKES, Noted
from tight_tasks.errors import BadMapping, NoSource
from tight_tasks.serve import Serve
from tight_tasks.serve.chaos import Chaos
from tight_tasks.serve.sources.source import Source
from tight_tasks.serve.sources.sqs import record_of

MakeApp = Callable[..., Path]
Feed = Callable[..., Any]
Clients = Callable[[str, str], Any]

SECOND = "defaults: {timeout: 1}\n"


def send(queues: Any, name: str, *bodies: str, **more: Any) -> None:
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    for start in range(0, len(bodies), 10):
        some = enumerate(bodies[start : start + 10])
        queues.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(place), "MessageBody": body, **more} for place, body in some]
        )


def count(queues: Any, name: str) -> int:
    """Messages that are there, seen or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    found = queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


async def settled(what: Callable[[], bool], limit_s: float = 60) -> None:
    async def wait() -> None:
        while not await asyncio.to_thread(what):
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), limit_s)


def test_what_succeeded_is_deleted_and_what_failed_comes_again_until_it_is_dead(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", aws)
    declared = {"kind": "queue", "queue": "orders", "visibility": 1, "max_receives": 2, "dead_letter": "orders-dead"}

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(send, queues, "orders", "one", "fail", "two")
        await settled(lambda: count(queues, "orders-dead") == 1)
        return source.status()

    status = feed(make_app(SECOND, take=TAKES), aws, declared, visit)
    assert sorted(noted()) == [("failed", "fail"), ("failed", "fail"), ("took", "one"), ("took", "two")]
    assert (count(queues, "orders"), count(queues, "orders-dead")) == (0, 1)
    assert status == {
        "kind": "queue", "name": "orders", "function": "take", "problem": "",
        "delivered": 2, "failed": 2, "dead": 1, "filtered": 0,
    }  # fmt: skip
