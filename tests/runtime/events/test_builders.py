"""The test kit's events have the keys that AWS's guides show, and reach the app as Lambda hands them over."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
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
from tight.testing.errors import UnfitEvent

Load = Callable[[str], Callable[[Any, object], Any]]

SQS = {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"}
MOMENT = datetime(2026, 1, 1, tzinfo=timezone.utc)
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


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"name": "a"}, "the item has no id; `keys` names the keys of its table"),
        ({"id": "a", "at": MOMENT}, "an item holds datetime.datetime(2026, 1, 1, 0, 0, "),
        ({"id": "a", "tags": set()}, "a set is set(); give it texts, numbers or bytes, one at least"),
        ({"id": "a", "tags": {True}}, "a set is {True}; give it texts, numbers or bytes"),
        ({"id": "a", "tags": frozenset([("a",)])}, "a set is frozenset({('a',)}); give it texts"),
    ],
)
def test_an_item_that_dynamodb_can_not_hold_makes_no_event(item: dict[str, Any], said: str) -> None:
    with pytest.raises(UnfitEvent) as caught:
        dynamodb_event(item)
    assert said in caught.value.reason


@pytest.mark.parametrize("value", [True, {"a": 1}, MOMENT])
@pytest.mark.parametrize("event_of", [sqs_event, sns_event])
def test_an_attribute_that_no_message_can_have_makes_no_event(event_of: Callable[..., Any], value: Any) -> None:
    with pytest.raises(UnfitEvent, match="give text, a number, bytes or a list"):
        event_of("a", attributes={"kind": value})


def test_an_attribute_of_nothing_is_left_out_as_where_it_is_sent() -> None:
    (queued,) = sqs_event("a", attributes={"kind": None})["Records"]
    (published,) = sns_event("a", attributes={"kind": None})["Records"]

    assert (queued["messageAttributes"], published["Sns"]["MessageAttributes"]) == ({}, {})


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
