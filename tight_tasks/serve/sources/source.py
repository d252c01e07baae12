"""What a source of events is, and what it counts."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from tight_tasks.errors import TaskError
from tight_tasks.serve.errors import ServeError, Throttled
from tight_tasks.serve.invocation import Outcome, new_request_id

GRACE_S = 5.0  # of what runs when a source is stopped
_SHORTEST_S, _LONGEST_S = 0.05, 2.0

Invoke = Callable[[str, bytes], Awaitable[Outcome]]
"""Has a function, by its name, take an event in JSON; gives what that came to. May raise `Throttled`."""


class Source(Protocol):
    """Feeds one function from one place."""

    async def start(self) -> None:
        """Make or find what is declared, and begin. Raises a `TaskError`; nothing is left running then."""

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Take nothing more, let what runs come to its end within the grace, and give the rest back."""

    def status(self) -> dict[str, Any]:
        """For the console and the status: JSON-able, with kind, name, function, problem and the counts."""


@dataclass
class Counts:
    """Messages or records. `failed` counts each attempt; `dead` those that are given up, `filtered` those unwanted."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    filtered: int = 0

    def status(self) -> dict[str, int]:
        return asdict(self)


async def attempt(invoke: Invoke, function: str, event: bytes, patience_s: float) -> Outcome:
    """What `function` makes of the event; a failure where it can't be asked, or is throttled for longer than that."""
    deadline, wait_s = time.monotonic() + patience_s, _SHORTEST_S
    while True:
        try:
            return await invoke(function, event)
        except Throttled as error:
            if time.monotonic() > deadline:
                return _refused(error)
        except ServeError as error:
            return _refused(error)
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_S)


def said(error: Exception) -> str:
    """What a source's status says of an error: a service's own sentence, or the name of what nobody expected."""
    return str(error) if isinstance(error, TaskError) or "botocore" in type(error).__module__ else repr(error)


def _refused(error: ServeError) -> Outcome:
    return Outcome.failure(f"Runtime.{type(error).__name__}", str(error), new_request_id())
