"""The execution environments of one function, and who waits for one."""

import asyncio
from collections import deque
from collections.abc import Sequence

from tight_tasks.serve.chaos import Chaos, Fault
from tight_tasks.serve.environment import Environment
from tight_tasks.serve.errors import Stopped, Throttled
from tight_tasks.serve.invocation import Invocation
from tight_tasks.serve.journal import Entry, Journal
from tight_tasks.serve.strategy import Strategy


class Pool:
    """At most as many invocations run at once as there are `environments`; `queue` more may wait for their turn."""

    def __init__(
        self, function: str, environments: Sequence[Environment], strategy: Strategy, journal: Journal, *, queue: int
    ) -> None:
        self.function = function
        self.environments = tuple(environments)
        self._strategy = strategy
        self._journal = journal
        self._queue = queue
        self._waiting: deque[asyncio.Future[Environment]] = deque()
        self._turned = asyncio.Event()
        self._stopped = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def invoke(self, invocation: Invocation, cause: str, fault: Fault | None = None) -> Entry:
        """The journal's entry, with its outcome.

        Raises `Throttled` where all are busy and too many wait already, and `Stopped`.
        """
        if self._stopped:
            raise Stopped(self.function)
        entry = Entry(self.function, invocation.request_id, cause, invocation.payload)
        environment = self._choose() or await self._wait()
        self._journal.add(entry)
        try:
            if fault is None:
                await environment.run(invocation, entry)
            else:
                await _run_with(fault, environment, invocation, entry)
        finally:
            self._turned.set()
            self._hand_on()
        return entry

    def _choose(self) -> Environment | None:
        if self._waiting:
            return None  # who came first goes first
        return self._reserve()

    def _reserve(self) -> Environment | None:
        environment = self._strategy(self.function, self.environments)
        if environment is None or not environment.is_free:
            return None
        environment.reserve()
        return environment

    async def _wait(self) -> Environment:
        if len(self._waiting) >= self._queue:
            raise Throttled(self.function, len(self.environments), self._queue)
        turn: asyncio.Future[Environment] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._hand_on()  # where a strategy has passed over all of them, one may be free
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                turn.result().release()
                self._hand_on()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _hand_on(self) -> None:
        """Give free environments to those who wait, in their order."""
        while self._waiting:
            environment = self._reserve()
            if environment is None:
                return
            turn = self._waiting.popleft()
            if turn.done():  # it was given up
                environment.release()
            else:
                turn.set_result(environment)

    async def warm_up(self) -> None:
        """Start every environment ahead of its first event. One that can't be started is cold again."""
        try:
            await asyncio.gather(*(environment.warm_up() for environment in self.environments))
        finally:
            self._turned.set()
            self._hand_on()

    async def retire(self) -> None:
        """Let what runs, and what waits, come to its end; then end every environment."""
        while self._waiting or any(environment.is_taken for environment in self.environments):
            self._turned.clear()
            await self._turned.wait()
        await self.stop()

    async def end(self, environment: Environment) -> None:
        """Back to cold; who came meanwhile may start it anew."""
        try:
            await environment.stop()
        finally:
            self._turned.set()
            self._hand_on()

    async def cool_down(self) -> None:
        """End every environment; the next event starts one anew."""
        await asyncio.gather(*(environment.stop() for environment in self.environments))

    async def stop(self) -> None:
        """End every environment for good. What runs fails, and what waits."""
        self._stopped = True
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(Stopped(self.function))
        self._waiting.clear()
        await asyncio.gather(*(environment.close() for environment in self.environments))


async def _run_with(fault: Fault, environment: Environment, invocation: Invocation, entry: Entry) -> None:
    if fault.kind == "delay":
        await asyncio.sleep(fault.after_s)
        await environment.run(invocation, entry)
    elif fault.kind == "duplicate":
        first = Entry(entry.function, entry.request_id, entry.cause, entry.payload)
        await environment.run(invocation, first)
        environment.reserve()
        await environment.run(invocation, entry)
    else:
        striking = asyncio.create_task(Chaos.strike(fault, lambda: environment.pid))
        try:
            await environment.run(invocation, entry)
        finally:
            striking.cancel()
            await asyncio.gather(striking, return_exceptions=True)
