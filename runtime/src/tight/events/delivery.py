"""One record on its way through a function, several that one call takes together, and what a body says."""

from functools import cached_property

from tight.request import Invocation, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from tight.events.batch import Records

    class Envelope(Protocol):
        """What a body is wrapped in: what is in it, and what is sent of data; see `tight.envelopes`."""

        def parse(self, text: str, attributes: "dict[str, Any]") -> object: ...
        def build(self, data: object, **facts: object) -> str: ...


class Delivery(Invocation):
    """One record on its way through a function."""

    def __init__(self, trigger: "Records", event: "Any", context: object, record: "Any") -> None:
        super().__init__(event, context, trigger.__name__, cold_start=trigger.cold)
        self.record = record
        self.trigger = trigger

    @cached_property
    def fields(self) -> "dict[str, Any]":
        """Every line of the log says which record it is about."""
        try:
            return {"message_id": self.message_id}
        except Exception:  # noqa: BLE001  # the log asks, and can't fail over a record of a form of its own
            return {}

    @property
    def message_id(self) -> str:
        """What AWS calls the record, also where it is reported as failed."""
        raise NotImplementedError

    @property
    def body(self) -> "Any":
        """What was sent, as it came."""
        raise NotImplementedError

    @cached_property
    def attributes(self) -> "dict[str, Any]":
        """What was sent beside the body."""
        return {}

    @cached_property
    def message(self) -> "Any":
        """What the envelope gives for the body; without one the body as JSON, or as it is where it is not JSON."""
        envelope = self.trigger.envelope
        return read(self.body) if envelope is None else envelope.parse(text_of(self.body), self.attributes)

    @property
    def correlation_id(self) -> "str | None":
        """The attribute `correlation_id`, or X-Correlation-Id and such."""
        try:
            attributes = self.attributes
            if not attributes:
                return None
            from tight.correlation import correlation_of  # as most messages have none

            return correlation_of(attributes)
        except Exception:  # noqa: BLE001  # as above
            return None


class Batch(Invocation):
    """Records that one call of a handler takes together."""

    def __init__(self, trigger: "Records", event: "Any", context: object, deliveries: "list[Any]") -> None:
        super().__init__(event, context, trigger.__name__, cold_start=trigger.cold)
        self.deliveries = deliveries

    @cached_property
    def records(self) -> "list[Any]":
        """The raw ones."""
        return [each.record for each in self.deliveries]

    @cached_property
    def messages(self) -> "list[Any]":
        return [each.message for each in self.deliveries]


def first_source(event: "Any") -> "str | None":
    """What the first record of an event calls the service that it comes from."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not isinstance(records, list) or not records or not isinstance(records[0], dict):
        return None
    return records[0].get("eventSource") or records[0].get("EventSource")


def read(body: "str | bytes") -> "Any":
    """What JSON says; else text, else bytes, as they are."""
    try:
        return loads(body)
    except (ValueError, RecursionError):
        return text_of(body)


def text_of(body: "Any") -> "Any":
    """Bytes as text where they are UTF-8; else what it is."""
    if not isinstance(body, bytes):
        return body
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
