"""Records of a Kinesis data stream."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tight.testing import kinesis_event

Load = Callable[[str], Callable[[Any, object], Any]]

DONE = {"batchItemFailures": list[object]()}


def take(parameters: str) -> str:
    return (
        f"from tight import kinesis\n@kinesis('clicks')\ndef take({parameters}, event):\n"
        f"    event.setdefault('given', []).append([{parameters}])\n"
    )


@pytest.mark.parametrize(
    ("data", "message", "body"),
    [
        ({"id": 7}, {"id": 7}, '{"id": 7}'),
        ("text", "text", "text"),
        ("größe", "größe", "größe"),
        (b"\xff\x00", b"\xff\x00", b"\xff\x00"),
        (b"", "", ""),
    ],
)
def test_data_is_json_or_text_or_bytes(load: Load, data: Any, message: Any, body: Any) -> None:
    event = kinesis_event(data, stream="clicks")

    assert load(take("message, body"))(event, None) == DONE
    assert event["given"] == [[message, body]]


def test_a_handler_is_given_what_kinesis_says_of_a_record(load: Load) -> None:
    event = kinesis_event("a", stream="clicks", partition_key="user-7")
    kinesis = event["Records"][0]["kinesis"]
    kinesis["approximateArrivalTimestamp"] = 1767225600.5

    load(take("partition_key, message_id, sent_at, attributes"))(event, None)
    moment = datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc)
    assert event["given"] == [["user-7", kinesis["sequenceNumber"], moment, {}]]


def test_an_envelope_is_given_text_where_it_is_text(load: Load) -> None:
    source = """
        from tight import kinesis

        class Envelope:
            def parse(self, text, attributes):
                return [text, attributes]

        @kinesis("clicks", envelope=Envelope())
        def take(messages, event):
            event["given"] = messages
    """
    event = kinesis_event("a", b"\xff")

    load(source)(event, None)
    assert event["given"] == [["a", {}], [b"\xff", {}]]


def test_of_several_streams_each_has_its_own_handler(load: Load) -> None:
    source = """
        from tight import kinesis

        @kinesis("clicks")
        def click(message, event):
            event["by"] = "click"

        @kinesis("arn:aws:kinesis:eu-north-1:1:stream/views")
        def view(message, event):
            event["by"] = "view"
    """
    handler = load(source)
    for stream, by in (("clicks", "click"), ("views", "view"), ("clicks/consumer/fast:1", "click")):
        event = kinesis_event("a", stream=stream)
        handler(event, None)
        assert event["by"] == by
