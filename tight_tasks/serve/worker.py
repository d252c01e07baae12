"""One execution environment: a process with AWS's runtime client in it, and the Runtime API that it talks to."""

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from uuid import uuid4

from tight_tasks.project import Project
from tight_tasks.serve.runtime_api import Invocation, Outcome, RuntimeApi

AWS_CLIENT = "awslambdaric"
STAND_IN = "tight_tasks.serve.client"

_ACCOUNT = "123456789012"
INIT_LIMIT_S = 10.0  # "Lambda execution environment lifecycle" in the Lambda developer guide
_SHUTDOWN_S = 2.0  # as long as Lambda's shutdown phase
# What a process needs of this machine. Nothing else of the shell gets in, as nothing does in Lambda.
_INHERITED = ("HOME", "PATH", "SSL_CERT_FILE", "SYSTEMROOT", "TMPDIR")


def runtime_client() -> str:
    """The module that plays the runtime: AWS's own, or Tight's stand-in where AWS has no wheel (macOS, Windows)."""
    return AWS_CLIENT if importlib.util.find_spec(AWS_CLIENT) else STAND_IN


def lambda_environment(project: Project, function: str, environment: Mapping[str, str], address: str) -> dict[str, str]:
    """What the process of a function gets: this machine's paths, the app's `environment`, and Lambda's own variables.

    Names: "Defined runtime environment variables" in the Lambda developer guide. The keys are dummies unless
    `environment` brings some.
    """
    settings = project.function(function)
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **environment,
        **settings.env,
        "_HANDLER": f"app_index.{function}",
        "AWS_DEFAULT_REGION": project.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{project.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[$LATEST]{uuid4().hex}",
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_REGION": project.region,
    }


class Worker:
    """Runs `app_index.<function>` of an app for as long as its context lasts, with the `environment` given.

    `log` is given every line that the process prints, without its newline. `client` is the module that plays the
    runtime; by default AWS's own where it is installed.
    """

    def __init__(
        self,
        project: Project,
        function: str,
        environment: Mapping[str, str],
        *,
        client: str | None = None,
        log: Callable[[str], None] = print,
    ) -> None:
        self.function = function
        self.command = [sys.executable, "-m", client or runtime_client(), f"app_index.{function}"]
        self.pid = 0
        self._project = project
        self._environment = environment
        self._timeout_s = project.function(function).timeout
        self._log = log
        self._api = RuntimeApi()
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopped = False

    async def __aenter__(self) -> "Worker":
        await self._api.start()
        if STAND_IN in self.command:
            self._log(f"{AWS_CLIENT} is not installed (it has wheels for Linux only): Tight's stand-in takes its place")
        try:
            self._process = await self._spawn()
        except BaseException:
            await self._api.close()
            raise
        self.pid = self._process.pid
        self._watch = asyncio.create_task(self._follow(self._process))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        await self._api.close()

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self.command,
            cwd=self._project.root,
            env=lambda_environment(self._project, self.function, self._environment, self._api.address),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # its own process group, so that what it starts ends with it
        )

    async def invoke(self, event: object) -> Outcome:
        """Give the function one event; an error is an `Outcome` too. A timeout ends the process, as does giving up."""
        invocation = Invocation(
            payload=json.dumps(event).encode(),
            timeout_s=self._timeout_s,
            function_arn=f"arn:aws:lambda:{self._project.region}:{_ACCOUNT}:function:{self.function}",
        )
        try:
            # The function's own time does not begin before it is initialised.
            await asyncio.wait_for(self._api.initialised(), INIT_LIMIT_S)
        except asyncio.TimeoutError:
            return await self._time_out(invocation, INIT_LIMIT_S)
        if self._process is None or self._process.returncode is not None:
            return self._api.init_error or Outcome.failure(*self._exit_error(), invocation.request_id)
        try:
            return await asyncio.wait_for(self._api.invoke(invocation), self._timeout_s)
        except asyncio.TimeoutError:
            return await self._time_out(invocation, self._timeout_s)
        except asyncio.CancelledError:
            await self._stop()  # or its late answer would meet the next event
            raise

    async def _time_out(self, invocation: Invocation, limit_s: float) -> Outcome:
        await self._stop()
        return Outcome.failure("Sandbox.Timedout", f"Task timed out after {limit_s:.2f} seconds", invocation.request_id)

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what the process prints; when it is gone, so is the invocation that it worked on."""
        printing = asyncio.create_task(self._pass_on(process))
        await process.wait()
        self._api.fail(*self._exit_error())
        await printing

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # it is a pipe
        rest = b""
        # Not line by line: asyncio refuses lines over 64 KiB.
        while chunk := await process.stdout.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._log(line.decode("utf-8", "replace"))
        if rest:
            self._log(rest.decode("utf-8", "replace"))

    def _exit_error(self) -> tuple[str, str]:
        code = self._process.returncode if self._process is not None else None
        if not code:
            return "Runtime.ExitError", "Runtime exited without providing a reason"
        how = f"exit status {code}" if code > 0 else f"signal: {signal.strsignal(-code)}".lower()
        return "Runtime.ExitError", f"Runtime exited with error: {how}"

    async def _stop(self) -> None:
        """End the process and all that it started, gently first."""
        process, watch = self._process, self._watch
        if process is None or watch is None or self._stopped:
            return
        self._stopped = True  # once: later the number may be another process's
        for end in (_terminate, _kill):
            end(process.pid)
            done, _ = await asyncio.wait([watch], timeout=_SHUTDOWN_S)
            if done:
                break
        # What the process started may have outlived it.
        _kill(process.pid)
        watch.cancel()


def _terminate(group: int) -> None:
    _signal(group, signal.SIGTERM)


def _kill(group: int) -> None:
    _signal(group, getattr(signal, "SIGKILL", signal.SIGTERM))


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(group, number)
        else:
            os.kill(group, number)  # Windows: ends the process, whatever the number
