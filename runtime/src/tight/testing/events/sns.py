"""Events of an SNS topic: "Using Lambda with Amazon SNS" in the Lambda developer guide.

Through a queue: "Amazon SNS raw message delivery" in the SNS developer guide.
"""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

from tight.testing.events.records import Attributes, as_text, iso, kind_and_text
from tight.testing.events.sent import ACCOUNT, REGION, Event
from tight.testing.events.sqs import sqs_event


def sns_event(
    message: Any,
    *,
    topic: str = "topic",
    subject: str | None = None,
    attributes: Attributes | None = None,
    queue: str | None = None,
    raw: bool = False,
    group: str | None = None,
) -> Event:
    """A message of a topic: text as it is, another value as JSON. With `queue` it comes through that queue, in SNS's
    envelope or `raw`.
    """
    if queue is not None and raw:
        return sqs_event(message, queue=queue, attributes=attributes, group=group)
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"
    subscription = f"{arn}:{uuid4()}"
    sent = {
        "Type": "Notification",
        "MessageId": str(uuid4()),
        "TopicArn": arn,
        "Subject": subject,
        "Message": as_text(message),
        "Timestamp": iso(),
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
    }
    links = {"SigningCert": "https://sns.example/cert.pem", "Unsubscribe": f"https://sns.example/?{subscription}"}
    named = {name: _attribute(value) for name, value in (attributes or {}).items() if value is not None}
    if queue is not None:  # where the links have another spelling, and what is not there has no key
        body = {**sent, **{f"{name}URL": link for name, link in links.items()}, "MessageAttributes": named}
        return sqs_event(json.dumps({name: each for name, each in body.items() if each}), queue=queue, group=group)
    sns = {**sent, **{f"{name}Url": link for name, link in links.items()}, "MessageAttributes": named}
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription, "Sns": sns}
    return {"Records": [record]}


def _attribute(value: Any) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"Type": "Binary", "Value": b64encode(value).decode()}
    kind, text = kind_and_text(value)
    return {"Type": kind, "Value": text}
