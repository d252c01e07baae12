"""Streams of tables: DynamoDB Streams of the database that the app uses.

"Using AWS Lambda with Amazon DynamoDB" in the Lambda developer guide.
"""

import asyncio
import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tight_tasks import manifest
from tight_tasks.dynamo.tables import make_tables
from tight_tasks.errors import NoSource
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.dead_letters import DeadLetters
from tight_tasks.serve.sources.shards import Manners, Record, Shard, Shards
from tight_tasks.serve.sources.source import Invoke

_VIEW = "NEW_AND_OLD_IMAGES"  # of a stream that is made here


class StreamSource:
    """`on` are INSERT, MODIFY and REMOVE; a record of another kind is passed over."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        said = source.model_extra or {}
        self._function = function
        self._reader = TableReader(aws, said["table"], tuple(said.get("on") or ()))
        dead_letters = DeadLetters(aws, function, said.get("dead_letter"), "DDBStreamBatchInfo")
        self._shards = Shards(self._reader, function, invoke, manners_of(said), dead_letters)
        self.start, self.stop = self._shards.start, self._shards.stop

    def status(self) -> dict[str, Any]:
        what = {"kind": "stream", "name": self._reader.table, "function": self._function}
        counts = {**self._shards.counts.status(), "filtered": self._reader.filtered}
        return {**what, "problem": self._shards.problem, **counts}


def manners_of(said: Mapping[str, Any]) -> Manners:
    """Of a declared stream."""
    retries, max_age = said.get("retries"), said.get("max_age")
    return Manners(
        int(said.get("batch") or 100),
        float(said.get("window") or 0),
        -1 if retries is None else int(retries),
        bool(said.get("bisect")),
        -1 if max_age is None else int(max_age),
    )


class TableReader:
    """A table's stream. On this machine a missing table is made from its model, a missing stream switched on."""

    def __init__(self, aws: Aws, table: str, on: tuple[str, ...]) -> None:
        self.table = table
        self.filtered = 0
        self._aws = aws
        self._on = on
        self.arn = ""

    async def shards(self) -> list[Shard]:
        self.arn = await self._find()
        found: list[Shard] = []
        more: dict[str, str] = {}
        while True:
            asked = await self._aws.call("dynamodbstreams", "describe_stream", StreamArn=self.arn, **more)
            told = asked["StreamDescription"]
            found += [Shard(each["ShardId"], each.get("ParentShardId")) for each in told["Shards"]]
            if not told.get("LastEvaluatedShardId"):
                return found
            more = {"ExclusiveStartShardId": told["LastEvaluatedShardId"]}

    async def iterator(self, shard: str, kind: str, after: str | None = None) -> str:
        more = {"SequenceNumber": after} if after else {}
        asked = {"StreamArn": self.arn, "ShardId": shard, "ShardIteratorType": kind, **more}
        found: str = (await self._aws.call("dynamodbstreams", "get_shard_iterator", **asked))["ShardIterator"]
        return found

    async def records(
        self,
        shard: str,  # noqa: ARG002  # a record of a table does not say it
        iterator: str,
        limit: int,
    ) -> tuple[list[Record], str | None]:
        asked: dict[str, Any] = {"ShardIterator": iterator, "Limit": min(limit, 1000)}
        answer = await self._aws.call("dynamodbstreams", "get_records", **asked)
        wanted = [each for each in answer["Records"] if not self._on or each["eventName"] in self._on]
        self.filtered += len(answer["Records"]) - len(wanted)
        region = self._aws.project.region
        records = [
            Record(
                each["dynamodb"]["SequenceNumber"],
                record_of(each, self.arn, region),
                each["dynamodb"]["ApproximateCreationDateTime"].timestamp(),
            )
            for each in wanted
        ]
        return records, answer.get("NextShardIterator")

    async def _find(self) -> str:
        """The stream's ARN. Raises `NoSource`."""
        from botocore.exceptions import BotoCoreError, ClientError  # loaded with the first client

        try:
            told = await self._describe()
            if told is None and self._aws.is_local("dynamodb"):
                endpoint = self._aws.endpoint("dynamodb") or ""
                await asyncio.to_thread(make_tables, self._aws.project, endpoint)
                told = await self._describe()
            if told is None:
                raise NoSource("table", self.table, "no model of the app makes it")
            enabled = told.get("StreamSpecification", {}).get("StreamEnabled")
            if not enabled and self._aws.is_local("dynamodb"):
                stream: dict[str, Any] = {"StreamEnabled": True, "StreamViewType": _VIEW}
                await self._aws.call("dynamodb", "update_table", TableName=self.table, StreamSpecification=stream)
                told = await self._describe() or told
        except (BotoCoreError, ClientError) as error:
            raise NoSource("table", self.table, str(error)) from error
        arn: str | None = told.get("LatestStreamArn")
        if not arn:
            raise NoSource("stream of the table", self.table, "give its model's Meta a stream_view_type, and deploy it")
        return arn

    async def _describe(self) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError  # as above

        try:
            told: dict[str, Any] = (await self._aws.call("dynamodb", "describe_table", TableName=self.table))["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        return told


def record_of(record: Mapping[str, Any], arn: str, region: str) -> dict[str, Any]:
    """A record of boto3's as Lambda's event has it."""
    dynamodb = {**record["dynamodb"]}
    for name in ("Keys", "NewImage", "OldImage"):
        if name in dynamodb:
            dynamodb[name] = {key: _value(value) for key, value in dynamodb[name].items()}
    created = dynamodb.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        dynamodb["ApproximateCreationDateTime"] = float(int(created.timestamp()))
    told = {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": dynamodb,
        "eventSourceARN": arn,
    }
    if record.get("userIdentity"):
        told["userIdentity"] = {key[0].lower() + key[1:]: value for key, value in record["userIdentity"].items()}
    return told


def _value(value: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute value with binary ones in base64."""
    ((kind, held),) = value.items()
    if kind == "B":
        return {"B": base64.b64encode(held).decode()}
    if kind == "BS":
        return {"BS": [base64.b64encode(each).decode() for each in held]}
    if kind == "L":
        return {"L": [_value(each) for each in held]}
    if kind == "M":
        return {"M": {name: _value(each) for name, each in held.items()}}
    return {kind: held}
