"""An app with tables of every kind, its schemas, and databases to compare them with."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tight.testing.embedded import running
from tight_tasks.manifest import read_manifest
from tight_tasks.project import Project
from tight_tasks.schema.table import Table, tables_of

REGION = "us-west-2"
INDEX = 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n'
# Tight 0.1's own example: one capacity unit each.
ACCOUNT = """\
from pynamodb.attributes import UnicodeAttribute

from tight.clients.dynamo import Model, TableMeta, TableName


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")
        billing_mode = "PROVISIONED"
        read_capacity_units = 1
        write_capacity_units = 1

    id = UnicodeAttribute(hash_key=True)
"""
# Every key type, both kinds of index, every projection, provisioned.
ORDER = """\
from pynamodb.attributes import BinaryAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
    LocalSecondaryIndex,
)

from tight.clients.dynamo import Model, TableMeta, TableName


class ByOwner(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-owner"
        projection = IncludeProjection(["total", "note"])
        read_capacity_units = 3
        write_capacity_units = 2

    owner = UnicodeAttribute(hash_key=True)
    placed = NumberAttribute(range_key=True)


class ByDigest(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-digest"
        projection = AllProjection()
        read_capacity_units = 1
        write_capacity_units = 1

    digest = BinaryAttribute(hash_key=True, legacy_encoding=False)


class ByTotal(LocalSecondaryIndex):
    class Meta:
        index_name = "by-total"
        projection = KeysOnlyProjection()

    id = UnicodeAttribute(hash_key=True)
    total = NumberAttribute(range_key=True)


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("past-orders")
        billing_mode = "PROVISIONED"
        read_capacity_units = 5
        write_capacity_units = 4
        stream_view_type = "NEW_AND_OLD_IMAGES"

    id = UnicodeAttribute(hash_key=True)
    placed = NumberAttribute(range_key=True)
    owner = UnicodeAttribute()
    digest = BinaryAttribute(legacy_encoding=False)
    total = NumberAttribute()
    note = UnicodeAttribute(null=True)
    expires = TTLAttribute(null=True)
    by_owner = ByOwner()
    by_digest = ByDigest()
    by_total = ByTotal()
"""
# Billed per request, with indexes and a stream; an index that says a capacity all the same.
VISIT = """\
from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from tight.clients.dynamo import Model, TableMeta, TableName


class ByDay(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-day"
        projection = AllProjection()
        read_capacity_units = 1
        write_capacity_units = 1

    day = NumberAttribute(hash_key=True)
    page = UnicodeAttribute(range_key=True)


class Visit(Model):
    class Meta(TableMeta):
        table_name = TableName("visits")
        stream_view_type = "KEYS_ONLY"

    page = UnicodeAttribute(hash_key=True)
    day = NumberAttribute(range_key=True)
    gone = TTLAttribute(null=True)
    by_day = ByDay()
"""
MODELS = {"Account": ACCOUNT, "Order": ORDER, "Visit": VISIT}

WriteApp = Callable[..., Path]
Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def make_app() -> WriteApp:
    """Write an app with these models into a folder."""

    def make(folder: Path, models: dict[str, str], name: str = "shop", env: str | None = "STAGE: dev\n") -> Path:
        files = {
            "tight.yml": f"name: {name}\nregion: {REGION}\nruntime: python3.13\narchitecture: arm64\n",
            "tasks.py": "from tight_tasks import tasks\n\nnamespace = tasks()\n",
            "app_index.py": INDEX,
            "app/functions/__init__.py": "",
            **({} if env is None else {"env.dist.yml": env}),
            **{f"app/models/{model}.py": text for model, text in models.items()},
        }
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    return make


def run(folder: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """`invoke` with these arguments in an app, with nothing of AWS in the environment but these variables."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("AWS_") and key not in ("STAGE", "NAME")
    }
    command = [sys.executable, "-m", "invoke", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **variables}, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="session")
def written(make_app: WriteApp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app whose models are MODELS, with its schemas as the task writes them without options. Not to be changed."""
    folder = make_app(tmp_path_factory.mktemp("written"), MODELS)
    done = run(folder, "dynamo.schema")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def tables(written: Path) -> list[Table]:
    """The tables of MODELS in the stage dev."""
    manifest = read_manifest(Project.load(written), {"NAME": "shop", "STAGE": "dev"})
    return tables_of(manifest.models, "shop", "dev")


@pytest.fixture(scope="session")
def embedded() -> Iterator[str]:
    """The endpoint of moto's server."""
    with running() as aws:
        yield aws.endpoint


@pytest.fixture(scope="session", params=["embedded", "local_dynamodb"])
def database(request: pytest.FixtureRequest) -> str:
    """The endpoint of a DynamoDB; each comparison is made with every one."""
    endpoint: str = request.getfixturevalue(request.param)
    return endpoint


def client(service: str, endpoint: str, region: str = REGION) -> Any:
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "local")
    return boto3.Session(**keys, region_name=region).client(service, endpoint_url=endpoint)
