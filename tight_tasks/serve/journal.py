"""What was invoked lately: one entry for each invocation, and whoever wants to be told of them."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tight_tasks.serve.invocation import Outcome, Usage

_KEPT = 500
_KEPT_BYTES = 64 * 1024 * 1024  # of what the entries hold: events, answers, logs and exchanges with AWS
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

    @property
    def size(self) -> int:
        """In bytes, about: what it holds."""
        answer = len(self.outcome.payload) if self.outcome is not None else 0
        return len(self.payload) + answer + sum(map(len, self.log)) + sum(map(len, self.calls))


class Journal:
    """The last entries, the oldest first: 500, or as many as `kept_bytes` hold, and the last one in any case."""

    def __init__(self, kept_bytes: int = _KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._sizes: dict[str, int] = {}  # of those that have ended
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
            self._forget_oldest()

    def conclude(self, entry: Entry, result: str) -> None:
        """The entry has ended, and came to `result` where it came from: the listeners are told."""
        entry.result = result
        self._weigh(entry)
        for listener in [*self._listeners]:
            listener(entry)

    def _weigh(self, entry: Entry) -> None:
        if entry.request_id not in self._entries:  # it took so long that it is forgotten
            return
        size = entry.size
        self._bytes += size - self._sizes.get(entry.request_id, 0)
        self._sizes[entry.request_id] = size
        while self._bytes > self._kept_bytes and len(self._entries) > 1:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = next(iter(self._entries))
        del self._entries[oldest]
        self._bytes -= self._sizes.pop(oldest, 0)
