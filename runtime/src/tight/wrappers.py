"""What may stand around a function that can't be seen through its code: wrappers, methods, partials, objects."""

from tight.errors import UnreadableHandler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COROUTINE = 0x80  # inspect.CO_COROUTINE


def unwrap(function: "Any") -> "tuple[Any, int, dict[str, object], bool]":
    """The innermost function, how many of its first parameters are bound, which it is given by name, and whether any
    on the way to it is `async def`. Raises `UnreadableHandler`.
    """
    bound, outer, is_async = 0, function, False
    given: dict[str, object] = {}
    while True:
        is_async = is_async or bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & _COROUTINE)
        if hasattr(function, "__func__") and hasattr(function, "__self__"):
            # A bound method, which also shows the attributes of its function.
            function, bound = function.__func__, bound + 1
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif hasattr(function, "__code__"):
            return function, bound, given, is_async
        elif hasattr(function, "keywords"):  # functools.partial
            bound, given = bound + len(function.args), {**function.keywords, **given}
            function = function.func
        elif hasattr(type(function).__call__, "__code__"):  # an object with a method __call__
            function, bound = type(function).__call__, bound + 1
        else:
            raise UnreadableHandler(outer)
