"""Records that come in batches: each handled alone, and those that failed reported, so that only they come again.

    @queue("orders")
    def take(message): ...        called once for each record

    @queue("orders")
    def take(messages): ...       called once for the batch, as whoever names `messages` or `records` is

An exception means that the record comes again. `raise discard("why")` and `raise retry_after(30)` say otherwise.
The rules of partial failures are AWS's: "Handling errors for an SQS event source in Lambda", "Configuring partial batch
response with Kinesis" and "... with DynamoDB" in the Lambda developer guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.handlers import Signature
from tight.request import Invocation, current, loads
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, ClassVar, Protocol

    from tight.handlers import Mark

    class Envelope(Protocol):
        """What a body is wrapped in: what is in it, and what is sent of data; see `tight.envelopes`."""

        def parse(self, text: str, attributes: "dict[str, Any]") -> object: ...
        def build(self, data: object, **facts: object) -> str: ...


class discard(Exception):  # noqa: N801  # raised as a word
    """Done with this record, though nothing came of it: it is logged, and does not come again."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class retry_after(Exception):  # noqa: N801  # raised as a word
    """Have this message come again in that many seconds, 0 to 43,200 (12 hours).

    A queue alone can wait so. Elsewhere the record has failed as with any other exception.
    """

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason or f"again in {seconds} s")
        self.seconds = seconds


class Delivery(Invocation):
    """One record on its way through a function."""

    def __init__(self, trigger: "Records", event: "Any", context: object, record: "Any") -> None:
        super().__init__(event, context, trigger.__name__, cold_start=trigger.cold)
        self.record = record
        self.trigger = trigger

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
        return read(self.body) if envelope is None else envelope.parse(self.body, self.attributes)

    @property
    def correlation_id(self) -> "str | None":
        """The attribute `correlation_id`."""
        try:
            found = self.attributes.get("correlation_id")
        except Exception:  # noqa: BLE001  # the log asks, and can't fail over a record of a form of its own
            return None
        return found if isinstance(found, str) else None


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


Failed = list[tuple[Delivery, "Exception | None"]]  # without an error: not tried, since what comes before it failed


class Records(Trigger):
    """Calls a handler for each record of an event, or for all of them."""

    several = True
    reports = True  # whether Lambda is told which records failed; elsewhere an exception surfaces
    delivery: "type[Any]" = Delivery
    typed: "tuple[str, ...]" = ("event", "message", "messages")
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Trigger.fillers,
        **{name: attrgetter(name) for name in ("attributes", "body", "message", "message_id", "record")},
    }
    batch_fillers: "ClassVar[Mapping[str, Callable[[Any], object]]]" = {  # noqa: RUF012  # ClassVar, but quoted
        **Trigger.fillers,
        "messages": attrgetter("messages"),
        "records": attrgetter("records"),
    }

    def __init__(self, name: str, module: "Any", marks: "Any", settings: "Mapping[str, Any]") -> None:
        super().__init__(name, module, marks, settings)
        self.arguments, given = self.options[:2]
        self.envelope: Envelope | None = given or settings.get("envelope")

    def fillers_for(self, function: "Callable[..., Any]") -> "Mapping[str, Callable[[Any], object]]":
        self.takes_all = not {"messages", "records"}.isdisjoint(Signature(function).names)
        return self.batch_fillers if self.takes_all else self.fillers

    def __call__(self, event: "Any", context: object) -> "Any":
        if not self.accepts(event):
            from tight.errors import UnexpectedEvent

            raise UnexpectedEvent(self.__name__, self.kind, event)
        deliveries = [self.delivery(self, event, context, record) for record in self.records_in(event)]
        deliveries = [each for each in deliveries if self.is_wanted(each)]
        if self.takes_all:
            return self._all(Batch(self, event, context, deliveries)) if deliveries else self._report([])
        return self._each(deliveries)

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        from tight.events.limits import fault  # of no use to whoever handles a record

        reason = fault(cls.kind, mark.options[0])
        if reason:
            from tight.errors import BadSource

            raise BadSource(f"@{cls.kind} of {cls.source_of(mark.options[0])}", mark.place, reason)
        return super().describe(mark)

    def records_in(self, event: "Any") -> "list[Any]":
        records: list[Any] = event["Records"]
        return records

    def is_wanted(self, delivery: "Any") -> bool:  # noqa: ARG002  # a subclass looks at it
        """Whether a record is for the handler; the others are done with."""
        return True

    def lane_of(self, delivery: "Any") -> "str | None":  # noqa: ARG002  # a subclass looks at it
        """What a record has to keep its order in: once one has failed, those behind it wait. None without order."""
        return None

    def delay(self, delivery: "Any", seconds: float) -> None:
        """Have a record come again in so many seconds, where that can be."""

    def reported(self, failed: Failed) -> Failed:
        """Those of the failed that Lambda is told."""
        return failed

    def _each(self, deliveries: "list[Delivery]") -> "dict[str, Any] | None":
        failed: Failed = []
        stopped: set[str | None] = set()
        for each in deliveries:
            lane = self.lane_of(each)
            if lane in stopped:
                failed.append((each, None))
                continue
            error = self._try(each, is_alone=len(deliveries) == 1)
            if error is not None:
                failed.append((each, error))
                stopped |= {lane} - {None}
        errors = [error for _, error in failed if error is not None]
        if errors and not self.reports:
            raise errors[0]
        # For the records it is the same whether all are reported or an exception surfaces. But that is seen by whoever
        # watches Lambda's metric Errors, and loses nothing where the mapping does not know of reports.
        if failed and len(failed) == len(deliveries) and not any(isinstance(error, retry_after) for error in errors):
            if len(deliveries) == 1:
                raise errors[0]
            from tight.errors import BatchFailed

            raise BatchFailed(self.__name__, len(failed)) from errors[0]
        return self._report([each.message_id for each, _ in self.reported(failed)])

    def _try(self, delivery: Delivery, *, is_alone: bool) -> "Exception | None":
        try:
            self.perform(delivery)
        except discard as way_out:
            _log(delivery, f"{self.__name__} discards a record", reason=way_out.reason)
        except retry_after as way_out:
            self.delay(delivery, way_out.seconds)
            _log(delivery, f"{self.__name__} has a record come again", reason=str(way_out))
            return way_out
        except Exception as error:  # noqa: BLE001  # what fails one record is nothing to the others
            if not is_alone:  # else it surfaces, and Lambda logs it
                _log(delivery, f"{self.__name__} failed for a record", error)
            return error
        return None

    def _all(self, batch: Batch) -> "dict[str, Any] | None":
        known = [each.message_id for each in batch.deliveries]
        try:
            value = self.perform(batch)
        except discard as way_out:
            _log(batch, f"{self.__name__} discards a batch", reason=way_out.reason)
            return self._report([])
        except retry_after as way_out:
            if not self.reports:
                raise
            for each in batch.deliveries:
                self.delay(each, way_out.seconds)
            _log(batch, f"{self.__name__} has a batch come again", reason=str(way_out))
            return self._report(known)
        failed = list(_named(value))
        for each in failed:
            if each not in known:
                from tight.errors import UnknownRecord

                raise UnknownRecord(self.__name__, each)
        if failed and not self.reports:
            from tight.errors import BatchFailed

            raise BatchFailed(self.__name__, len(known))
        return self._report(failed)

    def _report(self, failed: "list[str]") -> "dict[str, Any] | None":
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]} if self.reports else None


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
        pass
    if isinstance(body, str):
        return body
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _named(value: object) -> "Iterator[Any]":
    """The ids that a handler of a whole batch returned: a list or set of them, or AWS's own answer."""
    if isinstance(value, dict):
        for entry in value.get("batchItemFailures") or ():
            yield entry.get("itemIdentifier") if isinstance(entry, dict) else entry
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from value


def _log(invocation: Invocation, message: str, error: "Exception | None" = None, **fields: "Any") -> None:
    from tight import log  # most batches have nothing to tell

    named = {"message_id": getattr(invocation, "message_id", None), **fields}
    before = current.set(invocation)  # for the fields that the handler has bound
    try:
        if error is None:
            log.warning(message, **named)
        else:
            log.exception(message, error, **named)
    finally:
        current.set(before)
