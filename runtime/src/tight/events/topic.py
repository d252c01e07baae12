"""`@topic`: messages of an SNS topic, straight or by way of a queue.

    @topic("order-created")                      SNS invokes the function; what it raises surfaces, and Lambda retries
    @topic("order-created", queue="invoices")    a queue is subscribed, and its rules hold: see `tight.events.queue`

A queue may be given the message itself (raw) or SNS's envelope around it; both are read.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery, first_source
from tight.events.messages import Message, Messages
from tight.handlers import add_mark
from tight.names import last_of, own_name
from tight.request import loads
from tight.trigger import refuse_bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any, TypeVar

    from tight.events.delivery import Envelope

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def topic(
    name: str,
    *,
    filter: "dict[str, Any] | None" = None,  # noqa: A002  # AWS's word
    filter_scope: str = "MessageAttributes",
    queue: str | None = None,
    competing: bool = True,
    raw: bool = False,
    envelope: "Envelope | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the messages of a topic, by its name or ARN.

    `filter` is a filter policy of the subscription, for the message's attributes or, where `filter_scope` says
    `MessageBody`, for its body. With `queue` the messages come by way of that queue;
    `raw` says that it is given them without SNS's envelope. Where the app runs as a service, functions that are not
    `competing` each get every message, in a queue of their own for each process.
    """
    refuse_bare('@topic("order-created")', name)
    arguments = {
        "topic": name,
        "filter": filter,
        "filter_scope": filter_scope,
        "queue": queue,
        "competing": competing,
        "raw": raw,
    }

    def decorate(function: "Handler") -> "Handler":
        add_mark(Topic.kind, (arguments, envelope), function)
        return function

    return decorate


class Notification(Delivery):
    """What SNS hands to Lambda: "Using Lambda with Amazon SNS" in the Lambda developer guide."""

    @cached_property
    def sns(self) -> "dict[str, Any]":
        found: dict[str, Any] = self.record["Sns"]
        return found

    @property
    def message_id(self) -> str:
        return str(self.sns["MessageId"])

    @property
    def body(self) -> str:
        return str(self.sns["Message"])

    @cached_property
    def attributes(self) -> "dict[str, Any]":
        from tight.attributes import read

        return read(self.sns.get("MessageAttributes") or {})

    @property
    def subject(self) -> "str | None":
        return self.sns.get("Subject")

    @property
    def topic(self) -> "str | None":
        """The name of the topic; None where a queue was given the message itself."""
        arn = self.sns.get("TopicArn")
        return None if arn is None else last_of(arn)

    @property
    def sent_at(self) -> "datetime":
        """When it was published, in UTC."""
        from datetime import datetime

        return datetime.fromisoformat(self.sns["Timestamp"].replace("Z", "+00:00"))


class Forwarded(Message):
    """The same by way of a queue. Its id is that of the queue's message, which is what is reported."""

    @cached_property
    def sns(self) -> "dict[str, Any]":
        """SNS's envelope; empty where the queue was given the message itself."""
        try:
            found = loads(self.record["body"])
        except (ValueError, RecursionError):
            return {}
        is_wrapped = isinstance(found, dict) and found.get("Type") == "Notification" and "TopicArn" in found
        return found if is_wrapped else {}

    @property
    def body(self) -> str:
        return str(self.sns["Message"] if self.sns else self.record["body"])

    @cached_property
    def attributes(self) -> "dict[str, Any]":
        from tight.attributes import read

        found = self.sns.get("MessageAttributes") if self.sns else self.record.get("messageAttributes")
        return read(found or {})

    subject = Notification.subject
    topic = Notification.topic


class Topic(Messages):
    kind = "topic"
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("sent_at", "subject", "topic")},
    }

    def __init__(self, name: str, module: "Any", marks: "Any", settings: "Mapping[str, Any]") -> None:
        super().__init__(name, module, marks, settings)
        self.reports = self.arguments["queue"] is not None
        self.delivery = Forwarded if self.reports else Notification

    def fillers_for(self, function: "Callable[..., Any]") -> "Mapping[str, Callable[[Any], object]]":
        fillers = super().fillers_for(function)
        queued = self.options[0]["queue"] is not None and not self.takes_all
        return {**Messages.fillers, **fillers} if queued else fillers

    @classmethod
    def source_of(cls, arguments: "dict[str, Any]") -> str:
        return str(arguments["queue"] or arguments["topic"])

    def accepts(self, event: "Any") -> bool:
        return first_source(event) == ("aws:sqs" if self.reports else "aws:sns")

    def is_from(self, event: "Any") -> bool:
        record = event["Records"][0]
        arn = record["eventSourceARN"] if self.reports else record["Sns"]["TopicArn"]
        return last_of(arn) == own_name(self.source_of(self.arguments))

    def lane_of(self, delivery: "Any") -> "str | None":
        return super().lane_of(delivery) if self.reports else None

    def delay(self, delivery: "Any", seconds: float) -> None:
        if self.reports:
            super().delay(delivery, seconds)
