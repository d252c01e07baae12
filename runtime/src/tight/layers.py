"""Middleware around the endpoints of a REST resource, and around all of it."""

from tight.failure import as_step, has_async
from tight.handlers import respond, settle
from tight.middleware import Wrapped, around_all, compose, layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tight.dispatch import Resource
    from tight.handlers import Endpoint, Mark, Response
    from tight.request import Request


def wrapped(resource: "Resource", endpoint: "Endpoint", marks: "list[Mark]") -> "Endpoint | Wrapped":
    """`endpoint` in what `@wrap` put around it."""
    layers = layers_of(endpoint.function, marks)
    return Wrapped(*compose(*as_step(resource, endpoint), layers, respond)) if layers else endpoint


def around(resource: "Resource", marks: "list[Mark]") -> "Callable[[Request], Any]":
    """What answers a request: the app's middleware, within it that of `wrap_all`, within it `resource.dispatch`."""

    async def dispatch_awaited(request: "Request") -> "Response":
        response: Response = await settle(resource.dispatch(request))
        return response

    is_async = resource.is_async or has_async(resource.errors.values())
    step = dispatch_awaited if is_async else resource.dispatch
    whole, _ = around_all(step, is_async, resource.middleware, marks, respond)
    # With nothing around it, a function that a decorator runs in a loop of its own must not be called in one.
    return resource.dispatch if whole is dispatch_awaited else whole
