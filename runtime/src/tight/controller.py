"""The handler that Lambda gets for one function, made of its marks."""

from importlib import import_module

from tight.handlers import refuse_twins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Any

    from tight.handlers import Mark

# What makes a handler of the marks of each trigger. Where a function has several, an event is for the first that
# accepts it.
TRIGGERS = {
    "authorizer": ("tight.authorizers", "Authorizer"),
    "static": ("tight.events.static", "Static"),
    "started": ("tight.events.lifecycle", "Started"),
    "stopping": ("tight.events.lifecycle", "Stopping"),
    "websocket": ("tight.events.websocket", "WebSocket"),
    "http": ("tight.dispatch", "Resource"),
    "amqp": ("tight.events.amqp", "Amqp"),
    "queue": ("tight.events.queue", "Queue"),
    "topic": ("tight.events.topic", "Topic"),
    "kinesis": ("tight.events.kinesis", "Kinesis"),
    "stream": ("tight.events.stream", "Stream"),
    "bucket": ("tight.events.bucket", "Bucket"),
    "schedule": ("tight.events.schedule", "Schedule"),  # before the buses: its events are some of theirs
    "bus": ("tight.events.bus", "Bus"),
    "direct": ("tight.invoked", "Direct"),
}


def controller_of(name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> "Any":
    """What is called with every event and context of the function `name`. Raises `NoHandler` without a trigger."""
    marked = {mark.trigger for mark in marks}
    parts = []
    for trigger, (home, kind) in TRIGGERS.items():
        if trigger in marked:
            make = getattr(import_module(home), kind)
            parts += [make(name, module, share, settings) for share in _shares(make, marks)]
    if not parts:
        from tight.errors import NoHandler

        raise NoHandler(module.__name__)
    return parts[0] if len(parts) == 1 else Switch(parts)


def _shares(kind: "Any", marks: "list[Mark]") -> "list[list[Mark]]":
    """The marks for each trigger of one kind: all of them, or one each where a function may have several."""
    if not getattr(kind, "several", False):
        return [marks]
    own = [mark for mark in marks if mark.trigger == kind.kind]
    refuse_twins(
        own,
        [kind.source_of(mark.options[0]) for mark in own],
        lambda mark: f"@{kind.kind} of {kind.source_of(mark.options[0])}",
    )
    return [[each for each in marks if each is mark or each.trigger != kind.kind] for mark in own]


class Switch:
    """The triggers of a function that has several."""

    def __init__(self, parts: "list[Any]") -> None:
        self.parts = parts
        self._is_cold = True
        self.__name__, self.__module__, self.__doc__ = parts[0].__name__, parts[0].__module__, parts[0].__doc__

    def __call__(self, event: "Any", context: object) -> "Any":
        return self.part_for(event)(event, context)

    def part_for(self, event: "Any") -> "Any":
        """The trigger that an event is for. Raises `UnknownSource` where several take such events, and none its source.

        The name of a source counts only between several: a stack may give a queue another name than the code does.
        """
        part = self._find(event)
        if self._is_cold:  # the first event of an environment is that of all its triggers
            self._is_cold = False
            for other in self.parts:
                other.cold = other is part
        return part

    def _find(self, event: "Any") -> "Any":
        # The last one is given what none accepts, and says what is wrong with it.
        parts = [part for part in self.parts if part.accepts(event)] or self.parts[-1:]
        if not getattr(parts[0], "several", False):
            return parts[0]
        rivals = [part for part in parts if getattr(part, "several", False)]
        if len(rivals) == 1:
            return rivals[0]
        found = [part for part in rivals if part.is_from(event)]
        if found:
            return found[0] if len(found) == 1 else max(found, key=lambda part: part.closeness)
        from tight.errors import UnknownSource

        raise UnknownSource(self.__name__, [part.source_of(part.options[0]) for part in rivals])
