"""Handlers, the functions of an app that a trigger calls: what marks one, what it is given, and what it may return.

    @get                               answers every path that reaches this function
    @get("/accounts/{account_id}")     answers that path; the more specific one wins

A decorator notes itself in the module that is being imported, and returns the function unchanged, so that a test can
call it directly. The note stands in the module and not on the function, so that a function can be shared between
modules, and two functions of one name can't replace each other unseen. Parameters are read from the code object, since
`inspect` would add 7 ms to every cold start.
"""

import sys
from json import JSONEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType
    from typing import Any, Protocol, TypeVar, overload

    Filler = Callable[[Any], object]
    Handler = TypeVar("Handler", bound=Callable[..., Any])
    HeaderValue = str | int | bool | list[str] | None

    class Verb(Protocol):
        """Marks a handler; given a path, it is what marks one."""

        @overload
        def __call__(self, target: Handler) -> Handler: ...
        @overload
        def __call__(self, target: str) -> Callable[[Handler], Handler]: ...


HTTP, ERROR = "http", "error"  # what the marks of verbs and of `@error` are for
DEFAULT_HEADERS = "__tight_default_headers__"  # where `set_default_headers` keeps them, in the module

_NOTES = "__tight_marks__"
_MOST_WRAPPERS = 100  # a chain of wrappers may run in a circle


class Mark:
    """A function that a trigger calls: which trigger, with which options, and where that was written.

    `bound` is what the function's name stood for when another function took it over.
    """

    def __init__(self, trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]", place: str) -> None:
        self.trigger = trigger
        self.options = options
        self.function = function
        self.place = place
        self.bound: object = None


def add_mark(trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]") -> None:
    """Note that `trigger` calls `function`, in the module whose import runs the decorator."""
    # As typing and enum find the module that calls them. A decorator of the app's own may stand in between.
    frame = sys._getframe(1)  # noqa: SLF001  # see above
    while frame.f_code.co_name != "<module>" and frame.f_back is not None:
        frame = frame.f_back
    namespace = frame.f_globals
    # Reloading runs a module again in the same namespace, but with a new spec: its notes start anew.
    spec, notes = _notes_in(namespace)
    if spec is not namespace.get("__spec__"):
        notes = []
    name = getattr(function, "__name__", "")
    for note in notes:
        if note.bound is None and getattr(note.function, "__name__", "") == name:
            note.bound = namespace.get(name)
    notes.append(Mark(trigger, options, function, f"{frame.f_code.co_filename}:{frame.f_lineno}"))
    namespace[_NOTES] = (namespace.get("__spec__"), notes)


def marks_of(module: "ModuleType") -> "list[Mark]":
    """The marks made while `module` was imported, in their order."""
    return list(_notes_in(vars(module))[1])


def visible(module: "dict[str, Any]", mark: "Mark") -> "Callable[..., Any]":
    """The marked function, or the outermost wrapper that decorators above Tight's have put around it.

    Leaving such a wrapper out without a word could leave out a check of permissions; so what can't be found is refused.
    """
    function, found, outermost = mark.function, mark.function, -1
    for value in (mark.bound, *module.values()):
        wrappers = depth(value, function) if callable(value) else None
        if wrappers is not None and wrappers > outermost:
            found, outermost = value, wrappers
    if outermost < 0 and getattr(function, "__module__", "") == module.get("__name__"):
        from tight.errors import HiddenHandler

        raise HiddenHandler(function.__qualname__, mark.place)
    return found


def refuse_twins(marks: "list[Mark]", keys: "Sequence[object]", name: "Callable[[Mark], str]") -> None:
    """Raise `DuplicateRoute` where two marks have equal keys; `name` says what they are for."""
    places: dict[object, str] = {}
    for mark, key in zip(marks, keys, strict=True):
        if key in places:
            from tight.errors import DuplicateRoute

            raise DuplicateRoute(name(mark), places[key], mark.place)
        places[key] = mark.place


def depth(outer: "Any", function: object) -> "int | None":
    """How many wrappers `outer` is around `function`; None where it is not."""
    for wrappers in range(_MOST_WRAPPERS):
        if outer is function:
            return wrappers
        try:
            outer = outer.__wrapped__
        except Exception:  # noqa: BLE001  # a lazy proxy in the module may raise anything
            return None
    return None


def _notes_in(namespace: "dict[str, Any]") -> "tuple[object, list[Mark]]":
    return namespace.get(_NOTES) or (None, [])


def _verb(method: str) -> "Verb":
    """The decorator of one HTTP method."""

    def mark(target: "Any") -> "Any":
        if not isinstance(target, str):
            add_mark(HTTP, (method, None), target)
            return target

        def decorate(function: "Handler") -> "Handler":
            add_mark(HTTP, (method, target), function)
            return function

        return decorate

    return mark


get = _verb("GET")
post = _verb("POST")
put = _verb("PUT")
patch = _verb("PATCH")
delete = _verb("DELETE")
options = _verb("OPTIONS")
head = _verb("HEAD")


# Tight 0.1 gave these three to every handler; `**kwargs` still gets those that the trigger has.
_STAR_KWARGS = ("event", "context", "principal_id")
_VARARGS, _VARKEYWORDS, _COROUTINE = 0x04, 0x08, 0x80  # inspect.CO_VARARGS, CO_VARKEYWORDS, CO_COROUTINE
_PLAIN_MODULES = ("builtins", "collections.abc", "types", "typing")
_PLAIN_NAMES = {"Any", "Dict", "List", "Mapping", "None", "Optional", "Sequence", "Union", "typing"}
_PLAIN_NAMES |= {"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple"}
_TO_SPACES = dict.fromkeys(map(ord, "[](){},.|'\""), " ")


class Endpoint:
    """A handler with what it asks for: called with an invocation, it is given that and nothing more.

    Fills the parameters of `function` from `fillers`, by their names; those of its path come first. `typed` are the
    parameters whose annotation is checked: a pydantic or msgspec model, or a dataclass.
    """

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

        return UnknownParameter(self.function, name, fillers)


async def settle(value: "Any") -> "Any":
    """What `value` gives, awaited where it has to be: a decorator may have run an `async def` itself."""
    return await value if hasattr(value, "__await__") else value


def _is_plain(annotation: "Any") -> bool:
    """Whether nothing is to be checked, as of `dict[str, str]`; told cheaply, since most annotations are such."""
    annotation = getattr(annotation, "__forward_arg__", annotation)
    if isinstance(annotation, str):
        return _PLAIN_NAMES.issuperset(annotation.translate(_TO_SPACES).split())
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

    def __init__(self, function: "Callable[..., Any]") -> None:
        inner: Any = function
        bound, is_async = 0, False
        given: dict[str, object] = {}
        if hasattr(function, "__wrapped__") or type(function) is not _FUNCTION:
            from tight.wrappers import unwrap

            inner, bound, given, is_async = unwrap(function)
        code = inner.__code__
        count = code.co_argcount
        names = code.co_varnames[:count]
        keyword_only = code.co_varnames[count : count + code.co_kwonlyargcount]
        values = inner.__defaults__ or ()
        self.inner = inner
        self.is_async = is_async or bool(code.co_flags & _COROUTINE)
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


_FUNCTION = type(_is_plain)


def encode(value: "Any") -> "Any":
    """What JSON can hold in place of `value`; see `tight.encoding`."""
    from tight.encoding import jsonable  # most answers need none of it

    return jsonable(value)


# Half of a surrogate pair is no UTF-8, so all but ASCII is escaped; NaN is no JSON, so it is refused. A value that
# holds itself is refused by Python's limit of recursion; to look for it takes a fifth of the time.
dumps = JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":"), default=encode).encode

# API Gateway's own keys, and Tight's `passthrough`. A dict with any other key is data.
RESPONSE_KEYS = frozenset(
    ("statusCode", "headers", "body", "multiValueHeaders", "cookies", "isBase64Encoded", "passthrough")
)
PLAIN_TEXT = "text/plain; charset=utf-8"  # what text is unless somebody says otherwise


class Response:
    """An HTTP answer. `body` may be text, bytes or any JSON-able value; a header given a list is sent repeatedly.

    `encoded` says that the body is base64 text already, `verbatim` that it is all that is answered.
    """

    __slots__ = ("body", "cookies", "encoded", "headers", "status", "verbatim")

    def __init__(
        self,
        status: int = 200,
        body: object = "",
        headers: "Mapping[str, HeaderValue] | None" = None,
        cookies: "Mapping[str, str] | Iterable[str]" = (),
        *,
        encoded: bool = False,
        verbatim: bool = False,
    ) -> None:
        if not (isinstance(status, int) and 200 <= status <= 599):
            from tight.errors import BadStatus

            raise BadStatus(status)
        self.status = status
        self.body = body
        self.headers: dict[str, HeaderValue] = dict(headers) if headers else {}
        self.cookies: list[str] = []
        if cookies:
            from tight.headers import cookies_of

            self.cookies = cookies_of(cookies)
        self.encoded = encoded
        self.verbatim = verbatim

    def payload(self, dumps: "Callable[[Any], str]" = dumps) -> "tuple[str, bool, str | None]":
        """The body as text, whether that text is base64, and the content type that it implies."""
        body = self.body
        if isinstance(body, (dict, list)):
            return dumps(body), False, "application/json"
        if isinstance(body, str):
            return sendable(body), self.encoded, None
        if body is None:
            return "", False, None
        if isinstance(body, (bytes, bytearray, memoryview)):
            from base64 import b64encode

            return b64encode(body).decode("ascii"), True, "application/octet-stream"
        return dumps(body), False, "application/json"


def respond(value: object) -> Response:
    """Turn what a handler returned into a `Response`.

    A non-empty dict of response keys alone is a response (status 200 when it names none), so is a tuple
    `(status, body)` or `(status, body, headers)`; None is 204; text, bytes and any other JSON-able value are a body.
    """
    if isinstance(value, dict):
        for name in value:
            if name not in RESPONSE_KEYS:
                return Response(200, value)
        return _from_parts(value) if value else Response(200, value)
    if isinstance(value, tuple) and len(value) in (2, 3) and isinstance(value[0], int) and 200 <= value[0] <= 599:
        return Response(*value)
    if isinstance(value, Response):  # a new one, since middleware may change it, and the app give the same each time
        return Response(
            value.status, value.body, value.headers, value.cookies, encoded=value.encoded, verbatim=value.verbatim
        )
    if value is None:
        return Response(204)
    if isinstance(value, str):
        return Response(200, value, {"Content-Type": PLAIN_TEXT})
    return Response(200, value)


def sendable(text: str) -> str:
    """`text` with what UTF-8 can't encode replaced; Lambda's client would end the process over it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _from_parts(parts: "dict[str, Any]") -> Response:
    if "passthrough" in parts:
        return Response(200, parts["passthrough"], verbatim=True)
    status, body = parts.get("statusCode"), parts.get("body")
    return Response(
        200 if status is None else int(status),
        "" if body is None else body,
        {**(parts.get("headers") or {}), **(parts.get("multiValueHeaders") or {})},
        parts.get("cookies") or (),
        encoded=bool(parts.get("isBase64Encoded")),
    )
