"""`@bucket`: what happens to the objects of an S3 bucket.

    @bucket("uploads", on=["ObjectCreated:*"], suffix=".jpg")
    def shrink(bucket, key, size): ...

S3 invokes the function, at least once for each change and in no order; what it raises surfaces, and Lambda tries again.
"Event message structure" in the Amazon S3 user guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery, first_source
from tight.events.objects import key_of
from tight.handlers import add_mark
from tight.trigger import refuse_bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import Any, TypeVar

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def bucket(
    name: str, *, on: "Sequence[str]" = ("ObjectCreated:*",), prefix: str = "", suffix: str = ""
) -> "Callable[[Handler], Handler]":
    """Mark the function that is told of the objects of a bucket whose keys begin and end as they are told to.

    `on` are S3's event types without their `s3:`, such as `ObjectCreated:Put`, `ObjectRemoved:*`.
    """
    refuse_bare('@bucket("uploads")', name)
    arguments = {
        "bucket": name,
        "on": [each.removeprefix("s3:") for each in ([on] if isinstance(on, str) else on)],
        "prefix": prefix,
        "suffix": suffix,
    }

    def decorate(function: "Handler") -> "Handler":
        add_mark(Bucket.kind, (arguments, None), function)
        return function

    return decorate


class Stored(Delivery):
    @property
    def message_id(self) -> str:
        """S3's `sequencer`, which tells the later one of two changes of a key."""
        return str(self.body.get("sequencer"))

    @property
    def body(self) -> "dict[str, Any]":
        """The object as S3 tells of it, its key encoded."""
        found: dict[str, Any] = self.record["s3"]["object"]
        return found

    @property
    def message(self) -> "dict[str, Any]":
        """Bucket, key, size, etag and version of the object, by these names."""
        return {name: getattr(self, name) for name in ("bucket", "key", "size", "etag", "version_id")}

    @property
    def bucket(self) -> str:
        return str(self.record["s3"]["bucket"]["name"])

    @cached_property
    def key(self) -> str:
        """As it is stored, not as S3 encodes it."""
        return key_of(self.record)

    @property
    def size(self) -> "int | None":
        """In bytes; None of a removed object."""
        return self.body.get("size")

    @property
    def etag(self) -> "str | None":
        return self.body.get("eTag")

    @property
    def version_id(self) -> "str | None":
        return self.body.get("versionId")

    @property
    def change(self) -> str:
        """S3's event type, such as `ObjectCreated:Put`."""
        return str(self.record["eventName"])

    @property
    def sent_at(self) -> "datetime":
        """When S3 had done it, in UTC."""
        from datetime import datetime

        return datetime.fromisoformat(self.record["eventTime"].replace("Z", "+00:00"))


class Bucket(Records):
    kind = "bucket"
    known_by = ("bucket", "on", "prefix", "suffix")
    reports = False
    delivery = Stored
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("bucket", "change", "etag", "key", "sent_at", "size", "version_id")},
    }

    def accepts(self, event: "Any") -> bool:
        return first_source(event) == "aws:s3" or _is_test(event)

    def is_from(self, event: "Any") -> bool:
        if _is_test(event):
            return True
        delivery = Stored(self, event, None, event["Records"][0])
        return delivery.bucket == self.arguments["bucket"] and self.is_wanted(delivery)

    def records_in(self, event: "Any") -> "list[Any]":
        return [] if _is_test(event) else super().records_in(event)

    def is_wanted(self, delivery: Stored) -> bool:
        return (
            any(_is_of(delivery.change, each) for each in self.arguments["on"])
            and delivery.key.startswith(self.arguments["prefix"])
            and delivery.key.endswith(self.arguments["suffix"])
        )


def _is_of(change: str, wanted: str) -> bool:
    """Whether `ObjectCreated:Put` is `wanted`, which may be `ObjectCreated:*`."""
    return change.startswith(wanted[:-1]) if wanted.endswith("*") else change == wanted


def _is_test(event: "Any") -> bool:
    return isinstance(event, dict) and event.get("Event") == "s3:TestEvent"
