"""The processes of a host: each is a copy of one that has the socket, and has loaded nothing of the app.

A worker that ends by itself is started anew; one that could not start ends the host. Workers come to their end when a
pipe is closed that the first process alone holds open: so they do when it is told to end, and when it is killed.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine

from tight_tasks.errors import BadMapping
from tight_tasks.host.lines import say
from tight_tasks.serve.loop import run

Work = Callable[[int, asyncio.Event], Coroutine[object, object, bool]]
"""Does a worker's work, by its number, until the event is set; whether it ended as it should."""

GRACE_RAN_OUT = 1
UNUSABLE, CAN_NOT_START = 2, 3
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_PAUSE_S = 1.0  # before a worker that ended is started anew


def work_alone(work: Work) -> int:
    """The work of the only worker, in this process; gives its exit code."""
    return _work(work, 0, None)


def work_together(work: Work, count: int) -> int:
    """Start `count` workers, and see to them until a signal ends all; gives the exit code of the host."""
    return _Parent(work, count).run()


class _Parent:
    def __init__(self, work: Work, count: int) -> None:
        self._work = work
        self._count = count
        self._workers: dict[int, int] = {}  # numbers by process id
        self._watched, self._held = os.pipe()
        self._ending = False
        self._code = 0

    def run(self) -> int:
        for each in _SIGNALS:
            signal.signal(each, self._told)
        for number in range(self._count):
            self._start(number)
        while self._workers:
            process, status = os.wait()
            if process not in self._workers:  # an orphan of somebody else's, which process 1 of a container is given
                continue
            number = self._workers.pop(process)
            code = os.waitstatus_to_exitcode(status)
            if self._ending:
                self._code = self._code or abs(code)
            elif code in (UNUSABLE, CAN_NOT_START):
                self._code = code
                self._end()
            else:
                say("ERROR", "a worker ended and is started anew", worker=number, exitCode=code)
                time.sleep(_PAUSE_S)
                if not self._ending:
                    self._start(number)
        return self._code

    def _start(self, number: int) -> None:
        # No signal may come between: the copy would take it for its parent's.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        process = os.fork()
        if not process:
            os.close(self._held)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all, and the first passes it on
            os._exit(_work(self._work, number, self._watched))
        self._workers[process] = number
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _told(self, *_: object) -> None:
        if not self._ending:
            self._end()
            return
        for process in self._workers:  # for the second time: at once
            os.kill(process, signal.SIGKILL)

    def _end(self) -> None:
        # Closing the pipe, not a signal: whoever ends a group of processes has sent theirs to the workers as well.
        self._ending = True
        os.close(self._held)


def _work(work: Work, number: int, watched: int | None) -> int:
    async def until_told() -> bool:
        end = asyncio.Event()
        loop = asyncio.get_running_loop()

        def told() -> None:
            if watched is None and end.is_set():  # for the second time: at once
                _leave(GRACE_RAN_OUT)
            end.set()

        def parent_ended(pipe: int) -> None:
            loop.remove_reader(pipe)
            end.set()

        if watched is not None:
            loop.add_reader(watched, parent_ended, watched)
        for each in _SIGNALS if watched is None else (signal.SIGTERM,):
            loop.add_signal_handler(each, told)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        return await work(number, end)

    try:
        clean = run(until_told())
    except BadMapping as error:  # a setting that has to change first
        say("ERROR", f"the app can't start: {error}", worker=number)
        return UNUSABLE
    except Exception as error:  # noqa: BLE001  # whatever it is, the host can't start
        import traceback

        say("ERROR", f"the app can't start: {error}", worker=number, traceback=traceback.format_exc())
        return CAN_NOT_START
    # A thread that still runs would hold up the end of Python.
    return 0 if clean else _leave(GRACE_RAN_OUT)


def _leave(code: int) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
