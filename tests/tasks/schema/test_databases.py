"""The schemas against tables: CloudFormation and the API make of them what PynamoDB makes of the model."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tasks.schema.conftest import MODELS, REGION, WriteApp, client, run
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import held
from tight_tasks.errors import NoAnswer
from tight_tasks.schema.formats import files_of
from tight_tasks.schema.running import local_client
from tight_tasks.schema.table import Table

SUFFIXES = ("accounts", "past-orders", "visits")
STACKS = "eu-north-1"  # a region of their own, so that the names are free


@pytest.fixture(scope="session")
def made(written: Path, database: str) -> str:
    """A database in which PynamoDB has made the tables of the app."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    shell = {"AWS_ENDPOINT_URL_DYNAMODB": database, "AWS_REGION": REGION, "NAME": "shop", "STAGE": "dev"}
    command = [sys.executable, "-m", "tight.testing", "tables"]
    done = subprocess.run(
        command, cwd=written, env={**kept, **shell}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return database


def described(dynamodb: Any, name: str) -> dict[str, Any]:
    """What DescribeTable says of a table, without its name, state, times and sizes."""
    table = dynamodb.describe_table(TableName=name)["Table"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    return {
        "attributes": sorted((each["AttributeName"], each["AttributeType"]) for each in table["AttributeDefinitions"]),
        "keys": table["KeySchema"],
        "global": indexes(table, "GlobalSecondaryIndexes"),
        "local": indexes(table, "LocalSecondaryIndexes"),
        "billing": billing,
        "units": units(table),
        "stream": table.get("StreamSpecification"),
    }


def indexes(table: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        each["IndexName"]: (
            each["KeySchema"],
            each["Projection"]["ProjectionType"],
            sorted(each["Projection"].get("NonKeyAttributes", [])),
            units(each),
        )
        for each in table.get(kind, [])
    }


def units(owner: Mapping[str, Any]) -> list[int]:
    throughput = owner.get("ProvisionedThroughput", {})
    return [throughput.get(f"{kind}CapacityUnits", 0) for kind in ("Read", "Write")]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_request_makes_the_table_that_pynamodb_makes(made: str, tables: list[Table], suffix: str) -> None:
    dynamodb = client("dynamodb", made)
    request = json.loads(files_of(tables, "json", "shop")[f"{suffix}.json"])

    dynamodb.create_table(**{**request, "TableName": f"shop-request-{suffix}"})
    try:
        assert described(dynamodb, f"shop-request-{suffix}") == described(dynamodb, f"shop-dev-{suffix}")
    finally:
        dynamodb.delete_table(TableName=f"shop-request-{suffix}")


def test_tables_that_pynamodb_made_are_as_the_models_say(written: Path, made: str) -> None:
    done = run(written, "dynamo.schema", "--diff", AWS_ENDPOINT_URL_DYNAMODB=made)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"  shop-dev-{suffix}   is as its model says" for suffix in SUFFIXES]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cloudformation_makes_the_table_that_pynamodb_makes(
    embedded: str, made: str, tables: list[Table], suffix: str
) -> None:
    template = files_of(tables, "cloudformation", "shop")[f"{suffix}.yml"]
    stacks = client("cloudformation", embedded, STACKS)

    stacks.create_stack(StackName=suffix, TemplateBody=template)
    try:
        stacked = described(client("dynamodb", embedded, STACKS), f"shop-dev-{suffix}")
        assert stacked == described(client("dynamodb", made), f"shop-dev-{suffix}")
    finally:
        stacks.delete_stack(StackName=suffix)


def test_one_template_with_sub_makes_the_table_of_every_stage(embedded: str, tables: list[Table]) -> None:
    template = files_of(tables, "cloudformation", "shop", sub=True)["past-orders.yml"]
    stacks, dynamodb = client("cloudformation", embedded, STACKS), client("dynamodb", embedded, STACKS)

    for stage in ("test", "prod-1"):
        stacks.create_stack(
            StackName=f"past-orders-{stage}",
            TemplateBody=template,
            Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
        )

    assert described(dynamodb, "shop-test-past-orders") == described(dynamodb, "shop-prod-1-past-orders")


def test_a_table_that_differs_is_told_by_key_with_exit_code_1(tmp_path: Path, written: Path, embedded: str) -> None:
    dynamodb = client("dynamodb", embedded)
    attributes = {"id": "S", "placed": "S"}
    dynamodb.create_table(
        TableName="shop-other-past-orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": type_} for name, type_ in attributes.items()],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "placed", "KeyType": "RANGE"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 1},
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-placed",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )

    done = run(written, "dynamo.schema", "--diff", "--stage", "other", "--endpoint", embedded)

    assert done.returncode == 1
    assert done.stderr == f"3 of 3 tables at {embedded} differ from their models\n"
    assert done.stdout.splitlines() == [
        "  shop-other-accounts   is not there",
        "  shop-other-past-orders   differs",
        "    AttributeDefinitions.digest: the model says B, the table nothing",
        "    AttributeDefinitions.owner: the model says S, the table nothing",
        "    AttributeDefinitions.placed: the model says N, the table S",
        "    AttributeDefinitions.total: the model says N, the table nothing",
        "    ProvisionedThroughput: the model says 5 read, 4 write, the table 5 read, 1 write",
        "    GlobalSecondaryIndexes.by-digest.KeySchema: the model says digest HASH, the table nothing",
        "    GlobalSecondaryIndexes.by-digest.Projection: the model says ALL, the table nothing",
        "    GlobalSecondaryIndexes.by-digest.ProvisionedThroughput: the model says 1 read, 1 write, the table nothing",
        "    GlobalSecondaryIndexes.by-owner.KeySchema: the model says owner HASH, placed RANGE, the table nothing",
        "    GlobalSecondaryIndexes.by-owner.Projection: the model says INCLUDE note total, the table nothing",
        "    GlobalSecondaryIndexes.by-owner.ProvisionedThroughput: the model says 3 read, 2 write, the table nothing",
        "    LocalSecondaryIndexes.by-total.KeySchema: the model says id HASH, total RANGE, the table nothing",
        "    LocalSecondaryIndexes.by-total.Projection: the model says KEYS_ONLY, the table nothing",
        "    StreamSpecification: the model says NEW_AND_OLD_IMAGES, the table nothing",
        "    TimeToLiveSpecification: the model says expires, the table nothing",
        "    LocalSecondaryIndexes.by-placed.KeySchema: the model says nothing, the table id HASH",
        "    LocalSecondaryIndexes.by-placed.Projection: the model says nothing, the table ALL",
        "  shop-other-visits   is not there",
    ]


def test_the_database_that_dynamo_run_runs_is_found(make_app: WriteApp, tmp_path: Path, embedded: str) -> None:
    app = make_app(tmp_path, {"Account": MODELS["Account"]})
    with held(Place.of(app)) as record:
        record.write(embedded)
        done = run(app, "dynamo.schema", "--diff", "--stage", "none")

    assert (done.returncode, done.stderr) == (1, f"1 of 1 tables at {embedded} differ from their models\n")


def test_the_database_that_tight_yml_names_for_the_asked_stage_is_found(make_app: WriteApp, tmp_path: Path) -> None:
    app = make_app(tmp_path, {"Account": MODELS["Account"]})
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write("stages: {prod: {env: {AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9'}}}\n")
    done = run(app, "dynamo.schema", "--diff", "--stage", "prod")

    assert done.returncode == 2
    assert done.stderr.startswith("DynamoDB at http://127.0.0.1:9 gives no answer: ")


def test_without_a_database_no_account_is_looked_at(written: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret"}
    done = run(written, "dynamo.schema", "--diff", **keys)

    assert done.returncode == 2
    how = "start one with invoke dynamo.run, or name it: --endpoint URL, USE_LOCAL_DB: true in env.yml, --aws"
    assert done.stderr == f"--diff: {how}\n"


def test_no_real_key_travels_to_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")

    credentials = local_client("https://dynamodb.us-west-2.amazonaws.com", REGION)._request_signer._credentials
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("local", "local", None)


def test_an_endpoint_that_is_no_address_is_refused() -> None:
    with pytest.raises(NoAnswer, match="DynamoDB at nowhere gives no answer: Invalid endpoint: nowhere"):
        local_client("nowhere", REGION)
    with pytest.raises(NoAnswer, match="DynamoDB at http://localhost:65536 gives no answer: Port out of range"):
        local_client("http://localhost:65536", REGION)


def test_a_database_that_does_not_answer_is_told_in_a_sentence(written: Path) -> None:
    done = run(written, "dynamo.schema", "--diff", "--endpoint", "http://127.0.0.1:9")

    assert done.returncode == 2
    assert done.stderr.startswith("DynamoDB at http://127.0.0.1:9 gives no answer: Could not connect to the endpoint")
    assert done.stderr.count("\n") == 1


def test_an_account_is_looked_at_only_when_it_is_asked_for_by_name(written: Path) -> None:
    nobody = {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_CONFIG_FILE": os.devnull}
    done = run(written, "dynamo.schema", "--diff", "--aws", **nobody, AWS_EC2_METADATA_DISABLED="true")

    assert done.returncode == 2
    where = f"https://dynamodb.{REGION}.amazonaws.com"
    assert done.stderr == f"DynamoDB at {where} gives no answer: Unable to locate credentials\n"
