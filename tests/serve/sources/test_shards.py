"""Streams: of tables in the embedded AWS and in DynamoDB Local, and of Kinesis."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.serve.sources.conftest import NOTES, Noted, status_at_end
from tests.tasks.conftest import dynamodb_local, local_dynamodb  # noqa: F401  # fixtures
from tight_tasks.project import Project
from tight_tasks.serve import Serve
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.dead_letters import DeadLetters
from tight_tasks.serve.sources.shards import Manners, Record, Shard, Shards
from tight_tasks.serve.sources.source import Source

MakeApp = Callable[..., Path]
Feed = Callable[..., Any]
Clients = Callable[[str, str], Any]

TAKES = (
    NOTES
    + """
def handler(event, context):
    note(event["Records"])
"""
)
# Fails, once or for ever, at the item whose key has that word in it, and takes those before it.
STUMBLES = (
    NOTES
    + """
SEEN = pathlib.Path(os.environ["NOTED"]).with_name("seen")


def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["id"]["S"]
        if "always" in key or "once" in key and not SEEN.exists():
            SEEN.touch()
            note("failed", key)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        note("took", key)
"""
)


@pytest.fixture(params=["aws", "local_dynamodb"], ids=["embedded AWS", "DynamoDB Local"])
def dynamodb(request: pytest.FixtureRequest) -> str:
    """The endpoint of a DynamoDB: the same cases for each."""
    endpoint: str = request.getfixturevalue(request.param)
    return endpoint


def make_table(tables: Any, name: str, view: str | None = "NEW_AND_OLD_IMAGES") -> None:
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if view else {}
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **stream,
    )


def put(tables: Any, name: str, *keys: str) -> None:
    for key in keys:
        tables.put_item(TableName=name, Item={"id": {"S": key}})


def test_changes_arrive_with_old_and_new_as_lambda_has_them(
    make_app: MakeApp, feed: Feed, dynamodb: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", dynamodb)
    make_table(tables, "changes")
    put(tables, "changes", "before it starts")

    async def visit(serve: Serve, source: Source) -> Any:
        item = {"id": {"S": "1"}, "data": {"B": b"\0\1"}, "tags": {"SS": ["a"]}, "deep": {"M": {"b": {"BS": [b"x"]}}}}
        tables.put_item(TableName="changes", Item=item)
        tables.put_item(TableName="changes", Item={"id": {"S": "1"}, "size": {"N": "3"}})
        tables.delete_item(TableName="changes", Key={"id": {"S": "1"}})
        await noted.until(lambda all_of: sum(len(records) for (records,) in all_of) == 3)
        return await status_at_end(source)

    status = feed(make_app(take=TAKES), dynamodb, {"kind": "stream", "table": "changes"}, visit)
    inserted, modified, removed = [record for (records,) in noted() for record in records]
    assert [each["eventName"] for each in (inserted, modified, removed)] == ["INSERT", "MODIFY", "REMOVE"]
    assert inserted["dynamodb"]["NewImage"] == {
        "id": {"S": "1"},
        "data": {"B": base64.b64encode(b"\0\1").decode()},
        "tags": {"SS": ["a"]},
        "deep": {"M": {"b": {"BS": [base64.b64encode(b"x").decode()]}}},
    }
    assert modified["dynamodb"]["NewImage"] == {"id": {"S": "1"}, "size": {"N": "3"}}
    assert modified["dynamodb"]["OldImage"] == inserted["dynamodb"]["NewImage"]
    assert removed["dynamodb"]["Keys"] == {"id": {"S": "1"}}
    assert "NewImage" not in removed["dynamodb"]
    assert (inserted["eventSource"], inserted["awsRegion"]) == ("aws:dynamodb", "us-west-2")
    assert "table/changes/stream/" in inserted["eventSourceARN"]
    assert isinstance(inserted["dynamodb"]["ApproximateCreationDateTime"], float)
    assert (status["name"], status["delivered"], status["failed"]) == ("changes", 3, 0)


def test_only_the_changes_that_are_wanted_arrive(
    make_app: MakeApp, feed: Feed, dynamodb: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", dynamodb)
    make_table(tables, "wanted")

    async def visit(serve: Serve, source: Source) -> Any:
        put(tables, "wanted", "1")
        tables.delete_item(TableName="wanted", Key={"id": {"S": "1"}})
        await noted.until(lambda all_of: len(all_of) > 0)
        return await status_at_end(source)

    status = feed(make_app(take=TAKES), dynamodb, {"kind": "stream", "table": "wanted", "on": ["REMOVE"]}, visit)
    (((record,),),) = noted()
    assert (record["eventName"], status["filtered"]) == ("REMOVE", 1)


def test_a_failure_holds_its_shard_up_and_is_tried_again_from_there(
    make_app: MakeApp, feed: Feed, dynamodb: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", dynamodb)
    make_table(tables, "held")

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(put, tables, "held", "1", "2 once", "3")
        await noted.until(lambda all_of: ["took", "3"] in [list(each) for each in all_of])
        return await status_at_end(source)

    status = feed(make_app(take=STUMBLES), dynamodb, {"kind": "stream", "table": "held", "window": 1}, visit)
    assert noted() == [("took", "1"), ("failed", "2 once"), ("took", "2 once"), ("took", "3")]
    assert (status["delivered"], status["dead"]) == (3, 0)


def test_with_bisect_and_retries_one_bad_record_alone_is_given_up(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", aws)
    make_table(tables, "halved")
    fails_whole = STUMBLES.replace('return {"batchItemFailures"', 'raise ValueError; ({"batchItemFailures"').replace(
        '["SequenceNumber"]}]}', '["SequenceNumber"]}]})'
    )
    declared = {"kind": "stream", "table": "halved", "window": 1, "bisect": True, "retries": 1}

    async def visit(serve: Serve, source: Source) -> Any:
        await asyncio.to_thread(put, tables, "halved", "1", "2", "3 always", "4")
        await noted.until(lambda all_of: ("took", "4") in all_of)
        return await status_at_end(source)

    status = feed(make_app(take=fails_whole), aws, declared, visit)
    assert {key for what, key in noted() if what == "took"} == {"1", "2", "4"}
    assert (status["delivered"], status["dead"]) == (3, 1)


def told(clients: Clients, endpoint: str, queue: str) -> list[dict[str, Any]]:
    """The messages of a queue that is there."""
    sqs = clients("sqs", endpoint)
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in received]


def test_a_queue_is_told_where_the_records_stand_that_were_given_up(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", aws)
    make_table(tables, "told")
    declared = {"kind": "stream", "table": "told", "window": 1, "retries": 1, "dead_letter": "told-dead"}

    async def visit(serve: Serve, source: Source) -> str:
        await asyncio.to_thread(put, tables, "told", "1 always", "2")
        await noted.until(lambda all_of: len(all_of) == 2)
        await asyncio.to_thread(put, tables, "told", "3")
        await noted.until(lambda all_of: ["took", "3"] in [list(each) for each in all_of])
        return [entry.request_id for entry in serve.functions.journal][1]

    last_tried = feed(make_app(take=STUMBLES), aws, declared, visit)
    (message,) = told(clients, aws, "told-dead")
    place = message.pop("DDBStreamBatchInfo")
    assert message.pop("timestamp").endswith("Z")
    assert message == {
        "requestContext": {
            "requestId": last_tried,
            "functionArn": "arn:aws:lambda:us-west-2:123456789012:function:take",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
    }
    assert (place["batchSize"], place["streamArn"].rpartition("/stream/")[0]) == (
        2,
        "arn:aws:dynamodb:us-west-2:123456789012:table/told",
    )
    # Whoever is told can read them there.
    streams = clients("dynamodbstreams", aws)
    iterator = streams.get_shard_iterator(
        StreamArn=place["streamArn"],
        ShardId=place["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=place["startSequenceNumber"],
    )["ShardIterator"]
    found = streams.get_records(ShardIterator=iterator, Limit=2)["Records"]
    assert [each["dynamodb"]["Keys"]["id"]["S"] for each in found] == ["1 always", "2"]
    assert found[1]["dynamodb"]["SequenceNumber"] == place["endSequenceNumber"]


def test_a_record_that_is_too_old_is_given_up(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    streams = clients("kinesis", aws)
    declared = {"kind": "kinesis", "stream": "aging", "max_age": 2, "dead_letter": "aging-dead"}
    fails = NOTES + '\n\ndef handler(event, context):\n    note("failed")\n    raise ValueError\n'

    async def visit(serve: Serve, source: Source) -> Any:
        streams.put_record(StreamName="aging", PartitionKey="p", Data=b"1")
        await noted.until(lambda all_of: len(all_of) > 1)
        while not source.status()["dead"]:  # noqa: ASYNC110  # a status is asked for
            await asyncio.sleep(0.02)
        return source.status()

    assert feed(make_app(take=fails), aws, declared, visit)["dead"] == 1
    (message,) = told(clients, aws, "aging-dead")
    assert message["requestContext"]["condition"] == "RecordAgeExpired"
    assert message["KinesisBatchInfo"]["shardId"] == "shardId-000000000000"


def test_a_table_without_a_stream_gets_one_on_this_machine(
    make_app: MakeApp, feed: Feed, dynamodb: str, clients: Clients, noted: Noted
) -> None:
    tables = clients("dynamodb", dynamodb)
    make_table(tables, "still", view=None)

    async def visit(serve: Serve, source: Source) -> None:
        put(tables, "still", "1")
        await noted.until(lambda all_of: len(all_of) > 0)

    feed(make_app(take=TAKES), dynamodb, {"kind": "stream", "table": "still"}, visit)
    (((record,),),) = noted()
    assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_records_of_a_kinesis_stream_arrive_in_their_order(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    streams = clients("kinesis", aws)

    async def visit(serve: Serve, source: Source) -> Any:
        for number in range(5):
            streams.put_record(StreamName="clicks", PartitionKey="p", Data=json.dumps(number).encode())
        await noted.until(lambda all_of: sum(len(records) for (records,) in all_of) == 5)
        return await status_at_end(source)

    status = feed(make_app(take=TAKES), aws, {"kind": "kinesis", "stream": "clicks"}, visit)
    records = [record for (records,) in noted() for record in records]
    assert [json.loads(base64.b64decode(each["kinesis"]["data"])) for each in records] == [0, 1, 2, 3, 4]
    first = records[0]
    number = first["kinesis"]["sequenceNumber"]
    assert first["eventID"] == f"shardId-000000000000:{number}"
    assert (first["eventSource"], first["eventName"]) == ("aws:kinesis", "aws:kinesis:record")
    assert first["eventSourceARN"] == "arn:aws:kinesis:us-west-2:123456789012:stream/clicks"
    assert status["delivered"] == 5


class Interrupted:
    """A stream of one record, written before the first read; that read fails. An iterator says where it begins."""

    arn = "arn:aws:kinesis:us-west-2:123456789012:stream/clicks"

    def __init__(self, error: Exception) -> None:
        self.errors = [error]

    async def shards(self) -> list[Shard]:
        return [Shard("shard")]

    async def iterator(self, shard: str, kind: str, after: str | None = None) -> str:
        if kind == "LATEST":
            return "before the record" if self.errors else "behind it"
        return "before the record" if kind == "TRIM_HORIZON" else "behind it"

    async def records(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        if self.errors:
            raise self.errors.pop()
        return ([Record("1", {})] if iterator == "before the record" else []), "behind it"


@pytest.mark.parametrize(
    "error",
    [
        # DynamoDB Local says so of an iterator older than the first record of its shard.
        ClientError({"Error": {"Code": "TrimmedDataAccessException", "Message": ""}}, "GetRecords"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
    ids=["trimmed", "away"],
)
def test_what_is_written_before_a_read_that_fails_is_not_passed_over(
    project: Callable[[str], Project], error: Exception
) -> None:
    nowhere = DeadLetters(Aws(project(TAKES), {}), "take", None, "KinesisBatchInfo")

    async def visit() -> int:
        invoked = asyncio.Event()

        async def invoke(function: str, event: bytes) -> Outcome:
            invoked.set()
            return Outcome(b"null")

        shards = Shards(Interrupted(error), "take", invoke, Manners(), nowhere)
        await shards.start()
        await asyncio.wait_for(invoked.wait(), 30)
        await shards.stop()
        return shards.counts.delivered

    assert asyncio.run(visit()) == 1
