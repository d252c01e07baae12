"""A marked function with what it asks for: called with an invocation, it is given that and nothing more.

Parameters are read from the code object, since `inspect` would add 7 ms to every cold start.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Filler = Callable[[Any], object]

# Tight 0.1 gave these three to every handler; `**kwargs` still gets those that the trigger has.
_STAR_KWARGS = ("event", "context", "principal_id")
_VARARGS, _VARKEYWORDS, _COROUTINE = 0x04, 0x08, 0x80  # inspect.CO_VARARGS, CO_VARKEYWORDS, CO_COROUTINE
_PLAIN_MODULES = ("builtins", "collections.abc", "types", "typing")
_PLAIN_NAMES = {"Any", "Dict", "List", "Mapping", "None", "Optional", "Sequence", "Union", "typing"}
_PLAIN_NAMES |= {"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple"}


class Endpoint:
    """Fills the parameters of `function` from `fillers`, by their names; those of its path come first.

    `typed` are the parameters whose annotation is checked: a pydantic or msgspec model, or a dataclass.
    """

    __slots__ = ("by_name", "by_name_alone", "by_position", "from_path", "function", "is_async", "signature")

    def __init__(
        self,
        function: "Callable[..., Any]",
        fillers: "Mapping[str, Filler]",
        *,
        path_names: "tuple[str, ...] | None" = None,
        typed: "tuple[str, ...]" = (),
    ) -> None:
        self.function = function
        self.signature = signature = Signature(function)
        self.is_async = signature.is_async
        names = signature.names
        if signature.star_kwargs:
            names = (*dict.fromkeys(names + tuple(name for name in _STAR_KWARGS if name in fillers)),)
        by_name = {}
        for name in names:
            fill = self._filler(name, fillers, path_names)
            if name in typed and name not in (path_names or ()):
                fill = self._checked(name, fill)
            by_name[name] = fill
        self.by_position = tuple(by_name.pop(name) for name in signature.by_position)
        self.by_name_alone = not (self.by_position or signature.star_args)
        self.from_path = tuple(name for name in by_name if name in (path_names or ()))
        self.by_name = tuple((name, fill) for name, fill in by_name.items() if name not in self.from_path)

    def __call__(self, invocation: "Any") -> "Any":
        given = {}
        for name in self.from_path:  # a comprehension would be a call more, before Python 3.12
            given[name] = invocation.matched[name]
        for name, fill in self.by_name:
            given[name] = fill(invocation)
        if self.by_name_alone:
            return self.function(**given)
        values = [fill(invocation) for fill in self.by_position]
        if self.signature.star_args:  # as in Tight 0.1
            values += (invocation.function, invocation.event, invocation.context)
        return self.function(*values, **given)

    def _filler(self, name: str, fillers: "Mapping[str, Filler]", path_names: "tuple[str, ...] | None") -> "Filler":
        if path_names is not None and name in path_names:
            return lambda request: request.matched[name]
        if name in fillers:
            return fillers[name]
        defaults = self.signature.defaults
        if path_names is not None and name not in defaults:
            raise self._unknown(name, fillers)

        def from_gateway(request: "Any") -> object:
            # Without a path of our own, the gateway's route may name parameters.
            parameters = getattr(request, "path_parameters", {})
            if name in parameters:
                return parameters[name]
            if name in defaults:
                return defaults[name]
            raise self._unknown(name, fillers)

        return from_gateway

    def _checked(self, name: str, fill: "Filler") -> "Filler":
        try:
            annotation = self.signature.inner.__annotations__.get(name)
        except NameError:  # Python 3.14 evaluates all of them here, and one may be imported for type checkers alone
            from tight.validation import deferred_annotation

            annotation = deferred_annotation(self.signature.inner, name)
        if annotation is None or _is_plain(annotation):
            return fill
        from tight.validation import checker

        check = checker(annotation, self.signature.inner, name)
        return fill if check is None else lambda invocation: check(fill(invocation))

    def _unknown(self, name: str, fillers: "Mapping[str, Filler]") -> Exception:
        from tight.errors import UnknownParameter

        return UnknownParameter(self.function.__qualname__, name, fillers)


async def settle(value: "Any") -> "Any":
    """What `value` gives, awaited where it has to be: a decorator may have run an `async def` itself."""
    return await value if hasattr(value, "__await__") else value


def _is_plain(annotation: "Any") -> bool:
    """Whether nothing is to be checked, as of `dict[str, str]`; told cheaply, since most annotations are such."""
    annotation = getattr(annotation, "__forward_arg__", annotation)
    if isinstance(annotation, str):
        return _PLAIN_NAMES.issuperset(re.findall(r"\w+", annotation))
    origin = getattr(annotation, "__origin__", annotation)
    return getattr(origin, "__module__", "") in _PLAIN_MODULES and all(
        map(_is_plain, getattr(annotation, "__args__", ()))
    )


class Signature:
    """The parameters of the innermost function below `functools.wraps`.

    `names` has them in order, `defaults` the values of those that may stay away, `by_position` the first of the names,
    which can't be given by name; `star_args` and `star_kwargs` tell whether `*args` and `**kwargs` are declared,
    `is_async` whether it, or a wrapper around it, is `async def`.
    """

    __slots__ = ("by_position", "defaults", "inner", "is_async", "names", "star_args", "star_kwargs")

    def __init__(self, function: "Callable[..., Any]") -> None:
        inner, bound, given, self.is_async = _unwrap(function)
        code = inner.__code__
        count = code.co_argcount
        names = code.co_varnames[:count]
        keyword_only = code.co_varnames[count : count + code.co_kwonlyargcount]
        values = inner.__defaults__ or ()
        self.inner = inner
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


def _unwrap(function: "Any") -> "tuple[Any, int, dict[str, object], bool]":
    """The innermost function, how many of its first parameters are bound, which it is given by name, and whether any
    on the way to it is `async def`.
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
            from tight.errors import UnreadableHandler

            raise UnreadableHandler(outer)
