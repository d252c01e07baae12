"""One execution environment of a function: cold until it is needed, then a worker that is kept while it is well."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from tight_tasks.serve.invocation import Invocation, Outcome, Usage
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.memory import used_mb
from tight_tasks.serve.worker import INIT_LIMIT_S, Worker


class State(str, Enum):
    COLD = "cold"
    INITIALISING = "initialising"
    WARM = "warm"
    BUSY = "busy"
    STOPPING = "stopping"


class StartWorker(Protocol):
    def __call__(self, log: Callable[[str], None]) -> Worker: ...


class Environment:
    """`served` counts invocations since it was started, `starts` how often it was; `peak_mb` is sampled."""

    def __init__(
        self,
        name: str,
        memory_mb: int,
        start: StartWorker,
        log: Callable[["Environment", str], None],
        *,
        init_limit_s: float = INIT_LIMIT_S,
    ) -> None:
        self.name = name
        self.state = State.COLD
        self.served = 0
        self.starts = 0
        self.peak_mb = 0
        self.memory_mb = memory_mb
        self.used_at = time.monotonic()
        self.started_at = 0.0
        self.last_error: str | None = None
        self.entry: Entry | None = None
        self.worker: Worker | None = None
        self._start = start
        self._log = log
        self._init_limit_s = init_limit_s
        self._init_ms: float | None = None
        self._over: str | None = None
        self._closed = False

    @property
    def is_free(self) -> bool:
        """Whether it may take an invocation, at once or after a cold start."""
        return self.state is State.WARM or self.state is State.COLD

    @property
    def is_taken(self) -> bool:
        """Whether it works on an invocation, or is about to."""
        return self.state in (State.INITIALISING, State.BUSY)

    @property
    def is_alive(self) -> bool:
        """Whether its process is there."""
        return self.worker is not None and self.worker.is_running

    @property
    def pid(self) -> int | None:
        return (self.worker.pid or None) if self.worker is not None else None

    def reserve(self) -> None:
        """It is taken: from here on it is not free."""
        self.state = State.INITIALISING if self.worker is None else State.BUSY

    def release(self) -> None:
        """It was reserved, and is not needed after all."""
        self.state = State.COLD if self.worker is None else State.WARM

    async def warm_up(self) -> Outcome | None:
        """Initialise without an invocation, and be free then; gives the error where that failed."""
        self.reserve()
        error = await self._initialise(self._init_limit_s)
        if error is not None:
            await self.stop()
        else:
            self.state = State.WARM
        return error

    async def run(self, invocation: Invocation, entry: Entry) -> None:
        """Put the outcome of `invocation` into `entry`, in a reserved environment that is free again afterwards."""
        self.entry, entry.environment = entry, self.name
        began = 0.0
        try:
            if self.worker is None or not self.worker.is_running:
                error = await self._start_for(invocation)
                if error is not None:
                    await self._end(entry, error, self._init_ms or 0.0)
                    return
            assert self.worker is not None  # it was started
            self.state = State.BUSY
            began = time.perf_counter()
            outcome = await self.worker.run(invocation)
            duration_ms = (time.perf_counter() - began) * 1000
            if self._over is not None:
                outcome = Outcome.failure("Runtime.OutOfMemory", self._over, invocation.request_id, ended=True)
            await self._end(entry, outcome, duration_ms)
        except BaseException:
            await self.stop()
            raise
        finally:
            self.entry = None

    async def _start_for(self, invocation: Invocation) -> Outcome | None:
        """Initialise; a failure is tried once more within the function's own time, as Lambda does.

        "Lambda execution environment lifecycle": an init phase that failed is run again with the first invocation.
        """
        self.state = State.INITIALISING
        if self.worker is not None:
            await self.stop()
            self.state = State.INITIALISING
        for phase, limit_s in (("init", self._init_limit_s), ("invoke", invocation.timeout_s)):
            if self._closed:
                return Outcome.failure("Runtime.ExitError", "it has stopped", invocation.request_id, ended=True)
            error = await self._initialise(limit_s)
            if error is None:
                return None
            kind = "timeout" if error.error_type == "Sandbox.Timedout" else f"error\tError Type: {error.error_type}"
            self._say(f"INIT_REPORT Init Duration: {self._init_ms or 0:.2f} ms\tPhase: {phase}\tStatus: {kind}")
            await self.stop()
            self.state = State.INITIALISING
            if phase == "invoke":
                return _named(error, invocation)
        return None

    async def _initialise(self, limit_s: float) -> Outcome | None:
        began = time.perf_counter()
        self.worker = self._start(self._say)
        self.starts, self.served, self.peak_mb, self._over = self.starts + 1, 0, 0, None
        self.started_at = time.time()
        try:
            await self.worker.start()
            return await self.worker.initialise(limit_s)
        finally:
            self._init_ms = (time.perf_counter() - began) * 1000

    async def _end(self, entry: Entry, outcome: Outcome, duration_ms: float) -> None:
        self.served += 1
        if self.worker is not None and not self.peak_mb:  # later it is sampled now and then
            self.peak_mb = used_mb(self.worker.pid)
        entry.usage = Usage(duration_ms, self._init_ms if self.served == 1 else None, self.memory_mb, self.peak_mb)
        entry.outcome = outcome
        self.used_at = time.monotonic()
        if outcome.is_error:
            self.last_error = outcome.error_type
        if self.worker is not None:
            entry.calls = self.worker.take_calls()
        if self.worker is None or outcome.ended or not self.worker.is_running:
            await self.stop()
        else:
            self.state = State.WARM

    def end_for_memory(self, used_mb: int) -> None:
        """It holds more than its function may: end it, as Lambda does."""
        self._over = f"Runtime exited with error: signal: killed, {used_mb} MB used of {self.memory_mb} MB"
        if self.worker is not None:
            self.worker.kill()

    async def close(self) -> None:
        """As `stop`, and nothing starts in it any more."""
        self._closed = True
        await self.stop()

    async def stop(self) -> None:
        """Back to cold; what runs in it fails."""
        self.state = State.STOPPING
        worker, self.worker = self.worker, None
        try:
            if worker is not None:
                with contextlib.suppress(ProcessLookupError):
                    await asyncio.shield(worker.stop())
        finally:
            self.state = State.COLD

    def _say(self, line: str) -> None:
        if self.entry is not None:
            self.entry.log.append(line)
        self._log(self, line)


def _named(error: Outcome, invocation: Invocation) -> Outcome:
    """An error of the platform says which request it met; one that the function reported stays as it is."""
    empty = b'"RequestId:  Error: '
    return Outcome(
        error.payload.replace(empty, f'"RequestId: {invocation.request_id} Error: '.encode()), is_error=True, ended=True
    )
