"""The functions of an app, ready to be invoked: a pool of environments for each."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from tight_tasks.project import Project
from tight_tasks.serve.chaos import Chaos
from tight_tasks.serve.debug import UNLIMITED_S, Debug
from tight_tasks.serve.environment import Environment, State
from tight_tasks.serve.errors import NoSuchFunction, TooLarge
from tight_tasks.serve.invocation import LARGEST_PAYLOAD, Invocation, Outcome, new_request_id
from tight_tasks.serve.journal import Entry, Journal
from tight_tasks.serve.memory import used_mb
from tight_tasks.serve.pool import Pool
from tight_tasks.serve.strategy import Strategy, first_warm
from tight_tasks.serve.variables import function_arn
from tight_tasks.serve.warden import Warden
from tight_tasks.serve.worker import INIT_LIMIT_S, Worker

_LOOK_S = 1.0
Result = TypeVar("Result")


class Functions:
    """Pools by function name. `log` is given each line that an environment prints."""

    def __init__(
        self,
        project: Project,
        names: Iterable[str],
        variables: Mapping[str, str],
        *,
        journal: Journal | None = None,
        strategy: Strategy = first_warm,
        queue: int = 100,
        idle_s: float = 600.0,
        chaos: Chaos | None = None,
        debug: Debug | None = None,
        snapstart: bool = False,
        log: Callable[[Environment, str], None] = lambda environment, line: None,  # noqa: ARG005  # nobody listens
    ) -> None:
        self.project = project
        self.journal = journal or Journal()
        self._strategy = strategy
        self._queue = queue
        self._idle_s = idle_s
        self._chaos = chaos
        self._debug = debug
        self._initialization = "snap-start" if snapstart else "on-demand"
        self._log = log
        self._warden = Warden()
        self._watch: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[Any]] = set()
        self._retiring: set[Pool] = set()
        self._install(project, self._pools(project, names, variables))

    def _install(self, project: Project, pools: dict[str, Pool]) -> None:
        self.project = project
        self.pools = pools
        self._arns = {name: function_arn(project, name) for name in pools}
        self._timeouts = {name: UNLIMITED_S if self._debug else project.function(name).timeout for name in pools}

    def _pools(self, project: Project, names: Iterable[str], variables: Mapping[str, str]) -> dict[str, Pool]:
        found = {}
        for place, name in enumerate(names):
            environments = self._environments(project, name, place, variables)
            found[name] = Pool(name, environments, self._strategy, self.journal, queue=self._queue)
        return found

    def _environments(self, project: Project, name: str, place: int, variables: Mapping[str, str]) -> list[Environment]:
        settings = project.function(name)
        debug = self._debug or Debug()

        def start(log: Callable[[str], None]) -> Worker:
            return Worker(
                project,
                name,
                variables,
                log=log,
                initialization=self._initialization,
                launch=debug.launch(place),
                terminal=debug.terminal,
                warden=self._warden,
                tap=True,
            )

        limit_s = UNLIMITED_S if self._debug else INIT_LIMIT_S
        count = 1 if self._debug else settings.concurrency
        return [
            Environment(f"{name}/{number}", settings.memory, start, self._log, init_limit_s=limit_s)
            for number in range(count)
        ]

    async def __aenter__(self) -> "Functions":
        await self._warden.start()
        self._watch = asyncio.create_task(self._look_after())
        try:
            await self._await_editors()
        except BaseException:  # such as Ctrl-C meanwhile
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        for task in (self._watch, *self._background):
            if task is not None:
                task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._warden.stop()

    async def stop(self) -> None:
        """End every environment: what runs fails, and what waits; nothing more is taken."""
        await asyncio.gather(*(pool.stop() for pool in (*self.pools.values(), *self._retiring)))

    async def replace(self, project: Project, names: Iterable[str], variables: Mapping[str, str]) -> Outcome | None:
        """New environments for changed code. Those in use are started first: gives the error, and leaves all as it was,
        where one of them fails.
        """
        pools = self._pools(project, names, variables)
        if self._debug is not None and self._debug.port:
            await self._take_turns(project, pools)
            return None
        error = await self._start_those_in_use(pools)
        if error is not None:
            return error
        retired = self.pools
        self._install(project, pools)
        for pool in retired.values():
            self.later(self._retire(pool))
        return None

    async def _start_those_in_use(self, pools: Mapping[str, Pool]) -> Outcome | None:
        """Gives the error, and leaves none of them running, where one fails."""
        async with AsyncExitStack() as started:
            for name, pool in pools.items():
                started.push_async_callback(pool.stop)
                old = self.pools.get(name)
                if old is not None and any(environment.is_alive for environment in old.environments):
                    error = await pool.environments[0].warm_up()
                    if error is not None:
                        return error
            started.pop_all()
        return None

    async def _retire(self, pool: Pool) -> None:
        self._retiring.add(pool)
        try:
            await pool.retire()
        finally:
            self._retiring.discard(pool)

    async def _take_turns(self, project: Project, pools: dict[str, Pool]) -> None:
        """Two environments can't listen on one port: the old ones come to their end before the new ones start."""
        await asyncio.gather(*(self._retire(pool) for pool in self.pools.values()))
        self._install(project, pools)
        await self._await_editors()

    async def _await_editors(self) -> None:
        """Start what an editor attaches to, which has to listen before there is an event."""
        if self._debug is not None and self._debug.port:
            starting = [self.later(pool.warm_up()) for pool in self.pools.values()]
            await asyncio.wait(starting, timeout=INIT_LIMIT_S)

    def later(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """Work that nobody has to wait for; it ends with the functions."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def invoke(
        self,
        name: str,
        payload: bytes,
        *,
        cause: str = "invoke",
        trace_id: str = "",
        client_context: "str | Mapping[str, Any]" = "",
        request_id: str = "",
        timeout: float | None = None,
    ) -> Entry:
        """The journal's entry of the invocation, with its outcome; the caller concludes it.

        `timeout` in seconds stands in place of the function's own.

        Raises `NoSuchFunction`, `TooLarge`, `Throttled`, `Stopped`.
        """
        pool = self.pools.get(name)
        if pool is None:
            raise NoSuchFunction(name, tuple(self.pools))
        if len(payload) > LARGEST_PAYLOAD:
            raise TooLarge(name, len(payload), LARGEST_PAYLOAD)
        request_id = request_id or new_request_id()
        if not isinstance(client_context, str):
            client_context = json.dumps(client_context)
        limit_s = self._timeouts[name] if timeout is None else timeout
        invocation = Invocation(payload, limit_s, self._arns[name], trace_id, client_context, request_id)
        fault = self._chaos.next(name) if self._chaos is not None else None
        return await pool.invoke(invocation, cause, fault)

    def arn(self, name: str) -> str:
        """Of a function that the app has or not."""
        return self._arns.get(name) or function_arn(self.project, name)

    def may_outlast(self, name: str, limit_s: float) -> bool:
        """Whether it may run longer; for one that is debugged everybody waits as long as it takes."""
        return self._debug is None and self._timeouts.get(name, 0) > limit_s

    async def _look_after(self) -> None:
        """Every second: memory of each environment, and an end to those that nobody needs."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for pool in self.pools.values():
                for environment in pool.environments:
                    self._measure(environment)
                    idle = environment.state is State.WARM and time.monotonic() - environment.used_at > self._idle_s
                    dead = environment.state is State.WARM and not environment.is_alive
                    if idle or dead:
                        await pool.end(environment)

    @staticmethod
    def _measure(environment: Environment) -> None:
        if environment.pid and environment.state is not State.STOPPING:
            used = used_mb(environment.pid)
            environment.peak_mb = max(environment.peak_mb, used)
            if used > environment.memory_mb and environment.state is State.BUSY:
                environment.end_for_memory(used)
