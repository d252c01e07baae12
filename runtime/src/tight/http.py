"""What the module of a REST resource uses: the verbs, answers to errors, default headers.

@get, @get("/accounts/{account_id}")   see `tight.handlers`, where the verbs stand: every function loads that
@error(404), @error(SomeError)         answers where Tight would say 404, and when a handler raises SomeError
"""

import sys

from tight.handlers import DEFAULT_HEADERS, ERROR, Response, add_mark, delete, get, head, options, patch, post, put
from tight.headers import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tight.handlers import Handler

__all__ = ["delete", "error", "get", "head", "is_answered", "options", "patch", "post", "put", "set_default_headers"]


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
    given, _, _ = merge({}, Response(headers=headers))
    # Spelled as Tight spells it, since an answer's headers are to have it once.
    named = {"Content-Type" if name.lower() == "content-type" else name: value for name, value in given.items()}
    sys._getframe(1).f_globals[DEFAULT_HEADERS] = named  # noqa: SLF001  # as typing finds the module that calls it
