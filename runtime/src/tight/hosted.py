"""The functions of an app in a process that lives on, a container's say: many events at a time, on one event loop.

`controllers(...)` gives such a process what calls them, by `hosted`. An `async def` behind a verb, or one for each
record of a source, runs on the loop from its first line; whatever else Lambda would call runs in a thread, and awaits
what is `async def` in it on the loop.
"""

import sys
from asyncio import CancelledError
from contextvars import copy_context

from tight.dispatch import Resource
from tight.errors import Cancelled
from tight.failure import last_answer
from tight.handlers import Response
from tight.loop import follow
from tight.request import Request, current, way_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Executor
    from typing import Any

    from tight.app import Controllers
    from tight.events.batch import Records
    from tight.request import Event


class Hosted:
    """What calls the functions of an app. `loop` is the one that runs, `threads` are for what would hold it up."""

    def __init__(self, lookup: "Controllers", loop: "AbstractEventLoop", threads: "Executor") -> None:
        self._lookup = lookup
        self._loop = loop
        self._threads = threads
        follow(loop)

    def close(self) -> None:
        """Before the loop ends: what still runs in a thread awaits on a loop of its own from here on."""
        follow(None)

    def load(self, name: str) -> None:
        """Import a function before its first event. Raises as `controllers` says."""
        self._lookup(name)

    async def call(self, name: str, event: "Event", context: object) -> "Any":
        """What Lambda would be given. Raises what Lambda would be given as an error.

        To cancel it ends an `async def`; a thread goes on, and nobody waits for it.
        """
        handler = self._lookup(name)
        awaited = _request(handler, event, context)
        if awaited is not None:
            return await self._answer(*awaited)
        records = _records(handler, event)
        if records is not None:
            return await records.awaited(event, context)
        return await self._in_thread(handler, event, context)

    async def _answer(self, resource: Resource, request: Request) -> "Any":
        before = current.set(request)
        try:
            response = resource.step(request)
            if not isinstance(response, Response):
                response = await response
            return resource.answer(request, response)
        except CancelledError as error:
            if is_cancelled():
                raise
            return await self._in_thread(last_answer, resource, request, _cancelled(error))
        except BaseException as error:  # noqa: BLE001  # the way out of `exit_with_response` is no Exception
            # In a thread: the app's own answer to it may have to be awaited.
            return await self._in_thread(last_answer, resource, request, error)
        finally:
            resource.cold = False
            current.set(before)

    async def _in_thread(self, function: "Any", *arguments: "Any") -> "Any":
        return await self._loop.run_in_executor(self._threads, copy_context().run, function, *arguments)


def is_cancelled() -> bool:
    """Whether the task that runs has been cancelled from outside; a handler may have awaited a task that was."""
    from asyncio import current_task

    task = current_task()
    cancelling = getattr(task, "cancelling", None)  # since Python 3.11; before nobody can tell
    return cancelling is None or cancelling() > 0


def _cancelled(cause: CancelledError) -> Cancelled:
    error = Cancelled()
    error.__cause__ = cause
    return error


def _request(handler: "Any", event: "Event", context: object) -> "tuple[Resource, Request] | None":
    """The controller of verbs among those of a function, and the request, where an `async def` answers it."""
    resource = next((part for part in getattr(handler, "parts", (handler,)) if isinstance(part, Resource)), None)
    if resource is None or not resource.is_async:
        return None
    way = way_of(event)
    if way is None or (resource is not handler and handler.part_for(event) is not resource):
        return None  # another trigger's, or a load balancer's, which the thread reads
    request = Request(event, context, way, resource)
    endpoint = resource.find(request.method, request)
    return None if endpoint is None or not endpoint.is_async else (resource, request)


def _records(handler: "Any", event: "Event") -> "Records | None":
    """The trigger that an event is for, where it awaits each record."""
    if sys.version_info < (3, 11):  # a record that is cancelled is told from one that is given up by nobody there
        return None
    part = handler.part_for(event) if hasattr(handler, "part_for") else handler
    return part if getattr(part, "awaits_each", False) else None
