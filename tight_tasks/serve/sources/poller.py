"""Takes messages of a queue in batches, as many at once as there is room for, until it is stopped."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from tight_tasks.serve.sources.queues import Message, Queue
from tight_tasks.serve.sources.source import said

# A long poll; Lambda's takes 20 seconds, but the end of serve waits for this one.
WAIT_S = 2
_SHORTEST_S, _LONGEST_S = 0.2, 5.0

Take = Callable[[Queue, list[Message]], Awaitable[None]]
"""Works on a batch, and deletes what is done."""


class Poller:
    """`find` gives the queue, again after each failure; `rooms` is how many batches may be worked on at once.

    A batch is at most `batch` messages, and waits at most `window_s` for more of them once it has one.
    `visibility_s` hides them for that long in place of the queue's own.
    """

    def __init__(
        self,
        find: Callable[[], Awaitable[Queue]],
        take: Take,
        *,
        batch: int = 10,
        window_s: float = 0,
        rooms: int = 1,
        visibility_s: int | None = None,
    ) -> None:
        self.problem = ""
        self._find = find
        self._take = take
        self._batch = batch
        self._window_s = window_s
        self._visibility_s = visibility_s
        self._rooms = asyncio.Semaphore(rooms)
        self._stopping = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises what `find` raises."""
        queue = await self._find()
        self._polling = asyncio.create_task(self._poll(queue))

    async def stop(self, grace_s: float) -> None:
        """Batches that are worked on have that long; what is not done then comes back by its visibility."""
        self._stopping.set()
        self._rooms.release()  # it may wait for room
        if self._polling is not None:
            await self._polling
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _poll(self, queue: Queue) -> None:
        wait_s = _SHORTEST_S
        while not self._stopping.is_set():
            await self._rooms.acquire()
            messages: list[Message] = []
            try:
                if self.problem:
                    queue = await self._find()
                messages = await self._gather(queue)
                self.problem, wait_s = "", _SHORTEST_S
            except Exception as error:  # noqa: BLE001  # it goes on, and says so
                self.problem = said(error)
                await self._pause(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_S)
            if messages and self._stopping.is_set():
                with contextlib.suppress(Exception):  # they come back by their visibility then
                    await queue.give_back(messages)
            elif messages:
                self._work(queue, messages)
                continue
            self._rooms.release()

    async def _gather(self, queue: Queue) -> list[Message]:
        """The next batch; nothing where none has come in a while."""
        if self._stopping.is_set():
            return []
        messages = await queue.receive(self._batch, WAIT_S, self._visibility_s)
        deadline = time.monotonic() + self._window_s
        while messages and len(messages) < self._batch and not self._stopping.is_set():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            more = await queue.receive(self._batch - len(messages), min(int(left_s), WAIT_S), self._visibility_s)
            messages += more
            if not more:
                await self._pause(min(left_s, _SHORTEST_S))
        return messages

    def _work(self, queue: Queue, messages: list[Message]) -> None:
        async def work() -> None:
            try:
                await self._take(queue, messages)
            except Exception as error:  # noqa: BLE001  # what could not be worked on, or deleted, comes back
                self.problem = said(error)
            finally:
                self._rooms.release()

        task = asyncio.create_task(work())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
