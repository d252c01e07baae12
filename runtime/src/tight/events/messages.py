"""Messages of SQS, which `@queue` and a `@topic` through a queue are given.

Records as in "Using Lambda with Amazon SQS" of the Lambda developer guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery, first_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

_LONGEST = 43_200  # seconds that SQS hides a message


class Message(Delivery):
    @property
    def message_id(self) -> str:
        return str(self.record["messageId"])

    @property
    def body(self) -> str:
        """As text, which all of SQS's are."""
        return str(self.record["body"])

    @cached_property
    def attributes(self) -> "dict[str, Any]":
        """Those of the message: text, numbers, and bytes; lists of SNS."""
        from tight.attributes import read

        return read(self.record.get("messageAttributes") or {})

    @property
    def receive_count(self) -> int:
        """How often it was received, this time included."""
        return int(self.record["attributes"]["ApproximateReceiveCount"])

    @property
    def sent_at(self) -> "datetime":
        """When it was sent, in UTC."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(int(self.record["attributes"]["SentTimestamp"]) / 1000, timezone.utc)

    @property
    def group_id(self) -> "str | None":
        """The group that it keeps its order in; of a queue that is not FIFO, the one that SQS is fair to."""
        group: str | None = (self.record.get("attributes") or {}).get("MessageGroupId")
        return group


class Messages(Records):
    delivery: "type[Any]" = Message
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("group_id", "receive_count", "sent_at")},
    }

    def accepts(self, event: "Any") -> bool:
        return first_source(event) == "aws:sqs"

    def is_wanted(self, delivery: Message) -> bool:
        # S3 sends one to a queue or topic that it is told to notify.
        if "s3:TestEvent" not in delivery.body:
            return True
        from tight.events.objects import is_test

        return not is_test(delivery.body)

    def lane_of(self, delivery: Message) -> "str | None":
        return delivery.group_id if delivery.record["eventSourceARN"].endswith(".fifo") else None

    def delay(self, delivery: Message, seconds: float) -> None:
        from tight import log
        from tight.clients.aws import client  # boto3, paid by those who ask for it

        _, _, _, region, account, name = delivery.record["eventSourceARN"].split(":", 5)
        try:
            sqs = client("sqs", region)
            sqs.change_message_visibility(
                QueueUrl=f"{sqs.meta.endpoint_url.rstrip('/')}/{account}/{name}",
                ReceiptHandle=delivery.record["receiptHandle"],
                VisibilityTimeout=max(0, min(_LONGEST, round(seconds))),
            )
        except Exception as error:  # noqa: BLE001  # it comes again all the same, when the queue itself says so
            log.exception("a message keeps the visibility timeout of its queue", error, message_id=delivery.message_id)
