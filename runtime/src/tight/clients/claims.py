"""Who does a thing, and what came of it: the records of `tight.idempotency`, in a table of DynamoDB or in memory.

A record has the names and units of those of AWS Lambda Powertools, and the run that it belongs to:

id                      the key
status                  INPROGRESS or COMPLETED
owner                   the run
in_progress_expiration  until when that run may take, in milliseconds since 1970
expiration              until when its result holds, in seconds since 1970; DynamoDB's time to live
data, validation        the result; a hash of what was asked for
"""

import os
from math import ceil
from threading import Lock
from time import time

from tight.errors import MissingEnvironment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RUNNING, DONE = "INPROGRESS", "COMPLETED"

_IS_FREE = (
    "attribute_not_exists(id) OR #owner = :owner OR (#status = :done AND expiration < :now) "
    "OR (#status = :running AND in_progress_expiration < :now_ms)"
)
_SWEPT_FIRST_AT = 1000  # records in memory


def claim_of(key: str, owner: str, *, lease: float, expires: float, payload: str) -> "dict[str, Any]":
    """The record of a run that begins now and takes `lease` seconds at most."""
    end = time() + lease
    # Time to live has to leave the record alone while its run may go on.
    times = {"in_progress_expiration": ceil(end * 1000), "expiration": ceil(end + expires)}
    return {"id": key, "status": RUNNING, "owner": owner, "validation": payload, **times}


class Table:
    """Records in the app's table NAME-STAGE-suffix, whose only key is `id`, text."""

    def __init__(self, suffix: str = "idempotency") -> None:
        self.suffix = suffix

    def claim(self, record: "dict[str, Any]") -> "dict[str, Any] | None":
        """Put `record`; gives the one that stands in its way, if one does."""
        client = self._client()
        now = time()
        try:
            client.put_item(
                TableName=self._name(),
                Item=_written(record),
                ConditionExpression=_IS_FREE,
                ExpressionAttributeNames={"#owner": "owner", "#status": "status"},
                ExpressionAttributeValues=_written(
                    {
                        ":owner": record["owner"],  # this run's own, where an answer was lost and the SDK asked again
                        ":done": DONE,
                        ":running": RUNNING,
                        ":now": int(now),
                        ":now_ms": int(now * 1000),
                    }
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client.exceptions.ConditionalCheckFailedException as error:
            return _read(error.response["Item"])
        return None

    def complete(self, record: "dict[str, Any]", data: str, expires: float) -> bool:
        """Keep the result of the run of `record`; False where another run has taken over."""
        return self._update(
            record,
            "SET #status = :done, #data = :data, expiration = :expiration",
            {":done": DONE, ":data": data, ":expiration": ceil(time() + expires)},
            {"#status": "status", "#data": "data"},
        )

    def release(self, record: "dict[str, Any]") -> None:
        """Let others try at once what the run of `record` has failed at."""
        self._update(record, "SET in_progress_expiration = :none", {":none": 0}, {})

    def _update(self, record: "dict[str, Any]", change: str, values: "dict[str, Any]", names: "dict[str, str]") -> bool:
        client = self._client()
        try:
            client.update_item(
                TableName=self._name(),
                Key=_written({"id": record["id"]}),
                UpdateExpression=change,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner", **names},
                ExpressionAttributeValues=_written({":owner": record["owner"], **values}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _client(self) -> "Any":
        from tight.clients.aws import database  # boto3 is loaded by the first run

        return database()

    def _name(self) -> str:
        names = [os.environ.get(name) or _missing(name) for name in ("NAME", "STAGE")]
        return "-".join((*names, self.suffix))


class Memory:
    """Records of this process alone: for tests, and for what one process does."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Any]] = {}
        self._turn = Lock()
        self._swept_at = _SWEPT_FIRST_AT

    def claim(self, record: "dict[str, Any]") -> "dict[str, Any] | None":
        """As `Table.claim`."""
        with self._turn:
            self._sweep()
            found = self._records.get(record["id"])
            if found is not None and not _is_over(found, time()):
                return dict(found)
            self._records[record["id"]] = dict(record)
            return None

    def complete(self, record: "dict[str, Any]", data: str, expires: float) -> bool:
        """As `Table.complete`."""
        changes = {"status": DONE, "data": data, "expiration": ceil(time() + expires)}
        return self._change(record, changes)

    def release(self, record: "dict[str, Any]") -> None:
        """As `Table.release`."""
        self._change(record, {"in_progress_expiration": 0})

    def _change(self, record: "dict[str, Any]", changes: "dict[str, Any]") -> bool:
        with self._turn:
            found = self._records.get(record["id"])
            if found is None or found["owner"] != record["owner"]:
                return False
            found.update(changes)
            return True

    def _sweep(self) -> None:
        if len(self._records) < self._swept_at:
            return
        now = time()
        self._records = {key: found for key, found in self._records.items() if not _is_over(found, now)}
        self._swept_at = max(_SWEPT_FIRST_AT, 2 * len(self._records))


def _is_over(record: "dict[str, Any]", now: float) -> bool:
    if record["status"] == DONE:
        return bool(record["expiration"] < int(now))
    return bool(record["in_progress_expiration"] < int(now * 1000))


def _written(values: "dict[str, Any]") -> "dict[str, dict[str, str]]":
    return {name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in values.items()}


def _read(item: "dict[str, dict[str, str]]") -> "dict[str, Any]":
    return {name: int(value["N"]) if "N" in value else value.get("S") for name, value in item.items()}


def _missing(name: str) -> str:
    raise MissingEnvironment(name, "the table of @idempotent")
