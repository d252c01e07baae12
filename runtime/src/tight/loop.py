"""The event loop of `async def` handlers: one, which lives as long as the execution environment."""

import asyncio
import atexit
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from threading import Lock

from tight.errors import Cancelled
from tight.exits import carried, landed
from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Any

_turn = Lock()


class _Host:
    """The loop of the process around the app, where it has one: see `follow`."""

    loop: "asyncio.AbstractEventLoop | None" = None


_host = _Host()


def follow(loop: "asyncio.AbstractEventLoop | None") -> None:
    """Await everything on `loop`, which somebody else keeps running, from whatever thread; None ends that."""
    current.follow_tasks()
    _host.loop = loop


@cache
def _loop() -> asyncio.AbstractEventLoop:
    current.follow_tasks()
    loop = asyncio.new_event_loop()
    atexit.register(_close, loop)
    return loop


def run(value: "Awaitable[Any] | Any") -> "Any":
    """What `value` gives when it is awaited. What it starts and leaves running goes on with the next one.

    What can't be awaited is given back: a decorator may have run its `async def` itself.
    """
    if not hasattr(value, "__await__"):
        return value
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        is_running = False  # nothing is called here, or that error would stand in front of the handler's own in the log
    else:
        is_running = True
    if not is_running:
        if _host.loop is not None:
            return landed(asyncio.run_coroutine_threadsafe(carried(_awaited(value)), _host.loop).result())
        return _run(value)
    # An async test calls a handler as Lambda does: its own loop can't wait for another, but a thread can.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, _run, value).result()


def _run(value: "Awaitable[Any]") -> "Any":
    # Lambda calls one handler at a time. Where a handler calls another, or threads of a test do, whoever finds the
    # loop taken gets one for itself: to wait for the other's end may be to wait for ever.
    if not _turn.acquire(blocking=False):
        return asyncio.run(_awaited(value))
    try:
        return _loop().run_until_complete(_awaited(value))
    finally:
        _turn.release()


async def _awaited(value: "Awaitable[Any]") -> "Any":
    try:
        return await value
    except asyncio.CancelledError as error:
        raise Cancelled from error


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """End what still runs, as `asyncio.run` does."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
