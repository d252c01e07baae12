"""The verbs: decorators that mark the functions of a REST resource.

    @get                               answers every path that reaches this function
    @get("/accounts/{account_id}")     answers that path; the more specific one wins

A verb returns the function unchanged, so that a test can call it directly, and verbs can be stacked.
"""

from tight.marks import add_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    Handler = TypeVar("Handler", bound=Callable[..., Any])

TRIGGER = "http"


class Verb:
    """The decorator of one HTTP method."""

    __slots__ = ("method",)

    def __init__(self, method: str) -> None:
        self.method = method

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
