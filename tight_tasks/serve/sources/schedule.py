"""Schedules: a function is invoked with EventBridge's event at the times of an expression.

"Creating an Amazon EventBridge rule that runs on a schedule" in the EventBridge user guide.
"""

import asyncio
import json
import logging
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from tight_tasks.errors import BadMapping
from tight_tasks.manifest import Source
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.clock import Clock, Fired
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke
from tight_tasks.serve.sources.times import following
from tight_tasks.serve.variables import ACCOUNT

_MOST_WAITING = 100
_log = logging.getLogger(__name__)


class ScheduleSource:
    """`declared` has the arguments of @schedule: name, expression, timezone, overlap, immediately, host_only.

    `overlap` says what happens when the former run has not ended: `skip` leaves the new one out, `queue` has it wait
    for its turn, `allow` runs both.
    """

    def __init__(self, declared: Source, function: str, invoke: Invoke, aws: Aws, clock: Clock) -> None:
        said: dict[str, Any] = declared.model_extra or {}
        self.name: str = said["name"]
        self.function = function
        self.expression: str = said["expression"]
        self.timezone: str = said.get("timezone") or "UTC"
        self._zone: ZoneInfo | timezone = timezone.utc
        self.overlap: str = said.get("overlap") or "skip"
        self.counts = Counts()
        self.skipped = self.missed = 0
        self.due: datetime | None = None
        self._immediately = bool(said.get("immediately"))
        self._host_only: str | None = said.get("host_only")
        self._invoke = invoke
        self._clock = clock
        self._region = aws.project.region
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Fired]] = set()

    async def start(self) -> None:
        now = self._clock.now()
        try:
            if self.timezone != "UTC":  # which needs no database of zones
                self._zone = ZoneInfo(self.timezone)
            self.due = following(self.expression, now, self._zone)
        except (ValueError, LookupError, OSError) as error:
            raise BadMapping("schedule", self.name, f"{self.expression} in {self.timezone}: {error}") from error
        self._clock.add(self)
        if self._host_only:
            _log.warning("%s: the schedule %s runs here and in a host: %s", self.function, self.name, self._host_only)
        if self._immediately:
            self.ring(now)

    async def stop(self, grace_s: float = GRACE_S) -> None:
        await self._clock.remove(self)
        if self._running:
            await asyncio.wait(self._running, timeout=grace_s)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def status(self) -> dict[str, Any]:
        return {
            "kind": "schedule",
            "name": self.name,
            "function": self.function,
            "expression": self.expression,
            "timezone": self.timezone,
            "overlap": self.overlap,
            "due": written(self.due) if self.due else None,
            "running": len(self._running),
            "skipped": self.skipped,
            "missed": self.missed,
            "host_only": self._host_only,
            "problem": None,
            **self.counts.status(),
        }

    def plan(self, now: datetime) -> None:
        """From the last time on, so that a rate keeps its beat; from now on where that has passed, too."""
        due = following(self.expression, self.due or now, self._zone)
        self.due = due if due is None or due > now else following(self.expression, now, self._zone)

    def miss(self, at: datetime) -> None:
        self.missed += 1
        _log.warning("%s: the schedule %s was due at %s and is left out", self.function, self.name, written(at))

    def ring(self, at: datetime) -> "asyncio.Task[Fired]":
        busy, waiting = bool(self._running), len(self._running) - 1
        leave_out = (self.overlap == "skip" and busy) or (self.overlap == "queue" and waiting >= _MOST_WAITING)
        task = asyncio.create_task(self._leave_out(at) if leave_out else self._fire(at))
        if not leave_out:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return task

    async def _leave_out(self, at: datetime) -> Fired:
        self.skipped += 1
        _log.warning(
            "%s: the schedule %s is left out at %s: the last run goes on", self.function, self.name, written(at)
        )
        return Fired(at, self.function, self.name, "skipped")

    async def _fire(self, at: datetime) -> Fired:
        payload = json.dumps(scheduled_event(self.name, at, self._region)).encode()
        if self.overlap == "queue":
            async with self._turn:
                return await self._run(at, payload)
        return await self._run(at, payload)

    async def _run(self, at: datetime, payload: bytes) -> Fired:
        self.counts.delivered += 1
        try:
            result = (await self._invoke(self.function, payload)).error_type
        except Exception as error:  # noqa: BLE001  # whatever it is, the schedule goes on
            _log.exception("%s: the schedule %s could not run", self.function, self.name)
            result = type(error).__name__
        self.counts.failed += result is not None
        return Fired(at, self.function, self.name, result or "ok")


def scheduled_event(name: str, at: datetime, region: str) -> dict[str, Any]:
    """ "Scheduled Event" of the rule `name`, as "Amazon EventBridge event metadata" has its keys."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": written(at),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def written(at: datetime) -> str:
    """In UTC, to the second before."""
    whole = at.astimezone(timezone.utc) - timedelta(microseconds=at.microsecond)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")
