"""All that can happen to examples/events, brought about from outside, and what its handlers have done then."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import aio_pika
import boto3
from botocore.config import Config
from websockets.asyncio.client import connect

from tests.serve.calls import request

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "events"
LIMIT_S = 90
TEA = {"id": "o-1", "product": "tea", "count": 2}
CUP = {"id": "o-2", "product": "cup", "count": 1}
DUST = {"id": "o-3", "product": "moon dust", "count": 1}
# None of them is there twice, nor is any other.
EFFECTS = {
    "ada looked at /tea",
    "answered Tea?",
    "booked 7 of ada",
    "booked 8 of ada",
    "cleaned beat",
    "confirmed o-1",
    "confirmed o-2",
    "invoiced o-1 for tea",
    "left with 1000",
    "o-1 changed from 0 to 2",
    "o-2 changed from 0 to 1",
    "parcel p-1 sent",
    "picked o-1",
    "shrunk a cat.jpg of 3 bytes",
    "taken back p-2",
}


def example(folder: Path) -> Path:
    """A copy of it, with nothing that a run of its tests has left."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return folder


def make_tables(app: Path, variables: Mapping[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-west-2"}
    subprocess.run(
        [sys.executable, "-m", "tight.testing", "tables"],
        cwd=app,
        env={**kept, **keys, "NAME": "shop", "STAGE": "dev", **variables},
        check=True,
        capture_output=True,
        timeout=LIMIT_S,
    )


class Outside:
    """The app at `url` and the services that its `variables` name."""

    def __init__(self, url: str, variables: Mapping[str, str]) -> None:
        self.url = url
        self._variables = variables
        self._stack = ExitStack()

    def __enter__(self) -> "Outside":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def client(self, service: str) -> Any:
        own = self._variables.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        made = boto3.client(
            service,
            endpoint_url=own or self._variables["AWS_ENDPOINT_URL"],
            region_name="us-west-2",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # nobody's
            config=Config(retries={"max_attempts": 0}, proxies={}),
        )
        return self._stack.enter_context(closing(made))

    async def everything_happens(self) -> None:
        for order in (TEA, CUP):  # which the stream, the topic and its queue tell of
            placed = await request(self.url, "POST", "/orders", json.dumps(order).encode())
            assert (placed.status, placed.json) == (201, order)
        assert (await request(self.url, "GET", "/orders/o-1")).json == TEA
        await asyncio.to_thread(self._services_send)
        await self._broker_sends()
        await self._somebody_asks()

    def _services_send(self) -> None:
        sqs = self.client("sqs")
        picking = sqs.get_queue_url(QueueName="picking")["QueueUrl"]
        for order in (TEA, TEA, DUST):
            sqs.send_message(QueueUrl=picking, MessageBody=json.dumps(order))
        payments = sqs.get_queue_url(QueueName="payments.fifo")["QueueUrl"]
        for amount in (7, 8):
            text = json.dumps({"amount": amount})
            sqs.send_message(
                QueueUrl=payments, MessageBody=text, MessageGroupId="ada", MessageDeduplicationId=f"{amount}"
            )
        s3 = self.client("s3")
        for key in ("a cat.jpg", "a cat.txt"):
            s3.put_object(Bucket="photos", Key=key, Body=b"cat")
        entries = [
            {"Source": source, "DetailType": "Parcel returned", "Detail": json.dumps({"id": id_})}
            for source, id_ in (("thief", "p-1"), ("post", "p-2"))
        ]
        self.client("events").put_events(Entries=entries)
        self.client("kinesis").put_record(StreamName="clicks", Data=b'{"page": "/tea"}', PartitionKey="ada")

    async def _broker_sends(self) -> None:
        async with await aio_pika.connect(self._variables["AMQP_URL"]) as connection:
            exchange = await (await connection.channel(on_return_raises=True)).get_exchange("amq.topic")
            message = aio_pika.Message(b'{"id": "p-1"}', headers={"state": "sent"})
            await exchange.publish(message, "parcel.sent")

    async def _somebody_asks(self) -> None:
        async with connect(f"{self.url.replace('http', 'ws')}?name=Ada", proxy=None) as socket:
            await socket.send('{"action": "ask", "question": "Tea?"}')
            assert json.loads(await asyncio.wait_for(socket.recv(), LIMIT_S)) == {"answer": "Tea? We will see."}

    async def effects(self) -> tuple[set[str], list[str]]:
        """All of them, and the ids of the dead letters, once there are as many as there have to be."""
        tables, sqs = self.client("dynamodb"), self.client("sqs")
        dead = sqs.get_queue_url(QueueName="picking-dead")["QueueUrl"]
        found: set[str] = set()
        letters: list[str] = []
        for _ in range(LIMIT_S):
            items = (await asyncio.to_thread(tables.scan, TableName="shop-dev-effects"))["Items"]
            found = {item["id"]["S"] for item in items}
            received = await asyncio.to_thread(sqs.receive_message, QueueUrl=dead, WaitTimeSeconds=1)
            for message in received.get("Messages", ()):
                letters.append(json.loads(message["Body"])["id"])
                sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            if letters and len(found) >= len(EFFECTS):
                break
        return found, letters
