"""Topics: SNS straight to a function, or through a queue.

"Using Lambda with Amazon SNS" in the Lambda developer guide.
"""

import json
from hashlib import sha256
from typing import Any

from tight_tasks import manifest
from tight_tasks.errors import NoSource
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.inbox import Inbox
from tight_tasks.serve.sources.names import physical_name
from tight_tasks.serve.sources.queues import Message, Queue
from tight_tasks.serve.sources.source import Invoke
from tight_tasks.serve.sources.sqs import QueueSource

# What an SNS message has in a queue, and what it is called in Lambda's event.
_KEYS = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
# "Amazon SNS message attributes": Lambda is given no others.
_TYPES = {"Binary": "Binary"}


class TopicSource:
    """A topic, straight."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        self._said = source.model_extra or {}
        self._aws = aws
        self._subscription = ""
        name = physical_name(self._said["topic"], aws.variables)
        # SNS has one subscription for a queue, so another filter needs another queue.
        more = sha256(json.dumps(self._said.get("filter"), sort_keys=True).encode()).hexdigest()[:8]
        self._inbox = Inbox(
            "topic", name, function, invoke, aws, at="sns", attach=self._attach, event_of=self._event_of, more=more
        )
        self.start, self.stop, self.status = self._inbox.start, self._inbox.stop, self._inbox.status

    async def _attach(self, queue: Queue) -> None:
        self._subscription = await subscribe(self._aws, self._said, queue, raw=False)

    def _event_of(self, message: Message) -> dict[str, Any] | None:
        return event_of(message, self._subscription)


class TopicQueueSource(QueueSource):
    """A topic through a queue: the subscription first, then the queue as any other.

    The queue is at the endpoint of the topics, since those can send nowhere else.
    """

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        super().__init__(source, function, invoke, aws, at="sns")
        self._said = source.model_extra or {}

    async def find(self) -> Queue:
        queue = await super().find()
        await subscribe(self._aws, self._said, queue, raw=bool(self._said.get("raw")))
        return queue


async def subscribe(aws: Aws, said: dict[str, Any], queue: Queue, *, raw: bool) -> str:
    """Have the topic send to the queue, where both are on this machine; the topic is made where it is missing.

    Gives the subscription's ARN. At a real account it is the account's own. Raises `NoSource` where nothing answers.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # loaded with the first client

    if not aws.is_local("sns"):
        return ""
    name = physical_name(said["topic"], aws.variables)
    policy: Any = said.get("filter") or {}
    scope = said.get("filter_scope") or "MessageAttributes"
    try:
        kind = {"FifoTopic": "true", "ContentBasedDeduplication": "true"} if name.endswith(".fifo") else {}
        topic = (await aws.call("sns", "create_topic", Name=name, Attributes=kind))["TopicArn"]
        asked = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue.arn, "ReturnSubscriptionArn": True}
        arn: str = (await aws.call("sns", "subscribe", **asked))["SubscriptionArn"]
        settings = {
            "RawMessageDelivery": json.dumps(raw),
            "FilterPolicyScope": scope,
            "FilterPolicy": json.dumps(policy),
        }
        for attribute, value in settings.items():
            asked = {"SubscriptionArn": arn, "AttributeName": attribute, "AttributeValue": value}
            await aws.call("sns", "set_subscription_attributes", **asked)
    except (BotoCoreError, ClientError) as error:
        raise NoSource("topic", name, str(error)) from error
    return arn


def event_of(message: Message, subscription: str) -> dict[str, Any] | None:
    """Lambda's event of a notification as SNS puts it into a queue. None for what is no notification."""
    try:
        told = json.loads(message["Body"])
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("Type") != "Notification":
        return None
    attributes = told.get("MessageAttributes", {})
    sns = {
        "Type": "Notification",
        "MessageId": told["MessageId"],
        "TopicArn": told["TopicArn"],
        "Subject": told.get("Subject"),
        "Message": told["Message"],
        "Timestamp": told["Timestamp"],
        "SignatureVersion": told.get("SignatureVersion", "1"),
        "Signature": told.get("Signature", ""),
        **{ours: told.get(theirs, "") for theirs, ours in _KEYS.items()},
        "MessageAttributes": {
            name: {"Type": _TYPES.get(value["Type"], "String"), "Value": value["Value"]}
            for name, value in attributes.items()
        },
    }
    return {
        "Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription, "Sns": sns}]
    }
