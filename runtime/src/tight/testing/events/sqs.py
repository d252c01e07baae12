"""Events of an SQS queue: "Using Lambda with Amazon SQS" in the Lambda developer guide."""

from base64 import b64encode
from hashlib import md5
from typing import Any
from uuid import uuid4

from tight.testing.events.records import Attributes, as_text, kind_and_text, next_number
from tight.testing.events.sent import ACCOUNT, REGION, Event, now


def sqs_event(
    *bodies: Any,
    queue: str = "queue",
    attributes: Attributes | None = None,
    group: str | None = None,
    receive_count: int = 1,
    message_id: str | None = None,
) -> Event:
    """A message for each body: text as it is, another value as JSON. The rest holds for each of them.

    A queue whose name ends in `.fifo` is one, and its messages are in the group `group`. See `batch` for messages that
    differ in more than their bodies.
    """
    return {
        "Records": [
            _record(as_text(body), queue, attributes or {}, group, receive_count, message_id or str(uuid4()))
            for body in bodies
        ]
    }


def _record(
    body: str, queue: str, attributes: Attributes, group: str | None, receive_count: int, message_id: str
) -> dict[str, Any]:
    sent = int(now().timestamp() * 1000)
    system = {
        "ApproximateReceiveCount": str(receive_count),
        "SentTimestamp": str(sent),
        "SenderId": "AIDAEXAMPLE",
        "ApproximateFirstReceiveTimestamp": str(sent + 1),
    }
    if queue.endswith(".fifo"):
        system["SequenceNumber"] = f"{next_number():020d}"
        system["MessageDeduplicationId"] = str(uuid4())
        group = group or "group"
    if group:
        system["MessageGroupId"] = group
    return {
        "messageId": message_id,
        "receiptHandle": b64encode(uuid4().bytes).decode(),
        "body": body,
        "attributes": system,
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items() if value is not None},
        "md5OfBody": md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def _attribute(value: Any) -> dict[str, Any]:
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    if isinstance(value, bytes):
        return {"binaryValue": b64encode(value).decode(), **lists, "dataType": "Binary"}
    kind, text = kind_and_text(value)
    return {"stringValue": text, **lists, "dataType": kind}
