"""Queues: in the embedded AWS and in ElasticMQ."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.serve.sources.conftest import NOTES, TAKES, Noted
from tight_tasks.dynamo.process import started, told
from tight_tasks.errors import BadMapping, NoSource
from tight_tasks.serve import Serve
from tight_tasks.serve.chaos import Chaos
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.source import Source
from tight_tasks.serve.sources.sqs import record_of
from tight_tasks.services.ports import free_port

MakeApp = Callable[..., Path]
Feed = Callable[..., Any]
Clients = Callable[[str, str], Any]

SECOND = "defaults: {timeout: 1}\n"


def send(queues: Any, name: str, *bodies: str, group: str = "") -> None:
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    more = {"MessageGroupId": group} if group else {}
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


def drain(queues: Any, name: str) -> list[str]:
    """The bodies of a queue that nobody else reads, in their order of letters."""
    url, bodies = queues.get_queue_url(QueueName=name)["QueueUrl"], []
    while found := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages"):
        for each in found:
            bodies.append(each["Body"])
            queues.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return sorted(bodies)


async def until(what: Callable[[], bool], limit_s: float = 90) -> None:
    async def wait() -> None:
        while not await asyncio.to_thread(what):  # noqa: ASYNC110  # it is asked of another process
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), limit_s)


def test_what_succeeded_is_deleted_and_what_failed_comes_again_until_it_is_dead(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", sqs)
    declared = {"kind": "queue", "queue": "orders", "visibility": 1, "max_receives": 2, "dead_letter": "orders-dead"}

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(send, queues, "orders", "one", "fail", "two")
        await until(lambda: count(queues, "orders-dead") == 1)
        return source.status()

    status = feed(make_app(SECOND, take=TAKES), sqs, declared, visit)
    assert sorted(noted()) == [("failed", "fail"), ("failed", "fail"), ("took", "one"), ("took", "two")]
    assert (count(queues, "orders"), drain(queues, "orders-dead")) == (0, ["fail"])
    assert status == {
        "kind": "queue", "name": "orders", "function": "take", "problem": "",
        "delivered": 2, "failed": 2, "dead": 1, "filtered": 0,
    }  # fmt: skip


def test_of_300_messages_none_is_lost_to_killed_environments_and_the_dead_are_those_that_always_fail(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", sqs)
    good, bad = [f"order {number}" for number in range(297)], ["fail 1", "fail 2", "fail 3"]
    declared = {"kind": "queue", "queue": "many", "visibility": 2, "max_receives": 7, "dead_letter": "many-dead"}
    killed: list[str] = []

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(send, queues, "many", *good[:150], *bad, *good[150:])
        await until(lambda: count(queues, "many") == 0)

    app = make_app("defaults: {timeout: 2, concurrency: 2}\n", take=TAKES)
    chaos = Chaos({"kill": 0.2}, seed=5, log=killed.append, longest_s=0.01)
    feed(app, sqs, declared, visit, chaos=chaos)
    effects = Counter(body for what, body in noted() if what == "took")
    assert effects.keys() == set(good)
    assert drain(queues, "many-dead") == bad
    assert killed


def test_groups_of_a_fifo_queue_keep_their_order_though_messages_fail(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", sqs)
    stops_at_failures = (
        NOTES
        + """
def handler(event, context):
    failed, stopped = [], set()
    for record in event["Records"]:
        group, first = record["attributes"]["MessageGroupId"], record["attributes"]["ApproximateReceiveCount"] == "1"
        if group in stopped or "twice" in record["body"] and first:
            stopped.add(group)
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            note(group, record["body"])
    return {"batchItemFailures": failed}
"""
    )

    async def visit(serve: Serve, source: Source) -> Any:
        bodies = ["0", "1 twice", "2", "3", "4 twice", "5"]
        await asyncio.to_thread(send, queues, "steps.fifo", *[f"a{body}" for body in bodies], group="a")
        await asyncio.to_thread(send, queues, "steps.fifo", *[f"b{body}" for body in bodies], group="b")
        await noted.until(lambda all_of: len(all_of) >= 12)

    app = make_app("defaults: {timeout: 1, concurrency: 2}\n", take=stops_at_failures)
    feed(app, sqs, {"kind": "queue", "queue": "steps", "fifo": True, "visibility": 1}, visit)
    steps = noted()
    for group in ("a", "b"):
        assert [body[1] for of, body in steps if of == group] == ["0", "1", "2", "3", "4", "5"]


def test_a_window_gathers_more_than_one_receive_gives(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", sqs)
    counts = NOTES + "\ndef handler(event, context):\n    note(len(event['Records']))\n"

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(send, queues, "gathered", *map(str, range(25)))
        await noted.until(lambda all_of: sum(number for (number,) in all_of) == 25)

    feed(make_app(SECOND, take=counts), sqs, {"kind": "queue", "queue": "gathered", "batch": 25, "window": 2}, visit)
    assert max(number for (number,) in noted()) > 10


def test_what_a_filter_does_not_want_is_deleted(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", aws)
    wanted = {"body": {"size": [{"numeric": [">", 3]}], "kind": ["order"]}}

    async def visit(serve: Serve, source: Source) -> Any:
        bodies = ('{"size": 2, "kind": "order"}', '{"size": 4, "kind": "order"}', "plain", '{"size": 5}')
        await asyncio.to_thread(send, queues, "sized", *bodies)
        await until(lambda: count(queues, "sized") == 0)
        return source.status()

    status = feed(make_app(take=TAKES), aws, {"kind": "queue", "queue": "sized", "filter": wanted}, visit)
    assert noted() == [("took", '{"size": 4, "kind": "order"}')]
    assert (status["delivered"], status["filtered"]) == (1, 3)


def test_when_it_stops_what_runs_comes_to_its_end_and_the_rest_is_given_back_at_once(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients, noted: Noted
) -> None:
    queues = clients("sqs", sqs)
    slow = (
        NOTES
        + "\nimport time\n\ndef handler(event, context):\n    note('began')\n    time.sleep(1)\n    note('ended')\n"
    )

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(send, queues, "left", *map(str, range(5)))
        await noted.until(lambda all_of: ("began",) in all_of)

    feed(make_app(take=slow), sqs, {"kind": "queue", "queue": "left", "batch": 1}, visit)
    assert noted() == [("began",), ("ended",)]
    assert len(drain(queues, "left")) == 4


def test_a_service_that_goes_away_is_told_of_and_used_again_when_it_is_back(
    make_app: MakeApp, feed: Feed, clients: Clients, noted: Noted, tmp_path: Path
) -> None:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    queues = clients("sqs", endpoint)
    command = [sys.executable, "-m", "tight.testing", "serve", str(port)]

    def running() -> AbstractContextManager[object]:
        output = tmp_path / "aws.log"
        return started(command, output, lambda: endpoint in told(output), "The embedded AWS")

    async def visit(serve: Serve, source: Source) -> list[str]:
        problems = []
        try:
            await asyncio.to_thread(send, queues, "back", "first")
            await noted.until(lambda all_of: len(all_of) == 1)
        finally:
            await asyncio.to_thread(first.close)
        await until(lambda: source.status()["problem"] != "")
        problems.append(source.status()["problem"])
        with running():  # it is empty, as it kept all in memory
            await until(lambda: source.status()["problem"] == "")
            await asyncio.to_thread(send, queues, "back", "second")
            await noted.until(lambda all_of: len(all_of) == 2)
        return problems

    with ExitStack() as first:
        first.enter_context(running())
        (problem,) = feed(make_app(take=TAKES), endpoint, {"kind": "queue", "queue": "back"}, visit)
    assert endpoint in problem
    assert noted() == [("took", "first"), ("took", "second")]


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"batch": 11}, "a batch of more than 10 messages needs a window of a second"),
        ({"fifo": True, "window": 1}, "a batch of a FIFO queue is at most 10 messages, without a window"),
        ({"visibility": 0}, "its visibility timeout of 0 s is less than the function's 10 s"),
        ({"visibility": 5}, "its visibility timeout of 5 s is less than the function's 10 s, which Lambda refuses"),
    ],
)
def test_what_lambda_refuses_is_refused(
    make_app: MakeApp, feed: Feed, aws: str, declared: dict[str, Any], problem: str
) -> None:
    async def visit(serve: Serve, source: Source) -> None:
        raise AssertionError("it was not refused")

    with pytest.raises(BadMapping, match=problem):
        feed(make_app(take=TAKES), aws, {"kind": "queue", "queue": "refused", **declared}, visit)


def test_a_dead_letter_queue_that_is_there_keeps_its_own_settings(
    make_app: MakeApp, feed: Feed, sqs: str, clients: Clients
) -> None:
    queues = clients("sqs", sqs)
    url = queues.create_queue(QueueName="own-dead", Attributes={"VisibilityTimeout": "77"})["QueueUrl"]

    async def visit(serve: Serve, source: Source) -> None:
        pass

    feed(make_app(take=TAKES), sqs, {"kind": "queue", "queue": "own", "dead_letter": "own-dead"}, visit)
    told = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert told == {"VisibilityTimeout": "77"}
    url = queues.get_queue_url(QueueName="own")["QueueUrl"]
    told = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["VisibilityTimeout"] == "60"  # six times the function's ten seconds
    assert json.loads(told["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-west-2:123456789012:own-dead",
        "maxReceiveCount": 5,
    }


def test_nothing_is_made_in_a_real_account(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Aws, "is_local", lambda self, service: False)

    async def visit(serve: Serve, source: Source) -> None:
        raise AssertionError("it was not refused")

    keys = {"AWS_ACCESS_KEY_ID": "own", "AWS_SECRET_ACCESS_KEY": "made up"}
    with pytest.raises(NoSource, match="queue absent was not found: make it"):
        feed(make_app(take=TAKES), aws, {"kind": "queue", "queue": "absent"}, visit, variables=keys)
    assert clients("sqs", aws).list_queues(QueueNamePrefix="absent").get("QueueUrls", []) == []


def test_a_record_is_as_lambda_has_it() -> None:
    # "Using Lambda with Amazon SQS" in the Lambda developer guide; attributes as recorded from AWS in 2023.
    message = {
        "MessageId": "059f36b4",
        "ReceiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "Body": "Test message.",
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
        "MD5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "MD5OfMessageAttributes": "5f7",
        "MessageAttributes": {
            "name": {"StringValue": "Ada", "DataType": "String"},
            "key": {"BinaryValue": b"\0\1", "DataType": "Binary"},
        },
    }

    assert record_of(message, "arn:aws:sqs:us-east-2:123456789012:my-queue", "us-east-2") == {
        "messageId": "059f36b4",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "body": "Test message.",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
        "messageAttributes": {
            "name": {"stringValue": "Ada", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
            "key": {"binaryValue": "AAE=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "md5OfMessageAttributes": "5f7",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2",
    }
