"""The handler that Lambda gets for one function, made of its marks."""

from importlib import import_module

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
    "http": ("tight.dispatch", "Resource"),
    "direct": ("tight.invoked", "Direct"),
}


def controller_of(name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> "Any":
    """What is called with every event and context of the function `name`. Raises `NoHandler` without a trigger."""
    marked = {mark.trigger for mark in marks}
    parts = [
        getattr(import_module(home), kind)(name, module, marks, settings)
        for trigger, (home, kind) in TRIGGERS.items()
        if trigger in marked
    ]
    if not parts:
        from tight.errors import NoHandler

        raise NoHandler(module.__name__)
    return parts[0] if len(parts) == 1 else Switch(parts)


class Switch:
    """The triggers of a function that has several."""

    def __init__(self, parts: "list[Any]") -> None:
        self.parts = parts
        self.__name__, self.__module__, self.__doc__ = parts[0].__name__, parts[0].__module__, parts[0].__doc__

    def __call__(self, event: "Any", context: object) -> "Any":
        # The last one is given what none accepts, and says what is wrong with it.
        part = next((part for part in self.parts if part.accepts(event)), self.parts[-1])
        return part(event, context)
