"""One worker: a process with AWS's runtime client in it, and the Runtime API that it talks to."""

import asyncio
import importlib.util
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tight_tasks.project import Project
from tight_tasks.serve.invocation import Invocation, Outcome
from tight_tasks.serve.process import Process
from tight_tasks.serve.runtime_api import RuntimeApi
from tight_tasks.serve.variables import function_arn, lambda_environment
from tight_tasks.serve.warden import Warden

AWS_CLIENT = "awslambdaric"
STAND_IN = "tight_tasks.serve.client"
_TAP = "tight_tasks.serve.tap"
_CALLS = ".tight-calls"
INIT_LIMIT_S = 10.0  # "Lambda execution environment lifecycle" in the Lambda developer guide


def runtime_client() -> str:
    """The module that plays the runtime: AWS's own, or Tight's stand-in where AWS has no wheel (macOS, Windows)."""
    return AWS_CLIENT if importlib.util.find_spec(AWS_CLIENT) else STAND_IN


class Worker:
    """Runs `app_index.<function>` of an app for as long as its context lasts, with the `environment` given.

    `log` is given every line that the process prints, without its newline. `client` is the module that plays the
    runtime; by default AWS's own where it is installed. `launch` is a command that starts the runtime by other means,
    the handler's name is added to it; `root` is where the app is, if not in the project's folder. With `terminal` the
    process has this one's terminal, and `log` gets nothing. `warden` ends it should this process be killed.
    With `tap` it notes its exchanges with AWS, for `take_calls`. It takes one invocation at a time.
    """

    def __init__(
        self,
        project: Project,
        function: str,
        environment: Mapping[str, str],
        *,
        client: str | None = None,
        launch: Sequence[str] | None = None,
        root: Path | None = None,
        log: Callable[[str], None] = print,
        initialization: str = "on-demand",
        terminal: bool = False,
        warden: Warden | None = None,
        tap: bool = False,
    ) -> None:
        self.function = function
        self.command = [*(launch or (sys.executable, "-m", client or runtime_client())), f"app_index.{function}"]
        self.init_ms = 0.0
        self._project = project
        self._root = root or project.root
        self._environment = environment
        self._initialization = initialization
        self._log = log
        self._api = RuntimeApi()
        self._process = Process(log, self._fail, terminal=terminal, warden=warden)
        self._folder: Path | None = None
        self._calls: Path | None = None
        self._tap = tap and launch is None  # what starts the runtime by other means starts no tap
        self._stopped = False

    @property
    def init_error(self) -> Outcome | None:
        """What the function answered in place of starting; None where it started, or has not yet."""
        return self._api.init_error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process is there, and has not been told to end."""
        return bool(self._process.pid) and self._process.code is None and not self._stopped

    async def __aenter__(self) -> "Worker":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the process; it initialises from here on."""
        await self._api.start()
        if STAND_IN in self.command:
            self._log(f"{AWS_CLIENT} is not installed (it has wheels for Linux only): Tight's stand-in takes its place")
        self._folder = Path(tempfile.mkdtemp(prefix=f"tight-{self.function}-"))
        variables = lambda_environment(
            self._project,
            self.function,
            self._environment,
            self._api.address,
            root=self._root,
            folder=self._folder,
            initialization=self._initialization,
        )
        command = self.command
        if self._tap:
            self._calls = self._folder / _CALLS
            command = [sys.executable, "-m", _TAP, str(self._calls), *self.command[2:]]
        began = time.perf_counter()
        self._api.initialised.add_done_callback(lambda _: self._measure(began))
        try:
            self._process.start(command, self._root, variables)
        except BaseException:
            await self.stop()
            raise

    def _measure(self, began: float) -> None:
        self.init_ms = (time.perf_counter() - began) * 1000

    async def initialise(self, limit_s: float = INIT_LIMIT_S) -> Outcome | None:
        """Wait until the function can take events; None then, else what went wrong, and the process is gone."""
        try:
            await asyncio.wait_for(asyncio.shield(self._api.initialised), limit_s)
        except asyncio.TimeoutError:
            self.kill()
            return Outcome.failure("Sandbox.Timedout", f"Task timed out after {limit_s:.2f} seconds", "", ended=True)
        if self._api.init_error is None and self._process.code is not None:
            return Outcome.failure(*self._exit_error(self._process.code), "", ended=True)
        return self._api.init_error

    async def run(self, invocation: Invocation) -> Outcome:
        """The outcome of one invocation; at its deadline the process ends, and when nobody waits for it any more."""
        answer = self._api.invoke(invocation)
        if self._process.code is not None:
            self._fail(self._process.code)
        timer = asyncio.get_running_loop().call_later(invocation.timeout_s, self._time_out, invocation)
        try:
            return await answer
        except asyncio.CancelledError:
            self.kill()  # or its late answer would meet the next event
            raise
        finally:
            timer.cancel()
            self._process.drain()

    async def invoke(self, event: object) -> Outcome:
        """Give the function one event; an error is an `Outcome` too."""
        invocation = Invocation(
            payload=json.dumps(event).encode(),
            timeout_s=self._project.function(self.function).timeout,
            function_arn=function_arn(self._project, self.function),
        )
        # The function's own time does not begin before it is initialised.
        return await self.initialise() or await self.run(invocation)

    def take_calls(self) -> list[bytes]:
        """The exchanges with AWS since it was last asked, a line of JSON for each: see `tight_tasks.serve.tap`."""
        if self._calls is None or not self._calls.exists():  # asked first, since nearly always there is none
            return []
        try:
            lines = self._calls.read_bytes().splitlines()
            self._calls.unlink()
        except OSError:  # the process and its folder are gone
            return []
        return lines

    def kill(self) -> None:
        """End the process at once."""
        self._stopped = True
        self._process.kill()

    async def stop(self) -> None:
        """End the process and all that it started, gently first."""
        self._stopped = True
        await self._process.stop()
        await self._api.close()
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _time_out(self, invocation: Invocation) -> None:
        self.kill()
        message = f"Task timed out after {invocation.timeout_s:.2f} seconds"
        self._api.settle(Outcome.failure("Sandbox.Timedout", message, invocation.request_id, ended=True))

    def _fail(self, code: int) -> None:
        self._api.fail(*self._exit_error(code))

    @staticmethod
    def _exit_error(code: int) -> tuple[str, str]:
        if not code:
            return "Runtime.ExitError", "Runtime exited without providing a reason"
        how = f"exit status {code}" if code > 0 else f"signal: {signal.strsignal(-code)}".lower()
        return "Runtime.ExitError", f"Runtime exited with error: {how}"
