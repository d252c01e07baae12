"""One function that a trigger other than HTTP calls: it is given what it names, and what it raises surfaces."""

import sys
from operator import attrgetter

from tight.exits import HttpExit
from tight.handlers import Endpoint, refuse_twins, settle, visible
from tight.request import Invocation, current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any, ClassVar

    from tight.handlers import Mark


def refuse_bare(example: str, given: "Any") -> None:
    """Raises `TypeError` for a decorator without its brackets, which was given the function: `example` has them."""
    if callable(given) and hasattr(given, "__code__"):  # a model is a class
        trigger = example.partition("(")[0]
        raise TypeError(f"{trigger} of {given.__qualname__} has to say what feeds it, such as {example}")


class Trigger:
    """What Lambda calls. A subclass says which marks are its own, what a handler may name, and what an answer becomes.

    An exception surfaces as itself, so that Lambda counts it, logs it and, where its caller asks for that, tries again.
    """

    kind: str
    several = False  # whether a function may have several marks of this kind: each then has a trigger of its own
    known_by: "ClassVar[tuple[str, ...]]" = ()  # of several, the arguments that tell one source from another
    closeness = 0  # of several that an event may be from, the one with the most of it is meant, else the first
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
        function = visible(vars(module), own[0])
        # Of a gateway's event a route of its own may name parameters; of the others nothing is known that is not here.
        names = () if self.several else None
        endpoint = Endpoint(function, self.fillers_for(function), path_names=names, typed=self.typed)
        self.is_async = endpoint.is_async
        self.step: Callable[[Any], Any] = endpoint
        if "middleware" in settings or "tight.middleware" in sys.modules:
            from tight.middleware import around_all, compose, layers_of

            own_layers, layers = layers_of(endpoint.function, marks), settings.get("middleware", ())
            step, is_async = compose(endpoint, endpoint.is_async, own_layers, _as_it_is)
            self.step, self.is_async = around_all(step, is_async, layers, marks, _as_it_is)

    def __call__(self, event: "Any", context: object) -> "Any":
        return self.perform(self.invocation_of(event, context))

    def perform(self, invocation: "Any") -> "Any":
        """Call the handler, with its middleware around it, for one invocation."""
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

    async def perform_awaited(self, invocation: "Any") -> "Any":
        """The same on an event loop that runs, for whoever has several invocations to await one after the other."""
        from asyncio import CancelledError, current_task  # a loop runs, so they are loaded

        before = current.set(invocation)
        try:
            return self.answer(invocation, await settle(self.step(invocation)))
        except HttpExit as error:
            from tight.errors import MisplacedExit

            raise MisplacedExit(self.__name__) from error
        except CancelledError as error:
            # Not of the task that this is, but of one that the handler awaits; before Python 3.11 nobody can tell.
            if getattr(current_task(), "cancelling", int)():
                raise
            from tight.errors import Cancelled

            raise Cancelled from error
        finally:
            self.cold = False
            current.set(before)

    def fillers_for(
        self,
        function: "Callable[..., Any]",  # noqa: ARG002  # a subclass looks at it
    ) -> "Mapping[str, Callable[[Any], object]]":
        """What `function` may name."""
        return self.fillers

    def accepts(self, event: "Any") -> bool:  # noqa: ARG002  # a subclass looks at it
        """Whether an event is of this trigger's kind, by its shape."""
        return True

    def is_from(self, event: "Any") -> bool:  # noqa: ARG002  # a subclass looks at it
        """Whether an event of this kind is from the very source that the mark names; asked where there are several."""
        return True

    @classmethod
    def source_of(cls, arguments: "dict[str, Any]") -> str:
        """The source that the arguments of a decorator name; two functions can't have one in common."""
        named = [arguments[name] for name in cls.known_by]
        return " ".join(str(each) for each in named if each)

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        """The arguments of a decorator, for the manifest."""
        arguments: dict[str, Any] = mark.options[0]
        return arguments

    def invocation_of(self, event: "Any", context: object) -> Invocation:
        return Invocation(event, context, self.__name__, cold_start=self.cold)

    def answer(self, invocation: "Any", value: "Any") -> "Any":  # noqa: ARG002  # a subclass looks at both
        """What Lambda is given for the value of the handler."""
        return value


def _as_it_is(value: "Any") -> "Any":
    return value
