"""Streams of Kinesis. "Process Amazon Kinesis Data Streams records with Lambda" in the Lambda developer guide."""

import base64
from collections.abc import Mapping
from typing import Any

from tight_tasks import manifest
from tight_tasks.errors import NoSource
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.dead_letters import DeadLetters
from tight_tasks.serve.sources.names import physical_name
from tight_tasks.serve.sources.shards import Record, Shard, Shards
from tight_tasks.serve.sources.source import Invoke
from tight_tasks.serve.sources.streams import manners_of
from tight_tasks.serve.variables import ACCOUNT


class KinesisSource:
    """A stream by its name or ARN."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        said = source.model_extra or {}
        self._function = function
        self._reader = KinesisReader(aws, physical_name(said["stream"], aws.variables))
        dead_letters = DeadLetters(aws, function, said.get("dead_letter"), "KinesisBatchInfo")
        self._shards = Shards(self._reader, function, invoke, manners_of(said), dead_letters)
        self.start, self.stop = self._shards.start, self._shards.stop

    def status(self) -> dict[str, Any]:
        what = {"kind": "kinesis", "name": self._reader.name, "function": self._function}
        return {**what, "problem": self._shards.problem, **self._shards.counts.status()}


class KinesisReader:
    """A stream; on this machine a missing one is made, with one shard."""

    def __init__(self, aws: Aws, name: str) -> None:
        self.name = name
        self.arn = ""
        self._aws = aws

    async def shards(self) -> list[Shard]:
        self.arn = await self._find()
        found: list[Shard] = []
        asked: dict[str, str] = {"StreamName": self.name}
        while True:
            answer = await self._aws.call("kinesis", "list_shards", **asked)
            found += [Shard(each["ShardId"], each.get("ParentShardId")) for each in answer["Shards"]]
            if not answer.get("NextToken"):
                return found
            asked = {"NextToken": answer["NextToken"]}

    async def iterator(self, shard: str, kind: str, after: str | None = None) -> str:
        more = {"StartingSequenceNumber": after} if after else {}
        asked = {"StreamName": self.name, "ShardId": shard, "ShardIteratorType": kind, **more}
        found: str = (await self._aws.call("kinesis", "get_shard_iterator", **asked))["ShardIterator"]
        return found

    async def records(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        answer = await self._aws.call("kinesis", "get_records", ShardIterator=iterator, Limit=min(limit, 10_000))
        region = self._aws.project.region
        records = [
            Record(
                each["SequenceNumber"],
                record_of(each, shard, self.arn, region),
                each["ApproximateArrivalTimestamp"].timestamp(),
            )
            for each in answer["Records"]
        ]
        return records, answer.get("NextShardIterator")

    async def _find(self) -> str:
        """The stream's ARN. Raises `NoSource`."""
        from botocore.exceptions import BotoCoreError, ClientError  # loaded with the first client

        try:
            told = await self._describe()
            if told is None and self._aws.is_local("kinesis"):
                await self._aws.call("kinesis", "create_stream", StreamName=self.name, ShardCount=1)
                told = await self._describe()
        except (BotoCoreError, ClientError) as error:
            raise NoSource("Kinesis stream", self.name, str(error)) from error
        if told is None:
            raise NoSource("Kinesis stream", self.name, "make it in the account")
        arn: str = told["StreamARN"]
        return arn

    async def _describe(self) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError  # as above

        try:
            answer = await self._aws.call("kinesis", "describe_stream_summary", StreamName=self.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        told: dict[str, Any] = answer["StreamDescriptionSummary"]
        return told


def record_of(record: Mapping[str, Any], shard: str, arn: str, region: str) -> dict[str, Any]:
    """A record of boto3's as Lambda's event has it."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": base64.b64encode(record["Data"]).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/local",
        "awsRegion": region,
        "eventSourceARN": arn,
    }
