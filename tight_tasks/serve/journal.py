"""What was invoked lately: one entry for each invocation, and whoever wants to be told of them."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tight_tasks.serve.invocation import Outcome, Usage

_KEPT = 500
_LINES_KEPT = 1000  # of one invocation's log


@dataclass(slots=True)
class Entry:
    """An invocation. `cause` says where it came from, such as `GET /orders`; `result` what that was answered: 200.

    `usage` and `outcome` are there once it has ended, and `calls`: its exchanges with AWS, as `Worker.take_calls` gives
    them.
    """

    function: str
    request_id: str
    cause: str
    payload: bytes
    environment: str = ""
    started: float = field(default_factory=time.time)
    outcome: Outcome | None = None
    usage: Usage | None = None
    result: str = ""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))
    calls: list[bytes] = field(default_factory=list)


class Journal:
    """The last entries, the oldest first."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._listeners: list[Callable[[Entry], None]] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter([*self._entries.values()])

    def find(self, request_id: str) -> Entry | None:
        return self._entries.get(request_id)

    def listen(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Have `listener` told of each entry that has ended; gives what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add(self, entry: Entry) -> None:
        self._entries[entry.request_id] = entry
        if len(self._entries) > _KEPT:
            del self._entries[next(iter(self._entries))]

    def conclude(self, entry: Entry, result: str) -> None:
        """The entry has ended, and came to `result` where it came from: the listeners are told."""
        entry.result = result
        for listener in [*self._listeners]:
            listener(entry)
