"""The functions of an app in this process, for a long-lived host: the same calls as of `Functions`, no environments.

They share the process, so its variables are the same for all of them, and what one breaks is broken for all. A function
that is over its time is given up: an `async def` behind a verb or for one record is cancelled, a thread goes on and is
not waited for.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from tight_tasks.errors import BadSetting
from tight_tasks.project import FILE, Project
from tight_tasks.serve.client import Fault, describe, encode
from tight_tasks.serve.errors import NoSuchFunction
from tight_tasks.serve.invocation import Invocation, Outcome, new_request_id
from tight_tasks.serve.invoker import Result
from tight_tasks.serve.journal import Entry, Journal
from tight_tasks.serve.variables import function_arn

Call = Callable[[str, Any, object], Awaitable[Any]]


class Context:
    """What a handler is given beside the event: Lambda's context of one invocation."""

    function_version = "$LATEST"
    log_stream_name = "host"
    tenant_id = None
    identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)

    def __init__(self, function: str, memory_mb: int, invocation: Invocation) -> None:
        self.function_name = function
        self.memory_limit_in_mb = str(memory_mb)
        self.aws_request_id = invocation.request_id
        self.invoked_function_arn = invocation.function_arn
        self.log_group_name = f"/aws/lambda/{function}"
        self._client_context = invocation.client_context
        self._deadline = time.monotonic() + invocation.timeout_s

    @property
    def client_context(self) -> object:
        return json.loads(self._client_context) if self._client_context else None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class Failed(Exception):
    """A function has let out an exception, or has been given up: `outcome` is Lambda's error."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error_type)
        self.outcome = outcome


class Inline:
    """The functions `names` of the app in `project`, whose folder has to be on Python's path.

    Sync handlers run in at most `threads` threads; who finds all of them busy waits. `on_error` is given the function,
    each exception that a handler lets out or a `TimeoutError`, and the request id, which the log has to show.
    """

    def __init__(
        self,
        project: Project,
        names: Iterable[str],
        *,
        threads: int = 40,
        on_error: Callable[[str, BaseException, str], None] = lambda function, error, request_id: None,  # noqa: ARG005  # nobody asks
    ) -> None:
        self.project = project
        self.journal = Journal()
        self.pools = dict.fromkeys(names)
        self._settings = {name: project.function(name) for name in self.pools}
        self._arns = {name: function_arn(project, name) for name in self.pools}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="handler")
        self._on_error = on_error
        self._given_up = False
        self._running: set[asyncio.Task[Any]] = set()
        self._later: set[asyncio.Task[Any]] = set()
        self._call: Call
        self._close: Callable[[], None] = lambda: None

    @property
    def running(self) -> int:
        """How many invocations somebody waits for."""
        return len(self._running)

    def load(self) -> None:
        """Import every function. Called with the loop running; raises what their imports raise."""
        index = import_module("app_index")
        loop = asyncio.get_running_loop()
        hosted = getattr(vars(index).get("__getattr__"), "hosted", None)
        if hosted is not None:  # the lookup that `tight.app.controllers` gives: it has `async def` run on this loop
            found = hosted(loop, self._threads)
            self._call, self._close = found.call, found.close
        else:
            self._call = _in_threads(index, loop, self._threads)
        for name in self.pools:
            getattr(index, name)

    def close(self) -> None:
        """Before the loop ends, when nothing runs any more."""
        self._close()
        self._threads.shutdown(wait=False)

    def give_up(self) -> None:
        """Fail what runs, and what waits for a thread."""
        self._given_up = True
        for task in self._running:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def call(
        self,
        name: str,
        event: Any,
        *,
        trace_id: str = "",
        client_context: "str | Mapping[str, object]" = "",
        request_id: str = "",
        timeout: float | None = None,
    ) -> Any:
        """What the function makes of an event that is JSON, as it is. Raises `Failed`, `NoSuchFunction`."""
        if name not in self.pools:
            raise NoSuchFunction(name, tuple(self.pools))
        told = client_context if isinstance(client_context, str) else json.dumps(client_context)
        limit_s = self.timeout_s(name) if timeout is None else timeout
        invocation = Invocation(b"", limit_s, self._arns[name], trace_id, told, request_id or new_request_id())
        return await self._run(name, event, invocation)

    async def invoke(self, name: str, payload: bytes, *, cause: str = "invoke", **told: Any) -> Entry:
        """An entry with the outcome of the invocation; the journal keeps none. `told` is as of `call`."""
        entry = Entry(name, told.pop("request_id", "") or new_request_id(), cause, payload)
        try:
            event = json.loads(payload)
            entry.outcome = Outcome(written(await self.call(name, event, request_id=entry.request_id, **told)))
        except Failed as error:
            entry.outcome = error.outcome
        except (Fault, ValueError) as error:
            fault = error if isinstance(error, Fault) else Fault("Runtime.UnmarshalError", str(error))
            entry.outcome = Outcome(json.dumps(describe(fault, entry.request_id)).encode(), is_error=True)
        return entry

    async def outcome(self, name: str, event: bytes, cause: str = "invoke", trace_id: str = "") -> Outcome:
        """What `name` makes of the event of a source."""
        entry = await self.invoke(name, event, cause=cause, trace_id=trace_id)
        assert entry.outcome is not None  # it has ended
        return replace(entry.outcome, request_id=entry.request_id)

    def arn(self, name: str) -> str:
        """Of a function that the app has or not."""
        return self._arns.get(name) or function_arn(self.project, name)

    def timeout_s(self, name: str) -> float:
        return self._settings[name].timeout

    def may_outlast(self, name: str, limit_s: float) -> bool:
        return self.timeout_s(name) > limit_s

    def later(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return task

    async def _run(self, name: str, event: Any, invocation: Invocation) -> Any:
        task = asyncio.current_task()
        assert task is not None  # a coroutine runs in one
        deadline = _Deadline(task, invocation.timeout_s)
        self._running.add(task)
        try:
            context = Context(name, self._settings[name].memory, invocation)
            return await self._call(name, event, context)
        except asyncio.CancelledError:
            if deadline.is_over:
                message = f"Task timed out after {invocation.timeout_s:.2f} seconds"
                self._on_error(name, TimeoutError(message), invocation.request_id)
                raise Failed(Outcome.failure("Sandbox.Timedout", message, invocation.request_id)) from None
            if self._given_up:
                message = "the host ended before the function did"
                raise Failed(Outcome.failure("Host.Ended", message, invocation.request_id)) from None
            raise
        except (Exception, SystemExit) as error:  # in Lambda it ends one environment; the process here is everybody's
            self._on_error(name, error, invocation.request_id)
            failure = json.dumps(describe(error, invocation.request_id)).encode()
            raise Failed(Outcome(failure, is_error=True)) from error
        finally:
            deadline.end()
            self._running.discard(task)


class _Deadline:
    """Cancels a task when its time is over. `asyncio.timeout` came with Python 3.11."""

    def __init__(self, task: "asyncio.Task[Any]", limit_s: float) -> None:
        self.is_over = False
        self._task = task
        self._timer = task.get_loop().call_later(limit_s, self._cancel)

    def _cancel(self) -> None:
        self.is_over = True
        self._task.cancel()

    def end(self) -> None:
        self._timer.cancel()
        if self.is_over and hasattr(self._task, "uncancel"):
            self._task.uncancel()


def variables_of(project: Project, names: Iterable[str]) -> dict[str, str]:
    """What tight.yml sets for single functions. Raises `BadSetting` where two of them would need different ones."""
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name in names:
        for variable, value in project.function(name).env.items():
            if found.setdefault(variable, value) != value:
                problem = f"differs between {owners[variable]} and {name}: in one process a variable has one value"
                raise BadSetting(project.root / FILE, f"env.{variable}", problem)
            owners.setdefault(variable, name)
    return found


def _in_threads(index: ModuleType, loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor) -> Call:
    async def call(name: str, event: Any, context: object) -> Any:
        return await loop.run_in_executor(threads, copy_context().run, getattr(index, name), event, context)

    return call


def written(value: object) -> bytes:
    """An answer as JSON. Raises `Fault` for what has none."""
    if isinstance(value, bytes):
        return value
    try:
        with suppress(TypeError):
            return json.dumps(value, ensure_ascii=False).encode()
        return encode(value).encode()  # there may be a Decimal in it
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
