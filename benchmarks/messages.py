"""How many messages a second `tight host` and tomodachi take from a queue that is full when they start.

SQS is ElasticMQ, AMQP is RabbitMQ, both on this machine. Each host has queues of its own, as it declares them.
"""

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import boto3

from benchmarks.errors import BenchmarkFailed, PeerMissing, ServerFailed
from benchmarks.hosts import HOST, OTHER, message_hosts
from benchmarks.peers import Peer
from benchmarks.report import Rates
from benchmarks.running import running
from tight_tasks.errors import TaskError
from tight_tasks.project import Project
from tight_tasks.services import elasticmq, rabbitmq
from tight_tasks.services.place import place_of
from tight_tasks.services.run import run_elasticmq, run_rabbitmq

AT_LEAST = 1.5
# Enough to take a second or more.
COUNTS = {"SQS": 2000, "AMQP": 5000}
_QUEUES = ("bench-tight", "bench-tomodachi")
_KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "eu-north-1"}
_LIMIT_S = 120.0


def messages(program: Path, folder: Path, rounds: int) -> Iterator[Rates]:
    """The services are installed and run in `folder`. Raises `BenchmarkFailed`."""
    with ExitStack() as stack:
        tallies = Path(stack.enter_context(TemporaryDirectory()))
        sqs, amqp = _services(stack, folder)
        variables = {
            "AMQP_PORT": str(urlsplit(amqp).port),
            "AMQP_URL": amqp,
            "AWS_ACCESS_KEY_ID": _KEYS["aws_access_key_id"],
            "AWS_ENDPOINT_URL_SQS": sqs,
            "AWS_SECRET_ACCESS_KEY": _KEYS["aws_secret_access_key"],
            "TALLIES": str(tallies),
        }
        for host in message_hosts(program, {**variables, "MESSAGES": "0"}):
            with running(host):  # each makes its queue of RabbitMQ
                time.sleep(2)
        kinds = (("SQS", "ElasticMQ", partial(_fill_sqs, sqs)), ("AMQP", "RabbitMQ", partial(_fill_amqp, amqp)))
        for kind, title, fill in kinds:
            hosts = message_hosts(program, {**variables, "MESSAGES": str(COUNTS[kind])})
            rates: dict[str, float] = {}
            for _ in range(rounds):
                for host, queue in zip(hosts, _QUEUES, strict=True):
                    fill(queue, COUNTS[kind])
                    rate = _rate(host, tallies / f"{kind}.json", COUNTS[kind])
                    rates[host.name] = max(rate, rates.get(host.name, 0.0))
            yield Rates(f"Messages per second, {kind} ({title})", rates, {OTHER: AT_LEAST})


def _services(stack: ExitStack, folder: Path) -> tuple[str, str]:
    """Their addresses. Raises `PeerMissing` where this machine lacks one."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HOST / "messages" / "tight" / "tight.yml", folder)
    project = Project.load(folder)
    place = place_of(folder, "elasticmq")
    try:
        if not elasticmq.is_installed(place.engine):
            elasticmq.install(place)
        for title, why_not in (("ElasticMQ", elasticmq.why_not(place.engine)), ("RabbitMQ", rabbitmq.why_not())):
            if why_not:
                raise PeerMissing(title, why_not)
        sqs, amqp = (stack.enter_context(run(project)) for run in (run_elasticmq, run_rabbitmq))
    except TaskError as error:
        raise BenchmarkFailed(str(error)) from error
    return sqs.endpoint, amqp.endpoint


def _fill_sqs(address: str, queue: str, count: int) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=address, **_KEYS)
    # A new one: what waited for messages of the old one may be gone, and would be given the first of them.
    with suppress(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    for start in range(0, count, 10):
        entries = [
            {"Id": str(number), "MessageBody": json.dumps({"Message": json.dumps({"number": number})})}
            for number in range(start, start + 10)
        ]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    sqs.close()


def _fill_amqp(address: str, queue: str, count: int) -> None:
    asyncio.run(_publish(address, queue, count))


async def _publish(address: str, queue: str, count: int) -> None:
    async with await aio_pika.connect(address) as connection:
        channel = await connection.channel()
        await (await channel.get_queue(queue, ensure=True)).purge()
        for start in range(0, count, 500):
            some = [
                aio_pika.Message(
                    json.dumps({"number": number}).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT
                )
                for number in range(start, start + 500)
            ]
            await asyncio.gather(*(channel.default_exchange.publish(each, queue) for each in some))


def _rate(host: Peer, tally: Path, count: int) -> float:
    """Messages per second from the first to the last that the host has counted."""
    tally.unlink(missing_ok=True)
    end = time.monotonic() + _LIMIT_S
    with running(host):
        while not tally.exists():
            if time.monotonic() > end:
                raise ServerFailed(host.name, f"{tally.stem}: not all of {count} messages came in {_LIMIT_S:.0f} s", "")
            time.sleep(0.1)
    told: dict[str, Any] = json.loads(tally.read_text(encoding="utf-8"))
    return count / float(told["seconds"])
