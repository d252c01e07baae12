"""`@bus`: events of an EventBridge bus.

    @bus(pattern={"source": ["shop.orders"], "detail-type": ["Order placed"]})
    def placed(detail: Order): ...

EventBridge invokes the function, once for each event or more; what it raises surfaces, and Lambda tries again.
"Events in Amazon EventBridge" in the EventBridge user guide.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Records
from tight.events.delivery import Delivery
from tight.handlers import add_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any, TypeVar

    from tight.events.delivery import Envelope

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def bus(
    name: str = "default", *, pattern: "dict[str, Any]", envelope: "Envelope | None" = None
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the events of a bus that match an event pattern, as EventBridge has it.

    `envelope` reads the detail where whoever put the event has wrapped it; the app's is not for events of AWS.
    """
    arguments = {"bus": name, "pattern": pattern}

    def decorate(function: "Handler") -> "Handler":
        add_mark(Bus.kind, (arguments, envelope), function)
        return function

    return decorate


class Occurrence(Delivery):
    @property
    def message_id(self) -> str:
        return str(self.event["id"])

    @property
    def body(self) -> "Any":
        """What happened, as the event has it."""
        return self.event["detail"]

    @cached_property
    def message(self) -> "Any":
        """The same, or what the envelope of `@bus` gives for it."""
        envelope = self.trigger.options[1]
        if envelope is None:
            return self.event["detail"]
        from json import dumps

        return envelope.parse(dumps(self.event["detail"]), {})

    @property
    def sent_at(self) -> "datetime":
        """The event's own time, in UTC."""
        from datetime import datetime

        return datetime.fromisoformat(self.event["time"].replace("Z", "+00:00"))


class Bus(Records):
    kind = "bus"
    known_by = ("bus", "pattern")
    reports = False
    delivery = Occurrence
    typed = (*Records.typed, "detail")
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        "detail": attrgetter("message"),
        "detail_type": lambda occurrence: occurrence.event["detail-type"],
        "resources": lambda occurrence: occurrence.event["resources"],
        "sent_at": attrgetter("sent_at"),
        "source": lambda occurrence: occurrence.event["source"],
    }

    def accepts(self, event: "Any") -> bool:
        return isinstance(event, dict) and {"detail", "detail-type", "source"} <= event.keys()

    def is_from(self, event: "Any") -> bool:
        from tight.events.patterns import matches  # several buses, or a schedule beside one

        return matches(self.arguments["pattern"], event)

    def records_in(self, event: "Any") -> "list[Any]":
        return [event]
