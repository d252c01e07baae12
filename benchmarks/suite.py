"""All benchmarks, each as a table; the targets stand here."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3

from benchmarks.artifact import unpack_both
from benchmarks.coldstart import cold_starts, fastest_ms, smallest_mib, unrest
from benchmarks.competitors import (
    ARTIFACT,
    ARTIFACT_WITH_BOTO3,
    COLD,
    MODEL,
    MODEL_WITH_BOTO3,
    PACKED,
    PACKED_WITH_BOTO3,
    READING,
    WARM,
    WITH_ORJSON,
    WITH_TIGHT,
)
from benchmarks.dispatch import dispatch
from benchmarks.image import Image
from benchmarks.report import Table
from benchmarks.start import REGION
from tight.testing import embedded

EVENT = Path(__file__).parent / "event.json"
AT_MOST_COLD = {WITH_TIGHT.name: 1.05}
AT_MOST_PACKED = {ARTIFACT.name: 0.85, ARTIFACT_WITH_BOTO3.name: 0.5}
AT_MOST_WARM = {WITH_TIGHT.name: 1.5, WITH_ORJSON.name: 0.8}


def tables(image: Image, *, rounds: int) -> Iterator[Table]:
    """Each table as soon as it is measured. `rounds` are of cold starts; warm calls get five times as many."""
    put = EVENT.read_bytes()
    yield Table("Dispatch of a warm call", "µs", dispatch(image, WARM, EVENT, rounds=rounds * 5), AT_MOST_WARM)
    compiled = cold_starts(image, COLD, put, compiled=True, rounds=rounds)
    yield Table("Cold start, compiled", "ms", fastest_ms(compiled), AT_MOST_COLD, unrest(compiled))
    source = cold_starts(image, COLD, put, compiled=False, rounds=rounds)
    yield Table("Cold start, from source", "ms", fastest_ms(source), AT_MOST_COLD, unrest(source))
    yield Table("Memory at the first answer, compiled", "MiB", smallest_mib(compiled))
    get = json.dumps({**json.loads(put), "httpMethod": "GET", "body": None}).encode()
    with _database() as environment:
        reading = cold_starts(image, READING, get, compiled=True, rounds=rounds, environment=environment)
        yield Table("Cold start that reads one item, compiled", "ms", fastest_ms(reading))
        for app_of, pair in ((MODEL, PACKED), (MODEL_WITH_BOTO3, PACKED_WITH_BOTO3)):
            unpack_both(image, app_of, *pair)
            packed = cold_starts(image, pair, get, compiled=True, rounds=rounds, environment=environment)
            title = "Cold start of an artifact, against a plain zip"
            yield Table(title, "ms", fastest_ms(packed), AT_MOST_PACKED, unrest(packed))


@contextmanager
def _database() -> Iterator[Mapping[str, str]]:
    """The embedded DynamoDB with one order in it; gives the variables that lead there."""
    with embedded.running() as aws:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        dynamodb = boto3.client("dynamodb", endpoint_url=aws.endpoint, region_name=REGION, **keys)
        dynamodb.create_table(
            TableName="shop-dev-orders",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        item = {"id": {"S": "1042"}, "customer": {"S": "ada@example.org"}, "total_cents": {"N": "12540"}}
        dynamodb.put_item(TableName="shop-dev-orders", Item=item)
        yield {"AWS_ENDPOINT_URL": aws.endpoint, "NAME": "shop", "STAGE": "dev"}
