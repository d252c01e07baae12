"""Messages of a topic: straight from SNS, and by way of a queue, raw or in SNS's envelope."""

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tight.errors import UnexpectedEvent
from tight.testing import batch, s3_event, s3_test_event, sns_event, sqs_event

Load = Callable[[str], Callable[[Any, object], Any]]

DONE = {"batchItemFailures": list[object]()}
ATTRIBUTES = {"name": "Ada", "count": 3, "tags": ["a", 1], "blob": b"\xff\x00"}
# Written down by hand after "Amazon SNS raw message delivery" in the SNS developer guide.
ENVELOPE = {
    "Type": "Notification",
    "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
    "TopicArn": "arn:aws:sns:eu-north-1:123456789012:order-created",
    "Subject": "a subject",
    "Message": '{"id": 7}',
    "Timestamp": "2026-01-01T00:00:00.500Z",
    "SignatureVersion": "1",
    "Signature": "EXAMPLE",
    "SigningCertURL": "https://sns.eu-north-1.amazonaws.com/SimpleNotificationService-f.pem",
    "UnsubscribeURL": "https://sns.eu-north-1.amazonaws.com/?Action=Unsubscribe",
    "MessageAttributes": {"kind": {"Type": "String", "Value": "new"}, "blob": {"Type": "Binary", "Value": "/wA="}},
}


def take(arguments: str, parameters: str) -> str:
    return (
        f"from tight import topic\n@topic('order-created'{arguments})\ndef take({parameters}, event):\n"
        f"    event.setdefault('given', []).append([{parameters}])\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sent", "answer", "subject", "topic"),
    [
        ("", {}, None, "s", "order-created"),
        (", queue='invoices'", {"queue": "invoices"}, DONE, "s", "order-created"),
        (", queue='invoices', raw=True", {"queue": "invoices", "raw": True}, DONE, None, None),
    ],
    ids=["straight", "wrapped", "raw"],
)
def test_a_message_is_the_same_whichever_way_it_comes(
    load: Load, arguments: str, sent: dict[str, Any], answer: Any, subject: str | None, topic: str | None
) -> None:
    event = sns_event({"id": 7}, topic="order-created", subject="s", attributes=ATTRIBUTES, **sent)
    handler = load(take(arguments, "message, body, attributes, subject, topic"))

    assert handler(event, None) == answer
    assert event["given"] == [[{"id": 7}, '{"id": 7}', ATTRIBUTES, subject, topic]]


def test_the_envelope_of_snss_own_page_is_read(load: Load) -> None:
    event = sqs_event(ENVELOPE, queue="invoices", message_id="m-1")

    load(take(", queue='invoices'", "message, attributes, subject, message_id, receive_count"))(event, None)
    assert event["given"] == [[{"id": 7}, {"kind": "new", "blob": b"\xff\x00"}, "a subject", "m-1", 1]]


def test_a_notification_says_when_it_was_sent_and_its_own_id(load: Load) -> None:
    event = sns_event("a", topic="order-created")
    event["Records"][0]["Sns"] |= {"Timestamp": "2026-01-01T00:00:00.500Z", "MessageId": "n-1"}

    load(take("", "sent_at, message_id"))(event, None)
    assert event["given"] == [[datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc), "n-1"]]


@pytest.mark.parametrize(
    "body", ['{"Type": "Notification"}', "[7]", "text", '"Notification"', '{"Type": "Message", "TopicArn": "a"}']
)
def test_what_is_no_envelope_of_sns_is_the_message(load: Load, body: str) -> None:
    event = sqs_event(body, queue="invoices")

    load(take(", queue='invoices'", "body"))(event, None)
    assert event["given"] == [[body]]


@pytest.mark.parametrize(("arguments", "way"), [("", {}), (", queue='q'", {"queue": "q"})])
def test_s3_through_a_topic_is_read_and_its_test_message_is_not_handed_on(
    load: Load, arguments: str, way: dict[str, Any]
) -> None:
    event = batch(sns_event(s3_test_event("photos"), **way), sns_event(s3_event("photos", "a b"), **way))

    load(take(arguments, "message"))(event, None)
    assert [message["Records"][0]["s3"]["object"]["key"] for (message,) in event["given"]] == ["a+b"]


def test_one_message_in_the_queue_of_a_topic_fails_alone(load: Load) -> None:
    source = """
        from tight import topic

        @topic("order-created", queue="invoices")
        def take(message):
            if message == "bad":
                raise ValueError
    """
    event = batch(*(sns_event(body, queue="invoices") for body in ("a", "bad", "c")))

    assert load(source)(event, None) == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}


def test_a_fifo_topic_keeps_the_order_of_a_group_in_its_queue(load: Load) -> None:
    source = """
        from tight import topic

        @topic("order-created.fifo", queue="invoices.fifo")
        def take(message):
            if message == "bad":
                raise ValueError
    """
    event = batch(
        *(sns_event(body, queue="invoices.fifo", group=group) for body, group in (("bad", "1"), ("a", "2"), ("b", "1")))
    )
    ids = [record["messageId"] for record in event["Records"]]

    assert load(source)(event, None) == {"batchItemFailures": [{"itemIdentifier": ids[0]}, {"itemIdentifier": ids[2]}]}


def test_what_a_handler_raises_surfaces_so_that_lambda_tries_again(load: Load) -> None:
    source = "from tight import topic\n@topic('order-created')\ndef take(message):\n    raise ConnectionError('down')\n"

    with pytest.raises(ConnectionError, match="down"):
        load(source)(sns_event("a", topic="order-created"), None)


def test_of_several_topics_each_has_its_own_handler(load: Load) -> None:
    source = """
        from tight import queue, topic

        @topic("created")
        def create(message, event):
            event["by"] = "create"

        @topic("created", queue="audits")
        @topic("arn:aws:sns:eu-north-1:1:gone")
        def audit(message, event):
            event["by"] = "audit"

        @queue("orders")
        def take(message, event):
            event["by"] = "take"
    """
    handler = load(source)

    def by(event: dict[str, Any]) -> Any:
        handler(event, None)
        return event["by"]

    assert by(sns_event("a", topic="created")) == "create"
    assert by(sns_event("a", topic="created", queue="audits")) == "audit"
    assert by(sns_event("a", topic="gone")) == "audit"
    assert by(sqs_event("a", queue="orders")) == "take"


def test_a_topic_without_a_queue_takes_no_messages_of_one(load: Load) -> None:
    handler = load(take("", "message"))

    with pytest.raises(UnexpectedEvent, match=r"@topic"):
        handler(sns_event("a", queue="invoices"), None)


def test_a_handler_of_all_messages_is_given_those_of_the_event(load: Load) -> None:
    event = sns_event("a", topic="order-created")

    assert load(take("", "messages"))(event, None) is None
    assert event["given"] == [[["a"]]]
    assert json.dumps(event["Records"])
