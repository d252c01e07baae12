"""Runs in a function's process: tells of threads and tasks that are not done when the function has answered.

Between two events Lambda lets nothing of an environment run ("Lambda execution environment lifecycle" in the Lambda
developer guide). Here a thread goes on, so that what is lost there seems to work; hence the warning.
"""

import re
import sys
import threading
from weakref import WeakSet

TYPE_CHECKING = False  # importing `typing` would cost every cold start of a worker 2 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableSet
    from typing import Any

_EXECUTOR = "concurrent/futures/thread.py"


class Background:
    """`say` is told once of each, by its name; the numbers that Python puts into names don't count.

    `loops` are the event loops whose tasks are looked at. A thread of an executor that waits for work is none.
    """

    def __init__(self, say: "Callable[[str], None] | None" = None) -> None:
        self.loops: MutableSet[Any] = WeakSet()
        self._say = say or _warn
        self._told: set[str] = set()

    def look(self) -> None:
        """The function is about to answer."""
        if not self.loops and threading.active_count() == 1:
            return
        for name in (*_threads(), *self._tasks()):
            known = re.sub(r"\d+", "", name)
            if known not in self._told:
                self._told.add(known)
                self._say(
                    f"{name} is not done when the function answers. In Lambda it stands still then, until the next "
                    "event or for ever: wait for it before you answer"
                )

    def follow_loops(self, base_events: "Any") -> None:
        """Know every event loop that is made from here on by asyncio's own module."""
        make, loops = base_events.BaseEventLoop.__init__, self.loops

        def make_known(loop: "Any") -> None:
            make(loop)
            loops.add(loop)

        base_events.BaseEventLoop.__init__ = make_known

    def _tasks(self) -> "Iterator[str]":
        for loop in [*self.loops]:
            if not loop.is_closed():
                for task in sys.modules["asyncio"].all_tasks(loop):
                    coroutine = task.get_coro()
                    yield f"the task {getattr(coroutine, '__qualname__', None) or task.get_name()}"


def _threads() -> "Iterator[str]":
    frames = sys._current_frames()  # noqa: SLF001  # a documented function, whatever its name
    for thread in threading.enumerate():
        if thread is threading.main_thread() or thread is threading.current_thread() or thread.ident is None:
            continue
        code = frames[thread.ident].f_code if thread.ident in frames else None
        idle = code and code.co_name == "_worker" and code.co_filename.replace("\\", "/").endswith(_EXECUTOR)
        if not idle:
            yield f"the thread {thread.name}"


def _warn(text: str) -> None:
    print(f"[WARNING] {text}", file=sys.stderr, flush=True)
