"""Middleware around the endpoints of a REST resource, and around all of it but Tight's own answer to OPTIONS."""

from tight.failure import as_step, has_async
from tight.handlers import respond
from tight.middleware import Wrapped, around_all, compose, layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tight.dispatch import Resource
    from tight.handlers import Endpoint, Mark
    from tight.request import Request


def wrapped(resource: "Resource", endpoint: "Endpoint", marks: "list[Mark]") -> "Endpoint | Wrapped":
    """`endpoint` in what `@wrap` put around it."""
    layers = layers_of(endpoint.function, marks)
    return Wrapped(*compose(*as_step(resource, endpoint), layers, respond)) if layers else endpoint


def around(resource: "Resource", marks: "list[Mark]") -> "Callable[[Request], Any]":
    """What answers a request: the app's middleware, within it that of `wrap_all`, within it `resource.dispatch`."""
    is_async = resource.is_async or has_async(resource.errors.values())
    whole, _ = around_all(resource.dispatch, is_async, resource.middleware, marks, respond)

    def answer(request: "Request") -> "Any":
        # A browser's preflight never has the credentials that a layer may ask for.
        if request.method == "OPTIONS" and resource.find("OPTIONS", request) is None:
            return resource.dispatch(request)
        return whole(request)

    return answer
