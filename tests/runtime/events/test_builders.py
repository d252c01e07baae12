"""The test kit's events have the keys that AWS's guides show, and reach the app as Lambda hands them over."""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from tight import types
from tight.testing import (
    App,
    batch,
    dynamodb_event,
    eventbridge_event,
    kinesis_event,
    s3_event,
    sns_event,
    sqs_event,
)

Load = Callable[[str], Callable[[Any, object], Any]]

SQS = {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"}
FIFO = {*SQS, "SequenceNumber", "MessageGroupId", "MessageDeduplicationId"}


@pytest.mark.parametrize(
    ("event", "typed", "inner", "absent"),
    [
        (sqs_event("a", attributes={"n": 1}), types.SqsRecord, None, {"md5OfMessageAttributes"}),
        (sns_event("a"), types.SnsRecord, ("Sns", types.SnsMessage), set[str]()),
        (kinesis_event("a"), types.KinesisRecord, ("kinesis", types.KinesisData), set[str]()),
        (
            dynamodb_event({"id": "a"}, {"id": "a"}, expired=True),
            types.StreamRecord,
            ("dynamodb", types.StreamData),
            set[str](),
        ),
        (s3_event("b", "k"), types.S3Record, None, {"glacierEventData"}),
    ],
)
def test_a_record_has_the_keys_of_its_type(
    event: dict[str, Any], typed: type, inner: "tuple[str, type] | None", absent: set[str]
) -> None:
    (record,) = event["Records"]

    assert record.keys() | absent == get_type_hints(typed).keys()
    if inner is not None:
        assert record[inner[0]].keys() == get_type_hints(inner[1]).keys()
    assert json.loads(json.dumps(event)) == event


def test_an_event_of_a_bus_has_the_keys_of_its_type() -> None:
    event: Mapping[str, Any] = eventbridge_event("a", {})

    assert event.keys() == get_type_hints(types.EventBridgeEvent).keys()


def test_messages_of_a_fifo_queue_have_a_group_and_a_growing_number() -> None:
    plain, *fifo = (
        record["attributes"] for record in batch(sqs_event("a"), sqs_event("b", "c", queue="q.fifo"))["Records"]
    )

    assert plain.keys() == SQS
    assert [each.keys() for each in fifo] == [FIFO, FIFO]
    assert fifo[0]["SequenceNumber"] < fifo[1]["SequenceNumber"]
    assert {type(value) for value in fifo[0].values()} == {str}


def test_a_body_is_text_and_has_its_digest() -> None:
    event = sqs_event("hello", {"id": 7})

    assert [record["body"] for record in event["Records"]] == ["hello", '{"id": 7}']
    assert event["Records"][0]["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"  # of RFC 1321's algorithm


def test_a_change_needs_an_item() -> None:
    with pytest.raises(TypeError, match="give new, old, or both"):
        dynamodb_event()


def test_an_app_is_invoked_with_an_event(load: Load) -> None:
    module = ModuleType("app_index")
    vars(module)["accounts"] = load("""
        from tight import queue

        @queue("orders")
        def take(message):
            if message["id"] == 8:
                raise ValueError
    """)
    event = batch(sqs_event({"id": 7}), sqs_event({"id": 8}, message_id="m-8"))

    assert App(module).accounts.invoke(event) == {"batchItemFailures": [{"itemIdentifier": "m-8"}]}
