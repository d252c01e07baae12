"""One invocation: what Lambda handed over, and where whatever runs inside it finds that again."""

__all__ = ["Invocation", "current", "lazy"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import ContextVar
    from functools import cached_property as lazy
    from typing import Any
else:

    class lazy:  # noqa: N801  # reads as property does
        """A property that is read once. `functools.cached_property` takes a lock for that up to Python 3.11."""

        def __init__(self, read: "Callable[[Any], Any]") -> None:
            self.read = read
            self.__doc__ = read.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: object, owner: "type | None" = None) -> "Any":
            if instance is None:
                return self
            value = self.read(instance)
            setattr(instance, self.name, value)  # faster than by way of __dict__, which Python makes on demand
            return value


class Invocation:
    """An event on its way through a function. Middleware of every trigger is given one.

    `fields` are the log's for this invocation alone. `cold_start` is true for the first one of an environment.
    """

    def __init__(self, event: "Any", context: "Any", function: str = "", *, cold_start: bool = False) -> None:
        self.event = event
        self.context = context
        self.function = function
        self.cold_start = cold_start

    @lazy
    def fields(self) -> "dict[str, Any]":
        return {}

    @property
    def request_id(self) -> "str | None":
        """The id that Lambda gave to this invocation."""
        return getattr(self.context, "aws_request_id", None)

    @property
    def correlation_id(self) -> "str | None":
        """What ties this invocation to its cause; a trigger that carries such an id says so by overriding this."""
        return None


class _Current:
    """The invocation that is going on. In Lambda there is one at a time; `follow_tasks` is for where there are more.

    A ContextVar from the start would cost every cold start a fifth of a millisecond.
    """

    __slots__ = ("_here", "_variable")

    def __init__(self) -> None:
        self._here: Invocation | None = None
        self._variable: ContextVar[Invocation | None] | None = None

    def get(self) -> "Invocation | None":
        return self._here if self._variable is None else self._variable.get()

    def set(self, invocation: "Invocation | None") -> "Invocation | None":
        """What was going on before, for whoever puts it back."""
        if self._variable is None:
            before, self._here = self._here, invocation
            return before
        before = self._variable.get()
        self._variable.set(invocation)
        return before

    def follow_tasks(self) -> None:
        """Keep one for each thread and each task of an event loop from now on."""
        if self._variable is None:
            from contextvars import ContextVar

            self._variable = ContextVar("tight.invocation", default=None)
            self._variable.set(self._here)


current = _Current()
