"""One function that a trigger other than HTTP calls: it is given what it names, and what it raises surfaces."""

import sys
from operator import attrgetter

from tight.exits import HttpExit
from tight.handlers import Endpoint, refuse_twins, visible
from tight.request import Invocation, current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any, ClassVar

    from tight.handlers import Mark


class Trigger:
    """What Lambda calls. A subclass says which marks are its own, what a handler may name, and what an answer becomes.

    An exception surfaces as itself, so that Lambda counts it, logs it and, where its caller asks for that, tries again.
    """

    kind: str
    fillers: "ClassVar[Mapping[str, Callable[[Any], object]]]" = {  # noqa: RUF012  # ClassVar, but quoted
        "context": attrgetter("context"),
        "event": attrgetter("event"),
        "invocation": lambda invocation: invocation,
    }
    typed: "tuple[str, ...]" = ("event",)

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        self.__name__ = name
        self.__module__ = module.__name__
        self.__doc__ = module.__doc__
        own = [mark for mark in marks if mark.trigger == self.kind]
        refuse_twins(own, [mark.trigger for mark in own], lambda mark: f"@{mark.trigger}")
        self.options = own[0].options
        self.cold = True
        endpoint = Endpoint(visible(vars(module), own[0]), self.fillers, typed=self.typed)
        self.is_async = endpoint.is_async
        self.step: Callable[[Any], Any] = endpoint
        if "middleware" in settings or "tight.middleware" in sys.modules:
            from tight.middleware import around_all, compose, layers_of

            own_layers, layers = layers_of(endpoint.function, marks), settings.get("middleware", ())
            step, is_async = compose(endpoint, endpoint.is_async, own_layers, _as_it_is)
            self.step, self.is_async = around_all(step, is_async, layers, marks, _as_it_is)

    def __call__(self, event: "Any", context: object) -> "Any":
        invocation = self.invocation_of(event, context)
        before = current.set(invocation)
        try:
            value = self.step(invocation)
            if self.is_async:
                from tight.loop import run

                value = run(value)
            return self.answer(invocation, value)
        except HttpExit as error:
            from tight.errors import MisplacedExit

            raise MisplacedExit(self.__name__) from error
        finally:
            self.cold = False
            current.set(before)

    def accepts(self, event: "Any") -> bool:  # noqa: ARG002  # a subclass looks at it
        """Whether an event is for this trigger."""
        return True

    def invocation_of(self, event: "Any", context: object) -> Invocation:
        return Invocation(event, context, self.__name__, cold_start=self.cold)

    def answer(self, invocation: "Any", value: "Any") -> "Any":  # noqa: ARG002  # a subclass looks at both
        """What Lambda is given for the value of the handler."""
        return value


def _as_it_is(value: "Any") -> "Any":
    return value
