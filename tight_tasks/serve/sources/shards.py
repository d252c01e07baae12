"""Follows a stream: each shard in order, one batch at a time, again from what has failed.

"Process Amazon DynamoDB records with Lambda" and "Batching behavior" in the Lambda developer guide.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tight_tasks.serve.sources.dead_letters import EXHAUSTED, EXPIRED, DeadLetters
from tight_tasks.serve.sources.mapping import done_of, split, to_event
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke, attempt, said

_LOOK_S = 5.0  # for new shards
_IDLE_S = (0.1, 1.0)  # between polls that bring nothing; Lambda polls four times a second
_RETRY_S = (0.2, 10.0)
_PATIENCE_S = 60.0  # with a throttled function


@dataclass(frozen=True)
class Shard:
    id: str
    parent: str | None = None


@dataclass(frozen=True)
class Record:
    """`body` is the record in Lambda's event; `arrived_at` is Unix time, in seconds."""

    sequence: str
    body: dict[str, Any]
    arrived_at: float = field(default_factory=time.time)


class Reader(Protocol):
    """A stream's own API. Each may raise what boto3 raises, and `NoSource`. `arn` is the stream's, once it was read."""

    arn: str

    async def shards(self) -> list[Shard]: ...

    async def iterator(self, shard: str, kind: str, after: str | None = None) -> str:
        """`kind` is LATEST, TRIM_HORIZON or AFTER_SEQUENCE_NUMBER."""

    async def records(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        """The next ones, in Lambda's form, and the iterator after them; None at the end of the shard."""


@dataclass(frozen=True)
class Manners:
    """Event source mapping parameters, with Lambda's names in the developer guide. -1 is without an end."""

    batch: int = 100
    window_s: float = 0
    retries: int = -1
    bisect: bool = False
    max_age_s: int = -1


class Shards:
    """The stream of `reader`, from what comes after the start."""

    def __init__(
        self, reader: Reader, function: str, invoke: Invoke, manners: Manners, dead_letters: DeadLetters
    ) -> None:
        self.counts = Counts()
        self.problem = ""
        self._reader = reader
        self._function = function
        self._invoke = invoke
        self._manners = manners
        self._dead_letters = dead_letters
        self._stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the reader does. A record that is written once this has returned is seen."""
        await self._dead_letters.start()
        shards = await self._reader.shards()
        iterators = [await self._reader.iterator(shard.id, "LATEST") for shard in shards]
        for shard, iterator in zip(shards, iterators, strict=True):
            self._follow(shard, iterator)
        self._looking = asyncio.create_task(self._look())

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """A batch that runs has that long."""
        self._stopping.set()
        tasks = [task for task in (self._looking, *self._tasks.values()) if task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _look(self) -> None:
        """Follow shards that are new, once their parents are done."""
        while not await self._pause(_LOOK_S):
            with contextlib.suppress(Exception):  # what reads a shard meets it too, and says so
                found = await self._reader.shards()
                for shard in found:
                    parent = self._tasks.get(shard.parent or "")
                    if shard.id not in self._tasks and (parent is None or parent.done()):
                        self._follow(shard, await self._reader.iterator(shard.id, "TRIM_HORIZON"))

    def _follow(self, shard: Shard, iterator: str) -> None:
        self._tasks[shard.id] = asyncio.create_task(self._read(shard, iterator))

    async def _read(self, shard: Shard, first: str) -> None:
        iterator: str | None = first
        checkpoint: str | None = None
        idle_s = _IDLE_S[0]
        while iterator and not self._stopping.is_set():
            try:
                records, iterator = await self._gather(shard, iterator)
            except Exception as error:  # noqa: BLE001  # it goes on, and says so
                self.problem = said(error)
                await self._pause(_RETRY_S[1] / 10)
                with contextlib.suppress(Exception):
                    iterator = await self._renew(shard, iterator, checkpoint, error)
                continue
            self.problem = ""
            if not records:
                await self._pause(idle_s)
                idle_s = min(idle_s * 2, _IDLE_S[1])
                continue
            idle_s = _IDLE_S[0]
            await self._work(shard.id, records)
            checkpoint = records[-1].sequence

    async def _renew(self, shard: Shard, iterator: str | None, checkpoint: str | None, error: Exception) -> str | None:
        """Where to go on. What was written since the last answer must not be passed over."""
        code = getattr(error, "response", {}).get("Error", {}).get("Code")
        if code is None:  # nobody answered
            return iterator
        if code == "TrimmedDataAccessException":  # all that is left came later
            return await self._reader.iterator(shard.id, "TRIM_HORIZON")
        # It has expired, or the database is a new one.
        kind = "AFTER_SEQUENCE_NUMBER" if checkpoint else "LATEST"
        return await self._reader.iterator(shard.id, kind, checkpoint)

    async def _gather(self, shard: Shard, iterator: str) -> tuple[list[Record], str | None]:
        records, after = await self._reader.records(shard.id, iterator, self._manners.batch)
        deadline = time.monotonic() + self._manners.window_s
        while records and after and len(records) < self._manners.batch and time.monotonic() < deadline:
            await self._pause(_IDLE_S[0])
            more, after = await self._reader.records(shard.id, after, self._manners.batch - len(records))
            records += more
        return records, after

    async def _work(self, shard: str, records: Sequence[Record]) -> None:
        """Until each is done or given up, or it is to stop."""
        by_sequence = {record.sequence: record for record in records}
        for part in split([{"sequence": each.sequence, **each.body} for each in records]):
            await self._batch(shard, [by_sequence[each["sequence"]] for each in part])

    async def _batch(self, shard: str, records: Sequence[Record]) -> None:
        tries, wait_s, request_id = 0, _RETRY_S[0], ""
        while records and not self._stopping.is_set():
            oldest = time.time() - self._manners.max_age_s if self._manners.max_age_s >= 0 else 0
            expired = [each for each in records if each.arrived_at < oldest]
            if expired:
                await self._give_up(shard, expired, EXPIRED, tries, request_id)
                records = [each for each in records if each.arrived_at >= oldest]
                continue
            event = to_event([each.body for each in records])
            outcome = await attempt(self._invoke, self._function, event, _PATIENCE_S)
            done = done_of(outcome, [each.sequence for each in records])
            self.counts.delivered += done
            records = records[done:]
            self.counts.failed += len(records)
            if not records:
                return
            request_id = outcome.request_id
            if self._manners.bisect and len(records) > 1:  # which takes up no retry
                half = len(records) // 2
                await self._batch(shard, records[:half])
                await self._batch(shard, records[half:])
                return
            tries += 1
            if 0 <= self._manners.retries < tries:
                await self._give_up(shard, records, EXHAUSTED, tries, request_id)
                return
            await self._pause(wait_s)
            wait_s = min(wait_s * 2, _RETRY_S[1])

    async def _give_up(
        self, shard: str, records: Sequence[Record], condition: str, tries: int, request_id: str
    ) -> None:
        self.counts.dead += len(records)
        await self._dead_letters.tell(self._reader.arn, shard, records, condition, tries, request_id)

    async def _pause(self, seconds: float) -> bool:
        """Whether it is to stop."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()
