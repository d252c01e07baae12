"""A process with a runtime client in it: what it prints, and its end."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from tight_tasks.serve.warden import Warden

_CHUNK = 65536  # as much as a pipe holds
_READS = 2
_LONGEST_LINE = 256 * 1024  # as CloudWatch cuts them
_SHUTDOWN_S = 2.0  # as long as Lambda's shutdown phase


class Process:
    """Runs `command` in a group of its own, so that what it starts ends with it.

    `log` is given every line that it prints, without its newline, and `ended` its exit code, once. With `terminal` it
    reads from and prints to this process's terminal instead.
    """

    def __init__(
        self,
        log: Callable[[str], None],
        ended: Callable[[int], None],
        *,
        terminal: bool = False,
        warden: Warden | None = None,
    ) -> None:
        self.pid = 0
        self.code: int | None = None
        self._log = log
        self._ended = ended
        self._terminal = terminal
        self._warden = warden
        self._pipe = -1
        self._rest = b""
        self._watch: asyncio.Task[None] | None = None

    def start(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Raises OSError where it can't be started."""
        self._pipe, output = os.pipe()
        os.set_blocking(self._pipe, False)
        try:
            # Not asyncio's: uvloop forks with all of this process's memory, which takes 8 ms of every cold start.
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=None if self._terminal else subprocess.DEVNULL,
                stdout=None if self._terminal else output,
                stderr=None if self._terminal else output,
                start_new_session=True,
            )
        except BaseException:
            self._close()
            raise
        finally:
            os.close(output)
        self.pid = process.pid
        if self._warden is not None:
            self._warden.watch(self.pid)
        asyncio.get_running_loop().add_reader(self._pipe, self._read)
        self._watch = asyncio.create_task(self._follow(process))

    def drain(self) -> None:
        """Pass on what the process has printed until now, a last line without its newline too."""
        for _ in range(_READS):  # a thread may go on printing as fast as this reads
            if not self._read():
                break
        self._flush()

    def _read(self) -> bool:
        try:
            chunk = os.read(self._pipe, _CHUNK) if self._pipe >= 0 else b""
        except BlockingIOError:
            return False
        if not chunk:  # the process and all that it started have closed it
            self._close()
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._log(line.decode("utf-8", "replace"))
        if len(self._rest) > _LONGEST_LINE:
            self._flush()
        return True

    def _flush(self) -> None:
        if self._rest:
            rest, self._rest = self._rest, b""
            self._log(rest.decode("utf-8", "replace"))

    def _close(self) -> None:
        if self._pipe >= 0:
            asyncio.get_running_loop().remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = -1

    async def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        self.code = await _end_of(process)
        self.drain()
        self._ended(self.code)

    def kill(self) -> None:
        """End it and all that it started, at once."""
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    async def stop(self) -> None:
        """End it and all that it started, gently first; returns when it is gone."""
        if self._watch is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._signal(number)
            done, _ = await asyncio.wait([self._watch], timeout=_SHUTDOWN_S)
            if done:
                break
        # What it started may have outlived it, and still belongs to its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._warden is not None:
            self._warden.release(self.pid)
        self.drain()
        self._close()

    def _signal(self, number: int) -> None:
        if self.code is None and self.pid:  # later the number may be another process's
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


def _end_of(process: "subprocess.Popen[bytes]") -> "asyncio.Future[int]":
    """Its exit code to come. A thread waits for it, as there is no other way on every system and loop."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def tell(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def wait() -> None:
        code = process.wait()
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(tell, code)

    Thread(target=wait, name=f"end of {process.pid}", daemon=True).start()
    return ended
