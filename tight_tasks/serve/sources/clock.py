"""The time that schedules go by: the machine's, or a virtual one that stands still until it is told to go on.

A schedule fires at its next time. What came due while the machine slept is missed, as EventBridge makes up for nothing,
and is no burst when it wakes.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Protocol

MOST_FIRED = 10_000  # by one tick
_LATE = timedelta(seconds=60)
_LOOK_S = 5.0  # a machine that slept does not count the time, so it is looked at
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fired:
    """`result` is ok, skipped, or the type of the function's error."""

    time: datetime
    function: str
    schedule: str
    result: str


class Alarm(Protocol):
    """What rings at its time. `due` is in UTC; None where it never rings again."""

    due: datetime | None

    def plan(self, now: datetime) -> None:
        """Set `due` to the next time after `now`."""

    def ring(self, at: datetime) -> "asyncio.Task[Fired]":
        """Begin what is due `at` that time."""

    def miss(self, at: datetime) -> None:
        """That time has passed long ago."""


class NoVirtualClock(ValueError):
    def __init__(self) -> None:
        super().__init__(
            "the clock is this machine's and goes by itself: start invoke serve with --at 2026-03-29T00:55, say"
        )


class Clock:
    """The alarms of an app. With `at`, an aware time, the clock is a virtual one."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at.astimezone(timezone.utc) if at is not None else None
        self._alarms: list[Alarm] = []
        self._changed = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None

    @property
    def is_virtual(self) -> bool:
        return self._at is not None

    def now(self) -> datetime:
        """In UTC."""
        return self._at or datetime.now(timezone.utc)

    def add(self, alarm: Alarm) -> None:
        self._alarms.append(alarm)
        self._changed.set()
        if self._running is None and not self.is_virtual:
            self._running = asyncio.create_task(self._run())

    async def remove(self, alarm: Alarm) -> None:
        """With the last one the clock stops."""
        self._alarms.remove(alarm)
        if not self._alarms and self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def tick(self, by: timedelta) -> list[Fired]:
        """Go on by that much: what falls due fires in its order, one after the other, each at its own time.

        Ends early, at the last time, after `MOST_FIRED`. Raises `NoVirtualClock`.
        """
        async with self._ticking:
            if self._at is None:
                raise NoVirtualClock
            until, fired = self._at + by, list[Fired]()
            while len(fired) < MOST_FIRED:
                alarm = next(self._due(until), None)
                if alarm is None:
                    self._at = until
                    break
                assert alarm.due is not None  # it is among those that are due
                # What was due before the clock was set is fired now: time never goes back.
                self._at = max(self._at, alarm.due)
                ringing = alarm.ring(alarm.due)
                alarm.plan(alarm.due)
                fired.append(await ringing)
            return fired

    def _due(self, until: datetime) -> Iterator[Alarm]:
        """The earliest first; of one time those first that were added first."""
        found = [(alarm.due, place) for place, alarm in enumerate(self._alarms) if alarm.due and alarm.due <= until]
        return (self._alarms[place] for _, place in sorted(found))

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            now = self.now()
            for alarm in self._due(now):
                assert alarm.due is not None  # it is among those that are due
                if now - alarm.due > _LATE:
                    alarm.miss(alarm.due)
                else:
                    alarm.ring(alarm.due)
                alarm.plan(now)
            next_s = min(((alarm.due - now).total_seconds() for alarm in self._alarms if alarm.due), default=_LOOK_S)
            try:
                await asyncio.wait_for(self._changed.wait(), min(max(next_s, 0), _LOOK_S))
            except asyncio.TimeoutError:
                continue


def moment(text: str) -> datetime:
    """A time such as 2026-03-29T00:55, in UTC unless it has an offset. Raises ValueError."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 doesn't know Z
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def duration(text: str) -> timedelta:
    """A time span such as 1h, 90s, 2d or 1h30m. Raises ValueError."""
    parts = re.findall(r"(\d+)([dhms])", text)
    if not parts or "".join(f"{count}{unit}" for count, unit in parts) != text:
        raise ValueError(f"{text!r} is no time span: write 1h, 90s, 2d or 1h30m")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
    except OverflowError:
        raise ValueError(f"{text} is longer than there are dates") from None
