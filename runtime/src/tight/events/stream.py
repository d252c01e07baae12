"""`@stream`: changes of a DynamoDB table.

    @stream(Account, on=["INSERT", "MODIFY"])
    def changed(new, old):
        if old is None or new.email != old.email: ...

With a model, `new` and `old` are of its class; with the name of a table they are dicts. The first change that fails
stops the batch, and comes again with all behind it: "Using Lambda with Amazon DynamoDB" in the Lambda developer guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery, first_source
from tight.events.shards import Shard
from tight.handlers import add_mark
from tight.trigger import refuse_bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import Any, TypeVar

    from tight.handlers import Mark

    Handler = TypeVar("Handler", bound=Callable[..., Any])

_CHANGES = ("INSERT", "MODIFY", "REMOVE")


def stream(
    model: "Any",
    *,
    on: "Sequence[str]" = _CHANGES,
    batch: int = 100,
    window: int = 0,
    retries: "int | None" = None,
    max_age: "int | None" = None,
    bisect: bool = False,
    dead_letter: "str | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the changes of a table: that of a PynamoDB model, or one by its name.

    `on` says which: INSERT, MODIFY, REMOVE. `batch` is the most of one event, up to 10,000, and `window` the seconds to
    gather them in, up to 300. What fails holds up all behind it in its shard: until it succeeds or is no longer kept,
    unless it has been tried again `retries` times, up to 10,000, or is older than `max_age` seconds, 60 to 604,800.
    Then the queue `dead_letter` is told where it stands. `bisect` tries the halves of a batch that fails by themselves.
    What the images have, the table's stream says: `stream_view_type` of the model's `Meta`.
    """
    refuse_bare("@stream(Account)", model)
    arguments = {
        "model": None if isinstance(model, str) else model.__name__,
        "table": model if isinstance(model, str) else None,  # a model's own is known once the environment is
        "on": [on] if isinstance(on, str) else list(on),
        "batch": batch,
        "window": window,
        "retries": retries,
        "max_age": max_age,
        "bisect": bisect,
        "dead_letter": dead_letter,
    }

    def decorate(function: "Handler") -> "Handler":
        add_mark(Stream.kind, (arguments, None, model), function)
        return function

    return decorate


class Change(Delivery):
    trigger: "Stream"

    @property
    def message_id(self) -> str:
        """Its sequence number in the shard."""
        return str(self.record["dynamodb"]["SequenceNumber"])

    @property
    def body(self) -> "dict[str, Any]":
        """The change as the stream has it."""
        found: dict[str, Any] = self.record["dynamodb"]
        return found

    @cached_property
    def new(self) -> "Any":
        """The item after the change; None once it is removed, and where the stream has no such images."""
        return self._image("NewImage")

    @cached_property
    def old(self) -> "Any":
        """The item before the change; None for a new one, and where the stream has no such images."""
        return self._image("OldImage")

    @property
    def message(self) -> "Any":
        """The item after the change, or the one that was removed."""
        return self.old if self.new is None else self.new

    @cached_property
    def keys(self) -> "dict[str, Any]":
        from tight.events.images import plain

        return {name: plain(value) for name, value in self.record["dynamodb"]["Keys"].items()}

    @property
    def change(self) -> str:
        """INSERT, MODIFY or REMOVE."""
        return str(self.record["eventName"])

    @property
    def is_expired(self) -> bool:
        """Whether DynamoDB has removed the item because its time to live was over."""
        return (self.record.get("userIdentity") or {}).get("principalId") == "dynamodb.amazonaws.com"

    @property
    def sent_at(self) -> "datetime":
        """About when it was written, in UTC, to the second."""
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self.record["dynamodb"]["ApproximateCreationDateTime"], timezone.utc)

    def _image(self, which: str) -> "Any":
        image = self.record["dynamodb"].get(which)
        if image is None:
            return None
        from tight.events.images import plain, stored

        model = self.trigger.model
        if isinstance(model, str):
            return {name: plain(value) for name, value in image.items()}
        return model.from_raw_data({name: stored(value) for name, value in image.items()})


class Stream(Shard):
    kind = "stream"
    delivery = Change
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("change", "is_expired", "keys", "new", "old", "sent_at")},
    }

    @property
    def model(self) -> "Any":
        return self.options[2]

    @property
    def table(self) -> str:
        return _table_of(self.model)

    @classmethod
    def source_of(cls, arguments: "dict[str, Any]") -> str:
        return f"{arguments['model'] or arguments['table']} {' '.join(arguments['on'])}"

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        return {**super().describe(mark), "table": _table_of(mark.options[2])}

    def accepts(self, event: "Any") -> bool:
        return first_source(event) == "aws:dynamodb"

    def is_from(self, event: "Any") -> bool:
        return self.name_in(event) == self.table and event["Records"][0]["eventName"] in self.arguments["on"]

    def is_wanted(self, delivery: Change) -> bool:
        return delivery.change in self.arguments["on"]


def _table_of(model: "Any") -> str:
    return model if isinstance(model, str) else str(model.Meta.table_name)
