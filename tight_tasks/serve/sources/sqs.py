"""Queues: event source mappings as Lambda's for SQS, "Using Lambda with Amazon SQS" in the Lambda developer guide."""

import base64
import math
from collections.abc import Sequence
from typing import Any

from tight_tasks import manifest
from tight_tasks.errors import BadMapping
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.filters import decoded, passes, patterns_of
from tight_tasks.serve.sources.mapping import failed_of, split, to_event
from tight_tasks.serve.sources.names import physical_name
from tight_tasks.serve.sources.poller import Poller
from tight_tasks.serve.sources.queues import Message, Queue, Wanted, check_visibility, find_queue
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke, attempt

_AT_ONCE = 10  # without a window, and of a FIFO queue
_MARGIN_S = 30


class QueueSource:
    """`at` is the service at whose endpoint the queue is."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws, at: str = "sqs") -> None:
        said = source.model_extra or {}
        settings = aws.project.function(function)
        self.kind = source.kind
        self.function = function
        self.counts = Counts()
        self._invoke = invoke
        self._aws = aws
        self._at = at
        self._fifo = bool(said.get("fifo")) or str(said["queue"]).endswith(".fifo")
        self.name = physical_name(said["queue"], aws.variables, fifo=self._fifo)
        self._timeout_s = settings.timeout
        self._patterns = patterns_of(said.get("filter") if source.kind == "queue" else None)
        self._dead_letter: str | None = said.get("dead_letter")
        self._max_receives = int(said.get("max_receives") or 5)
        batch, window_s = int(said.get("batch") or _AT_ONCE), float(said.get("window") or 0)
        self._check(batch, window_s)
        # "Configuring scaling behavior": six times the timeout, and the window.
        visibility = said.get("visibility")  # 0 is one, which Lambda refuses
        self._visibility_s = math.ceil(settings.timeout * 6 + window_s) if visibility is None else int(visibility)
        needed_s = int(window_s + settings.timeout + _MARGIN_S)
        self._poller = Poller(
            self.find,
            self._take,
            batch=batch,
            window_s=window_s,
            rooms=int(said.get("concurrency") or settings.concurrency),
            visibility_s=needed_s if window_s and window_s + settings.timeout > self._visibility_s else None,
        )

    def _check(self, batch: int, window_s: float) -> None:
        if self._fifo and (batch > _AT_ONCE or window_s):
            raise BadMapping(
                "queue", self.name, f"a batch of a FIFO queue is at most {_AT_ONCE} messages, without a window"
            )
        if batch > _AT_ONCE and window_s < 1:
            raise BadMapping("queue", self.name, f"a batch of more than {_AT_ONCE} messages needs a window of a second")

    async def find(self) -> Queue:
        """Raises `NoSource`, and `BadMapping` for what Lambda refuses."""
        dead = self._dead_letter and physical_name(self._dead_letter, self._aws.variables, fifo=self._fifo)
        wanted = Wanted(self.name, self._visibility_s, self._fifo, dead, self._max_receives)
        queue = await find_queue(self._aws, wanted, self._at)
        check_visibility(self.name, queue.visibility_s, self._timeout_s)
        return queue

    async def start(self) -> None:
        await self._poller.start()

    async def stop(self, grace_s: float = GRACE_S) -> None:
        await self._poller.stop(grace_s)

    def status(self) -> dict[str, Any]:
        what = {"kind": self.kind, "name": self.name, "function": self.function, "problem": self._poller.problem}
        return {**what, **self.counts.status()}

    async def _take(self, queue: Queue, messages: list[Message]) -> None:
        messages = await self._wanted(queue, messages)
        by_id = {message["MessageId"]: message for message in messages}
        for records in split(record_of(message, queue.arn, self._aws.project.region) for message in messages):
            outcome = await attempt(self._invoke, self.function, to_event(records), queue.visibility_s)
            failed = failed_of(outcome, [record["messageId"] for record in records])
            self._count(records, failed)
            await queue.delete([by_id[each["messageId"]] for each in records if each["messageId"] not in failed])
            if failed and self._fifo:
                return  # the rest comes back after what has failed

    async def _wanted(self, queue: Queue, messages: list[Message]) -> list[Message]:
        """Those that pass the filter; the others are deleted, as Lambda does."""
        if not self._patterns:
            return messages
        passed = [each for each in messages if passes({"body": decoded(each["Body"])}, self._patterns)]
        unwanted = [each for each in messages if each not in passed]
        self.counts.filtered += len(unwanted)
        await queue.delete(unwanted)
        return passed

    def _count(self, records: Sequence[dict[str, Any]], failed: set[str]) -> None:
        self.counts.delivered += len(records) - len(failed)
        self.counts.failed += len(failed)
        if self._dead_letter:
            # Asked for once more, the queue moves them.
            self.counts.dead += sum(
                record["messageId"] in failed
                and int(record["attributes"].get("ApproximateReceiveCount", 1)) >= self._max_receives
                for record in records
            )


def record_of(message: Message, arn: str, region: str) -> dict[str, Any]:
    """A message of boto3's as Lambda's event has it."""
    attributes = message.get("MessageAttributes", {})
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {name: str(value) for name, value in message.get("Attributes", {}).items()},
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    if "BinaryValue" in value:
        own = {"binaryValue": base64.b64encode(value["BinaryValue"]).decode()}
    else:
        own = {"stringValue": value.get("StringValue", "")}
    return {**own, "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
