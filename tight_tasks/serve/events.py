"""Asynchronous invocations: accepted at once, run later, tried again, and told of where the app says.

"Invoking a Lambda function asynchronously" and "Capturing records of Lambda asynchronous invocations" in the Lambda
developer guide. Lambda waits about one and then two minutes before it tries again; here that is `retry_s`.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

from tight_tasks.serve.destinations import Destinations
from tight_tasks.serve.errors import ServeError, Throttled
from tight_tasks.serve.invocation import Outcome, new_request_id, record_of
from tight_tasks.serve.invoker import Invoker
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.variables import function_of

RETRY_S = (1.0, 2.0)
_BACKOFF_S = 0.2
_log = logging.getLogger(__name__)


class AsyncEvents:
    """Events of the functions; `retry_s` are the seconds before each further try."""

    def __init__(self, functions: Invoker, destinations: Destinations, retry_s: Sequence[float] = RETRY_S) -> None:
        self._functions = functions
        self._destinations = destinations
        self._retry_s = tuple(retry_s)
        self._running: set[asyncio.Task[None]] = set()

    def accept(self, function: str, payload: bytes) -> str:
        """The request id, which every try has."""
        request_id = new_request_id()
        task = asyncio.create_task(self._accepted(function, payload, request_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return request_id

    async def run(self, function: str, payload: bytes, cause: str) -> Outcome:
        """What the last try came to, once that has been told of. Raises `NoSuchFunction`, `TooLarge`."""
        entry = await self._work(function, payload, new_request_id(), cause)
        assert entry.outcome is not None  # it has ended
        return entry.outcome

    async def stop(self) -> None:
        """What has not come to an end is given up."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._destinations.close()

    async def _accepted(self, function: str, payload: bytes, request_id: str) -> None:
        try:
            await self._work(function, payload, request_id, "event")
        except ServeError as error:  # the app has been reloaded without it, say
            _log.warning("an asynchronous event is given up: %s", error)

    async def _work(self, function: str, payload: bytes, request_id: str, cause: str) -> Entry:
        settings = self._functions.project.function(function)
        waits = self._retry_s[: settings.retries]
        count = 0
        while True:
            entry = await self._once(function, payload, request_id, cause)
            count += 1
            assert entry.outcome is not None  # it has ended
            if not entry.outcome.is_error or count > len(waits):
                break
            await asyncio.sleep(waits[count - 1])
        failed = entry.outcome.is_error
        target = settings.on_failure if failed else settings.on_success
        try:
            if target:
                await self._deliver(target, _record(self._functions.arn(function), entry, payload, count))
            if failed and settings.dead_letter:
                await self._deliver(settings.dead_letter, _dead_letter(entry, payload))
        except Exception:  # noqa: BLE001  # whatever the destination does, serve goes on
            _log.exception("%s: the outcome of an asynchronous event could not be delivered", function)
        return entry

    async def _deliver(self, arn: str, message: dict[str, Any]) -> None:
        """To a function of the app, or elsewhere."""
        function = function_of(arn)
        if function in self._functions.pools:
            self.accept(function, json.dumps(message).encode())
        else:
            await self._destinations.deliver(arn, message)

    async def _once(self, function: str, payload: bytes, request_id: str, cause: str) -> Entry:
        wait = _BACKOFF_S
        while True:
            try:
                entry = await self._functions.invoke(function, payload, cause=cause, request_id=request_id)
            except Throttled:
                await asyncio.sleep(wait)
                wait = min(wait * 2, 10)
                continue
            assert entry.outcome is not None  # it has ended
            self._functions.journal.conclude(entry, entry.outcome.error_type or "ok")
            return entry


def _record(arn: str, entry: Entry, payload: bytes, count: int) -> dict[str, Any]:
    """What a destination is sent."""
    assert entry.outcome is not None  # it has ended
    failed = entry.outcome.is_error
    condition = "RetriesExhausted" if failed else "Success"
    return {
        **record_of(f"{arn}:$LATEST", entry.request_id, condition, count, failed=failed),
        "requestPayload": json.loads(payload),
        "responsePayload": json.loads(entry.outcome.payload),
    }


def _dead_letter(entry: Entry, payload: bytes) -> dict[str, Any]:
    """What a dead-letter queue is sent: the event as it was, with attributes."""
    assert entry.outcome is not None  # it has ended
    error = json.loads(entry.outcome.payload)
    message = str(error.get("errorMessage", "")) if isinstance(error, dict) else ""
    return {
        "body": payload.decode(),
        "attributes": {
            "RequestID": {"DataType": "String", "StringValue": entry.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
            "ErrorMessage": {"DataType": "String", "StringValue": message[:1024] or "-"},
        },
    }
