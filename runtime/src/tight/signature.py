"""What a handler asks for, read from its parameters.

Read from the code object, since `inspect` would add 7 ms to every cold start.
"""

from tight.errors import UnreadableHandler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_VARARGS, _VARKEYWORDS = 0x04, 0x08  # inspect.CO_VARARGS, inspect.CO_VARKEYWORDS


class Signature:
    """The parameters of the innermost function below `functools.wraps`.

    `names` has them in order, `defaults` the values of those that may stay away, `by_position` the first of the names,
    which can't be given by name; `star_args` and `star_kwargs` tell whether `*args` and `**kwargs` are declared.
    """

    __slots__ = ("by_position", "defaults", "names", "star_args", "star_kwargs")

    def __init__(self, function: "Callable[..., Any]") -> None:
        inner, bound, given = _unwrap(function)
        code = inner.__code__
        count = code.co_argcount
        names = code.co_varnames[:count]
        keyword_only = code.co_varnames[count : count + code.co_kwonlyargcount]
        values = inner.__defaults__ or ()
        self.defaults = {
            **dict(zip(names[count - len(values) :], values, strict=True)),
            **(inner.__kwdefaults__ or {}),
            **given,
        }
        self.names = tuple(name for name in names[bound:] + keyword_only if name not in given)
        self.star_args = bool(code.co_flags & _VARARGS)
        self.star_kwargs = bool(code.co_flags & _VARKEYWORDS)
        # Python fills *args only behind the named parameters, so where it is declared those go by position as well.
        first = names[bound : count if self.star_args else code.co_posonlyargcount]
        self.by_position = tuple(name for name in first if name not in given)


def _unwrap(function: "Any") -> "tuple[Any, int, dict[str, object]]":
    """The innermost function, how many of its first parameters are bound, and which it is given by name."""
    bound, outer = 0, function
    given: dict[str, object] = {}
    while True:
        if hasattr(function, "__func__") and hasattr(function, "__self__"):
            # A bound method, which also shows the attributes of its function.
            function, bound = function.__func__, bound + 1
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif hasattr(function, "__code__"):
            return function, bound, given
        elif hasattr(function, "keywords"):  # functools.partial
            bound, given = bound + len(function.args), {**function.keywords, **given}
            function = function.func
        elif hasattr(type(function).__call__, "__code__"):  # an object with a method __call__
            function, bound = type(function).__call__, bound + 1
        else:
            raise UnreadableHandler(outer)
