"""`@kinesis`: records of a Kinesis data stream.

    @kinesis("clicks", batch=500, window=5)
    def count(message, partition_key): ...

The first record that fails stops the batch, and comes again with all behind it: "Using Lambda to process records from
Amazon Kinesis Data Streams" in the Lambda developer guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery, first_source, text_of
from tight.events.shards import Shard
from tight.handlers import add_mark
from tight.names import own_name
from tight.trigger import refuse_bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any, TypeVar

    from tight.events.delivery import Envelope

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def kinesis(
    stream: str,
    *,
    batch: int = 100,
    window: int = 0,
    retries: "int | None" = None,
    max_age: "int | None" = None,
    bisect: bool = False,
    dead_letter: "str | None" = None,
    envelope: "Envelope | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the records of a stream, by its name or ARN.

    `batch` is the most records of one event, up to 10,000, and `window` the seconds to gather them in, up to 300. What
    fails holds up all behind it in its shard: until it succeeds or is no longer kept, unless it has been tried again
    `retries` times, up to 10,000, or is older than `max_age` seconds, 60 to 604,800. Then the queue `dead_letter` is
    told where it stands. `bisect` tries the halves of a batch that fails by themselves.
    """
    refuse_bare('@kinesis("clicks")', stream)
    arguments = {
        "stream": stream,
        "batch": batch,
        "window": window,
        "retries": retries,
        "max_age": max_age,
        "bisect": bisect,
        "dead_letter": dead_letter,
    }

    def decorate(function: "Handler") -> "Handler":
        add_mark(Kinesis.kind, (arguments, envelope), function)
        return function

    return decorate


class Entry(Delivery):
    @property
    def message_id(self) -> str:
        """Its sequence number in the shard."""
        return str(self.record["kinesis"]["sequenceNumber"])

    @cached_property
    def body(self) -> "str | bytes":
        """As text where it is UTF-8, else as bytes."""
        from base64 import b64decode

        sent: str | bytes = text_of(b64decode(self.record["kinesis"]["data"]))
        return sent

    @property
    def partition_key(self) -> str:
        return str(self.record["kinesis"]["partitionKey"])

    @property
    def sent_at(self) -> "datetime":
        """About when Kinesis was given it, in UTC."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self.record["kinesis"]["approximateArrivalTimestamp"], timezone.utc)


class Kinesis(Shard):
    kind = "kinesis"
    known_by = ("stream",)
    delivery = Entry
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("partition_key", "sent_at")},
    }

    def accepts(self, event: "Any") -> bool:
        return first_source(event) == "aws:kinesis"

    def is_from(self, event: "Any") -> bool:
        return self.name_in(event) == own_name(self.arguments["stream"]).rpartition("/")[2]
