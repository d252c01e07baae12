"""What a queue is told of records of a stream that were given up: where they stand and why, never what they hold.

"Retain discarded records" of a DynamoDB and of a Kinesis event source in the Lambda developer guide.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Protocol

from tight_tasks.serve.invocation import record_of, written
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.names import physical_name
from tight_tasks.serve.sources.queues import Queue, Wanted, find_queue
from tight_tasks.serve.variables import function_arn

EXHAUSTED, EXPIRED = "RetryAttemptsExhausted", "RecordAgeExpired"
_VISIBILITY_S = 30  # SQS's own default
_log = logging.getLogger(__name__)


class Record(Protocol):
    @property
    def sequence(self) -> str: ...

    @property
    def arrived_at(self) -> float: ...


class DeadLetters:
    """The queue of this name for a function's stream; without one nothing is told.

    `info` is the name of the part that says where the records are, such as DDBStreamBatchInfo.
    """

    def __init__(self, aws: Aws, function: str, name: str | None, info: str) -> None:
        self._aws = aws
        self._function = function
        self._name = name
        self._info = info
        self._queue: Queue | None = None

    async def start(self) -> None:
        """Raises `NoSource`."""
        if self._name:
            self._queue = await find_queue(
                self._aws, Wanted(physical_name(self._name, self._aws.variables), _VISIBILITY_S)
            )

    async def tell(
        self, stream: str, shard: str, records: Sequence[Record], condition: str, tries: int, request_id: str
    ) -> None:
        """Of records of the stream with that ARN, in their order. What can't be sent is logged."""
        if self._queue is None:
            return
        arn = function_arn(self._aws.project, self._function)
        told = {
            **record_of(arn, request_id, condition, tries, failed=True),
            self._info: place_of(stream, shard, records),
        }
        try:
            await self._queue.send(json.dumps(told))
        except Exception as error:  # noqa: BLE001  # the records are given up all the same
            _log.warning("%s: %s could not be told of what was given up: %s", self._function, self._name, error)


def place_of(stream: str, shard: str, records: Sequence[Record]) -> dict[str, Any]:
    """Where records stand, for whoever reads them again while the stream has them."""
    return {
        "shardId": shard,
        "startSequenceNumber": records[0].sequence,
        "endSequenceNumber": records[-1].sequence,
        "approximateArrivalOfFirstRecord": written(records[0].arrived_at),
        "approximateArrivalOfLastRecord": written(records[-1].arrived_at),
        "batchSize": len(records),
        "streamArn": stream,
    }
