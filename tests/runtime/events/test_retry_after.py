"""`retry_after` at a real queue: the embedded AWS."""

import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tight.clients.aws import client
from tight.testing import sqs_event

Load = Callable[[str], Callable[[Any, object], Any]]

HIDDEN = 3600  # seconds: longer than any test, so what is seen again was made visible


@pytest.fixture
def queue(aws: str, shell: pytest.MonkeyPatch) -> tuple[Any, str]:
    """A client, and the URL of an empty queue that hides what it has given out for an hour."""
    shell.setenv("AWS_ENDPOINT_URL", aws)
    sqs = client("sqs")
    return sqs, sqs.create_queue(QueueName=uuid4().hex, Attributes={"VisibilityTimeout": str(HIDDEN)})["QueueUrl"]


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    messages: list[dict[str, Any]] = found.get("Messages", [])
    return messages


def event_of(sqs: Any, url: str) -> dict[str, Any]:
    """What Lambda makes of the messages that it receives."""
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    event: dict[str, Any] = {"Records": []}
    for message in received(sqs, url):
        (record,) = sqs_event(message["Body"], message_id=message["MessageId"])["Records"]
        event["Records"].append({**record, "receiptHandle": message["ReceiptHandle"], "eventSourceARN": arn})
    return event


TAKE = """
    from tight import queue, retry_after

    @queue("orders")
    def take(message):
        if message.get("again") is not None:
            raise retry_after(message["again"])
"""


def test_a_message_comes_again_when_it_is_told_to(load: Load, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    for body in ({"id": 1}, {"id": 2, "again": 0}, {"id": 3, "again": -5}, {"id": 4, "again": 10**6}):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    event = event_of(sqs, url)
    answer = load(TAKE)(event, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"][1:]]}
    # All are hidden for an hour, and what is to come again at once is seen.
    assert sorted(json.loads(message["Body"])["id"] for message in received(sqs, url)) == [2, 3]


def test_what_can_not_be_delayed_comes_again_all_the_same(
    load: Load, queue: tuple[Any, str], caplog: pytest.LogCaptureFixture
) -> None:
    sqs, url = queue
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"again": 5}))
    event = event_of(sqs, url)
    sqs.delete_queue(QueueUrl=url)

    assert load(TAKE)(event, None) == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert [(record.levelno, record.getMessage()) for record in caplog.records if record.name.startswith("tight")] == [
        (logging.ERROR, "a message keeps the visibility timeout of its queue"),
        (logging.WARNING, "accounts has a record come again"),
    ]
