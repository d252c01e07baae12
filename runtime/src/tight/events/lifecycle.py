"""`@started` and `@stopping`: what the host does before its first event, and after its last.

    @started
    def connect(): ...

Lambda has neither: there, what a module does while it is imported comes before the first event, and nothing after the
last. The host sends such a hook an event of its own, `{"source": "tight.host", "detail-type": "started"}`.
"""

from tight.handlers import add_mark
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any, TypeVar

    from tight.handlers import Mark

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def started(function: "Handler") -> "Handler":
    """Mark a function that the host calls before it takes events; an error in it ends the host."""
    add_mark(Started.kind, ({},), function)
    return function


def stopping(function: "Handler") -> "Handler":
    """Mark a function that the host calls when the last event has come to its end, or its grace is over."""
    add_mark(Stopping.kind, ({},), function)
    return function


class Hook(Trigger):
    several = True

    def __init__(self, kind: str, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Any") -> None:
        self.kind = kind
        super().__init__(name, module, marks, settings)


class Hooks:
    """All hooks of one kind in a function, called in their order."""

    kind: str

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        self.__name__, self.__module__, self.__doc__ = name, module.__name__, module.__doc__
        own = [mark for mark in marks if mark.trigger == self.kind]
        others = [mark for mark in marks if mark.trigger != self.kind]
        self.hooks = [Hook(self.kind, name, module, [mark, *others], settings) for mark in own]

    def __call__(self, event: "Any", context: object) -> None:
        for hook in self.hooks:
            hook(event, context)

    def accepts(self, event: "Any") -> bool:
        return isinstance(event, dict) and (event.get("source"), event.get("detail-type")) == ("tight.host", self.kind)

    @staticmethod
    def describe(mark: "Mark") -> "dict[str, Any]":
        arguments: dict[str, Any] = mark.options[0]
        return arguments


class Started(Hooks):
    kind = "started"


class Stopping(Hooks):
    kind = "stopping"

    def __call__(self, event: "Any", context: object) -> None:
        """All of them, also where one fails; then the first error surfaces."""
        errors = []
        for hook in self.hooks:
            try:
                hook(event, context)
            except Exception as error:  # noqa: BLE001, PERF203  # surfaces below; there are few hooks
                errors.append(error)
        if errors:
            raise errors[0]
