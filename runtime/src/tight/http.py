"""The verbs: decorators that mark the functions of a REST resource.

    @get                               answers every path that reaches this function
    @get("/accounts/{account_id}")     answers that path; the more specific one wins
    @error(404), @error(SomeError)     answers where Tight would say 404, and when a handler raises SomeError

Each returns the function unchanged, so that a test can call it directly, and verbs can be stacked.
"""

import sys

from tight.marks import add_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar, overload

    Handler = TypeVar("Handler", bound=Callable[..., Any])

TRIGGER = "http"
ERROR = "error"
HEADERS = "__tight_default_headers__"


class Verb:
    """The decorator of one HTTP method."""

    __slots__ = ("method",)

    def __init__(self, method: str) -> None:
        self.method = method.upper()

    if TYPE_CHECKING:

        @overload
        def __call__(self, target: Handler) -> Handler: ...
        @overload
        def __call__(self, target: str) -> Callable[[Handler], Handler]: ...

    def __call__(self, target: "Handler | str") -> "Handler | Callable[[Handler], Handler]":
        if not isinstance(target, str):
            add_mark(TRIGGER, (self.method, None), target)
            return target
        options = (self.method, target)

        def decorate(function: "Handler") -> "Handler":
            add_mark(TRIGGER, options, function)
            return function

        return decorate


get = Verb("GET")
post = Verb("POST")
put = Verb("PUT")
patch = Verb("PATCH")
delete = Verb("DELETE")
options = Verb("OPTIONS")
head = Verb("HEAD")


def error(what: "int | type[Exception]") -> "Callable[[Handler], Handler]":
    """Mark what answers a status of Tight's own (400, 404, 405, 422, 500) or an exception, the nearest class first.

    It may name `error` and `status` besides what a handler may name; what it returns has that status, or for an
    exception 500, unless it names one. Raises `NoSuchError` for any other status.
    """
    if not is_answered(what):
        from tight.errors import NoSuchError

        raise NoSuchError(what)

    def decorate(function: "Handler") -> "Handler":
        add_mark(ERROR, (what,), function)
        return function

    return decorate


def is_answered(what: object) -> bool:
    """Whether `what` is an error that Tight has an answer for, which an app may replace."""
    return issubclass(what, Exception) if isinstance(what, type) else what in (400, 404, 405, 422, 500)


def set_default_headers(headers: "Mapping[str, str]") -> None:
    """The headers of every answer of the module that calls this, in place of `Access-Control-Allow-Origin: *`.

    A content type among them is that of text; JSON and bytes have their own.
    """
    from tight.headers import merge
    from tight.response import Response

    given, _, _ = merge({}, Response(headers=headers))
    # Spelled as Tight spells it, since an answer's headers are to have it once.
    named = {"Content-Type" if name.lower() == "content-type" else name: value for name, value in given.items()}
    sys._getframe(1).f_globals[HEADERS] = named  # noqa: SLF001  # as typing finds the module that calls it
