"""Records that come in batches: each handled alone, and those that failed reported, so that only they come again.

    @queue("orders")
    def take(message): ...        called once for each record

    @queue("orders")
    def take(messages): ...       called once for the batch, as whoever names `messages` or `records` is

An exception means that the record comes again. `raise discard("why")` and `raise retry_after(30)` say otherwise.
The rules of partial failures are AWS's: "Handling errors for an SQS event source in Lambda", "Configuring partial batch
response with Kinesis" and "... with DynamoDB" in the Lambda developer guide.
"""

from operator import attrgetter

from tight.events.delivery import Batch, Delivery
from tight.handlers import Signature
from tight.request import Invocation, current
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, ClassVar

    from tight.events.delivery import Envelope
    from tight.handlers import Mark

__all__ = ["Batch", "Delivery", "Envelope", "Records", "Tally", "discard", "retry_after"]


# What has it is a generator, which a whole batch may be given; an async one; a coroutine or whatever else is awaited.
_UNBEGUN = ("gi_frame", "ag_frame", "__await__")


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
        deliveries = self._deliveries(event, context)
        if self.takes_all:
            return self._all(Batch(self, event, context, deliveries)) if deliveries else self._report([])
        return self._each(deliveries)

    @property
    def awaits_each(self) -> bool:
        """Whether an `async def` takes each record: on a loop that runs, `awaited` is the short way then."""
        return self.is_async and not self.takes_all

    async def awaited(self, event: "Any", context: object) -> "Any":
        """What a call gives, on an event loop that runs."""
        tally = Tally(self, self._deliveries(event, context))
        await self._each_awaited(tally)
        return self._report([each.message_id for each in tally.failed()])

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        from tight.events.limits import fault  # of no use to whoever handles a record

        reason = fault(cls.kind, mark.options[0])
        if reason:
            from tight.errors import BadSource

            raise BadSource(f"@{cls.kind} of {cls.source_of(mark.options[0])}", mark.place, reason)
        return super().describe(mark)

    def answer(self, invocation: "Any", value: "Any") -> "Any":  # noqa: ARG002  # the base's
        """The value. Raises `NotBegun` for one that stands for work: the records would be done with, and nothing done.

        What a generator does for a whole batch is done when it is asked for what has failed.
        """
        if value is not None and any(hasattr(value, name) for name in _UNBEGUN[self.takes_all :]):
            from tight.errors import NotBegun

            if hasattr(value, "cr_frame"):
                value.close()  # else Python warns of it, wherever it is collected
            raise NotBegun(self.__name__, type(value).__name__)
        return value

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

    def reported(self, failed: "list[Any]") -> "list[Any]":
        """Those of the failed that Lambda is told."""
        return failed

    def _deliveries(self, event: "Any", context: object) -> "list[Any]":
        if not self.accepts(event):
            from tight.errors import UnexpectedEvent

            raise UnexpectedEvent(self.__name__, self.kind, event)
        found = (self.delivery(self, event, context, record) for record in self.records_in(event))
        return [each for each in found if self.is_wanted(each)]

    def _each(self, deliveries: "list[Delivery]") -> "dict[str, Any] | None":
        tally = Tally(self, deliveries)
        if self.is_async:
            from tight.loop import run

            run(self._each_awaited(tally))  # all of them in one: to enter a loop takes longer than to handle a record
        else:
            for each in tally:
                try:
                    self.perform(each)
                except Exception as error:  # noqa: BLE001, PERF203  # what fails one record is nothing to the others
                    tally.note(each, error)
        return self._report([each.message_id for each in tally.failed()])

    async def _each_awaited(self, tally: "Tally") -> None:
        for each in tally:
            try:
                await self.perform_awaited(each)
            except retry_after as error:  # noqa: PERF203  # each may fail alone
                from asyncio import to_thread  # boto3 would hold up the loop

                await to_thread(tally.note, each, error)
            except Exception as error:  # noqa: BLE001  # as above
                tally.note(each, error)

    def _all(self, batch: Batch) -> "dict[str, Any] | None":
        known = dict.fromkeys(each.message_id for each in batch.deliveries)  # in their order, and quick to look into
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
            return self._report(list(known))
        failed = list(_named(value))
        for each in failed:
            if not isinstance(each, str) or each not in known:
                from tight.errors import UnknownRecord

                raise UnknownRecord(self.__name__, each)
        if failed and not self.reports:
            from tight.errors import BatchFailed

            raise BatchFailed(self.__name__, len(known))
        return self._report(failed)

    def _report(self, failed: "list[str]") -> "dict[str, Any] | None":
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]} if self.reports else None


class Tally:
    """The records of a batch, in their order, and which of them have failed."""

    def __init__(self, trigger: Records, deliveries: "list[Delivery]") -> None:
        self.trigger = trigger
        self.deliveries = deliveries
        self._failed: list[Delivery] = []
        self._errors: list[Exception] = []
        self._stopped: set[str] = set()

    def __iter__(self) -> "Iterator[Delivery]":
        """Those to be tried: what comes behind a failure in its lane is not, and has failed with it."""
        for each in self.deliveries:
            if self._stopped and self.trigger.lane_of(each) in self._stopped:
                self._failed.append(each)
            else:
                yield each

    def note(self, delivery: Delivery, error: Exception) -> None:
        """What a handler raised for a record."""
        name = self.trigger.__name__
        if isinstance(error, discard):
            _log(delivery, f"{name} discards a record", reason=error.reason)
            return
        if isinstance(error, retry_after):
            self.trigger.delay(delivery, error.seconds)
            _log(delivery, f"{name} has a record come again", reason=str(error))
        elif len(self.deliveries) > 1:  # else it surfaces, and Lambda logs it
            _log(delivery, f"{name} failed for a record", error)
        self._failed.append(delivery)
        self._errors.append(error)
        lane = self.trigger.lane_of(delivery)
        if lane is not None:
            self._stopped.add(lane)

    def failed(self) -> "list[Delivery]":
        """What Lambda is to be told. Raises what a handler raised where nothing can be told, or nothing was done."""
        if self._errors and not self.trigger.reports:
            raise self._errors[0]
        # For the records it is the same whether all are reported or an exception surfaces. But that is seen by whoever
        # watches Lambda's metric Errors, and loses nothing where the mapping does not know of reports.
        is_meant = any(isinstance(error, retry_after) for error in self._errors)
        if self._failed and len(self._failed) == len(self.deliveries) and not is_meant:
            if len(self.deliveries) == 1:
                raise self._errors[0]
            from tight.errors import BatchFailed

            raise BatchFailed(self.trigger.__name__, len(self._failed)) from self._errors[0]
        return self.trigger.reported(self._failed)


def _named(value: object) -> "Iterator[Any]":
    """The ids that a handler of a whole batch returned, or AWS's own answer."""
    if isinstance(value, dict):
        for entry in value.get("batchItemFailures") or ():
            yield entry.get("itemIdentifier") if isinstance(entry, dict) else entry
    elif hasattr(value, "__iter__") and not isinstance(value, (str, bytes)):
        # Whatever gives them: what a generator has to say would be lost without a word.
        yield from value


def _log(invocation: Invocation, message: str, error: "Exception | None" = None, **fields: "Any") -> None:
    from tight import log  # most batches have nothing to tell

    before = current.set(invocation)  # for the fields that the handler has bound
    try:
        if error is None:
            log.warning(message, **fields)
        else:
            log.exception(message, error, **fields)
    finally:
        current.set(before)
