"""Middleware: what wraps a handler of any trigger.

    def timed(invocation, proceed):
        started = perf_counter()
        response = proceed(invocation)
        log.info("timed", milliseconds=(perf_counter() - started) * 1000)
        return response

`@wrap(timed)` puts it around one handler, `wrap_all(timed)` around all of a function, the argument `middleware` of
`controllers` around all of an app. It is given the invocation (of HTTP a `Request`) and what goes on with it; what it
returns is the answer, so it may answer early, and change what it passes on. `async def` awaits `proceed(invocation)`.
What Tight or the app has an answer for (`exit_with_response`, `@error`, 400, 404, 422) comes out of `proceed` as a
`Response`; any other exception passes through.
"""

import sys

from tight.handlers import Signature, add_mark, depth, marks_of, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from tight.handlers import Mark

    Middleware = Callable[[Any, Callable[[Any], Any]], Any]
    Step = Callable[[Any], Any]
    Handler = TypeVar("Handler", bound=Callable[..., Any])

ONE, ALL = "wrap", "wrap all"


def wrap(*middleware: "Middleware") -> "Callable[[Handler], Handler]":
    """Put `middleware`, the outermost first, around one handler; the function itself stays as it is."""

    def decorate(function: "Handler") -> "Handler":
        add_mark(ONE, middleware, function)
        return function

    return decorate


def wrap_all(*middleware: "Middleware") -> None:
    """Put `middleware`, the outermost first, around every handler of the module that says so."""
    add_mark(ALL, middleware, wrap_all)


class Wrapped:
    """An endpoint with middleware around it."""

    __slots__ = ("is_async", "step")

    def __init__(self, step: "Step", is_async: bool) -> None:
        self.step = step
        self.is_async = is_async

    def __call__(self, invocation: "Any") -> "Any":
        return self.step(invocation)


def layers_of(function: "Callable[..., Any]", marks: "list[Mark]") -> "list[Middleware]":
    """The middleware that `@wrap` put around a function, in the module with `marks` and in the function's own."""
    home = sys.modules.get(getattr(function, "__module__", None) or "")
    at_home = [] if home is None else [mark for mark in marks_of(home) if mark not in marks]
    layers: list[Middleware] = []
    for mark in (*at_home, *marks):  # decorators are applied from the innermost to the outermost
        if mark.trigger == ONE and _is_around(function, mark.function):
            layers[:0] = mark.options
    return layers


def around_all(
    step: "Step", is_async: bool, layers: "Iterable[Middleware]", marks: "list[Mark]", finish: "Step"
) -> "tuple[Step, bool]":
    """As `compose`, with `layers`, the app's middleware, outside of that of `wrap_all`."""
    inner = [layer for mark in marks if mark.trigger == ALL for layer in mark.options]
    return compose(step, is_async, [*layers, *inner], finish)


def _is_around(outer: "Any", function: object) -> bool:
    """Whether one of the two is, or wraps, the other."""
    return depth(outer, function) is not None or depth(function, outer) is not None


def compose(
    step: "Step", is_async: bool, layers: "list[Middleware]", finish: "Callable[[Any], Any]"
) -> "tuple[Step, bool]":
    """`layers`, the outermost first, around `step`, and whether what comes of it has to be awaited.

    `finish` makes of what a layer returned what the next one outside is given.
    """
    for layer in reversed(layers):
        if Signature(layer).is_async:
            step, is_async = _async_step(layer, step, finish), True
        elif is_async:
            step, is_async = _bridge(layer, step, finish), True
        else:
            step = _step(layer, step, finish)
    return step, is_async


def _step(layer: "Middleware", below: "Step", finish: "Step") -> "Step":
    return lambda invocation: finish(layer(invocation, below))


def _async_step(layer: "Middleware", below: "Step", finish: "Step") -> "Step":
    async def proceed(invocation: "Any") -> "Any":
        return await settle(below(invocation))

    async def step(invocation: "Any") -> "Any":
        return finish(await settle(layer(invocation, proceed)))

    return step


def _bridge(layer: "Middleware", below: "Step", finish: "Step") -> "Step":
    """A layer that can't await around a step that has to be awaited: it waits in a thread, while the loop goes on."""

    async def step(invocation: "Any") -> "Any":
        from asyncio import get_running_loop, run_coroutine_threadsafe
        from concurrent.futures import ThreadPoolExecutor
        from contextvars import copy_context

        from tight.exits import carried, landed

        loop = get_running_loop()
        waited_for = []

        def proceed(changed: "Any") -> "Any":
            async def awaited() -> "Any":
                return await settle(below(changed))

            waited_for.append(run_coroutine_threadsafe(carried(awaited()), loop))
            return landed(waited_for[-1].result())

        # A thread of its own: the loop's are few, and layers that wait for each other could take them all.
        thread = ThreadPoolExecutor(1)
        try:
            return finish(await loop.run_in_executor(thread, copy_context().run, layer, invocation, proceed))
        finally:
            for future in waited_for:  # nobody waits any more where this step was cancelled
                future.cancel()
            thread.shutdown(wait=False)

    return step
