"""A queue of Tight's own between what pushes, such as a topic, and a function: an event for each message.

At AWS such a service invokes the function itself, asynchronously. The embedded AWS can only send to a queue, so one is
put between. What becomes of an event that fails is the matter of whoever invokes: its message is deleted either way.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.names import inbox_name
from tight_tasks.serve.sources.poller import Poller
from tight_tasks.serve.sources.queues import Message, Queue, Wanted, find_queue
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke, attempt

_TRIES = 3  # of an asynchronous event, with waits between
_WAITS_S = 60


class Inbox:
    """`attach` has the service `at` send to the queue; `event_of` makes Lambda's event of a message, None for no event.

    `more` tells several queues of one name and function apart.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        function: str,
        invoke: Invoke,
        aws: Aws,
        *,
        at: str,
        attach: Callable[[Queue], Awaitable[None]],
        event_of: Callable[[Message], "dict[str, Any] | None"],
        more: str = "",
    ) -> None:
        self.counts = Counts()
        self._kind, self._name = kind, name
        self._function = function
        self._invoke = invoke
        self._aws = aws
        self._at = at
        self._attach = attach
        self._event_of = event_of
        settings = aws.project.function(function)
        self._queue = inbox_name(kind, f"{name}-{more}".rstrip("-"), function)
        self._visibility_s = int(settings.timeout * _TRIES + _WAITS_S)
        self._poller = Poller(self._find, self._take, rooms=settings.concurrency)

    async def start(self) -> None:
        """Raises `NoSource`. Takes nothing from a real account, whose services invoke that account's functions."""
        if self._aws.is_local(self._at):
            await self._poller.start()
        else:
            self._poller.problem = "it is in an AWS account, and feeds the functions that are deployed there"

    async def stop(self, grace_s: float = GRACE_S) -> None:
        await self._poller.stop(grace_s)

    def status(self) -> dict[str, Any]:
        what = {"kind": self._kind, "name": self._name, "function": self._function, "problem": self._poller.problem}
        return {**what, **self.counts.status()}

    async def _find(self) -> Queue:
        queue = await find_queue(self._aws, Wanted(self._queue, self._visibility_s), self._at)
        await self._attach(queue)
        return queue

    async def _take(self, queue: Queue, messages: list[Message]) -> None:
        await asyncio.gather(*(self._take_one(queue, message) for message in messages))

    async def _take_one(self, queue: Queue, message: Message) -> None:
        event = self._event_of(message)
        if event is None:
            self.counts.filtered += 1
        else:
            outcome = await attempt(self._invoke, self._function, json.dumps(event).encode(), self._visibility_s)
            self.counts.delivered += not outcome.is_error
            self.counts.failed += outcome.is_error
            self.counts.dead += outcome.is_error
        await queue.delete([message])
