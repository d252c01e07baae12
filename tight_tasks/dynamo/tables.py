"""The tables of an app in a local database: made from its models, and looked at."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tight_tasks.dynamo import running
from tight_tasks.dynamo.place import Place
from tight_tasks.env import read_environment
from tight_tasks.errors import BadOption, NoDatabase, NoTables, NotLocal
from tight_tasks.loopback import is_loopback
from tight_tasks.manifest import Key, Model, read_manifest
from tight_tasks.project import Project


@dataclass(frozen=True)
class Table:
    """A table of the app's; `items` is None where the database has no such table, `model` where the app has none."""

    name: str
    keys: str
    indexes: tuple[str, ...]
    items: int | None
    model: str | None

    def cells(self) -> tuple[str, str, str, str]:
        state = "missing" if self.items is None else f"{self.items} item{'' if self.items == 1 else 's'}"
        return self.name, state, self.model or "no model", "; ".join((self.keys, *self.indexes))


def local_environment(project: Project, endpoint: str) -> dict[str, str]:
    """The app's variables over the shell's, for the database at `endpoint`; no account of anyone's is in them."""
    merged = {**os.environ, **read_environment(project)}
    return {
        **{name: value for name, value in merged.items() if not name.startswith("AWS_")},
        "AWS_REGION": project.region,
        "AWS_DEFAULT_REGION": project.region,
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        # So that a model which names a host of its own is refused there.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONIOENCODING": "utf-8",  # what the models' process says is read so
    }


def make_tables(project: Project, endpoint: str) -> list[str]:
    """Make the missing tables of the app's models, with indexes, time to live and streams; gives the names of all.

    The models are loaded in a process of their own. Raises `NoTables` with what that says.
    """
    command = [sys.executable, "-m", "tight.testing", "tables"]
    environment = local_environment(project, endpoint)
    done = subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise NoTables(project.root, (done.stderr.strip().splitlines() or ["it says nothing"])[-1])
    # The app's own code may print; the names are the last line.
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return names


def find_endpoint(project: Project, port: int) -> str:
    """Where the app's database is: at `port` unless that is 0, where its `dynamo.run` says, or its environment.

    Raises `NoDatabase` where none of them says anything, `NotLocal` for what is not on this machine, `BadOption` for a
    port that there is not.
    """
    if not 0 <= port < 65536:
        raise BadOption("port", str(port), "write a number from 1 to 65535")
    if port:
        return f"http://127.0.0.1:{port}"
    named = running.find_endpoint(Place.of(project.root), {**os.environ, **read_environment(project)})
    if not named:
        raise NoDatabase("no database of this app is running, and its environment names none")
    try:
        urlsplit(named).port  # noqa: B018  # which is looked at only here
    except ValueError as error:
        raise NoDatabase(f"{named} is no address ({error})") from error
    if not is_loopback(named):
        raise NotLocal(named)
    return named


def list_tables(project: Project, endpoint: str, *, create: bool = False) -> list[Table]:
    """The tables of the app's models, and those in the database that bear its name and have no model.

    With `create`, those that are missing are made first.
    """
    environment = local_environment(project, endpoint)
    models = {model.table: model for model in read_manifest(project, environment).models}
    prefix = f"{project.name}-{environment.get('STAGE', '')}-"
    there = _describe(project, endpoint, models, prefix)
    if create and not models.keys() <= there.keys():
        make_tables(project, endpoint)
        there = _describe(project, endpoint, models, prefix)
    return [_table(name, models.get(name), there.get(name)) for name in sorted({*models, *there})]


def _describe(project: Project, endpoint: str, models: dict[str, Model], prefix: str) -> dict[str, dict[str, Any]]:
    import boto3  # most tasks need it not, and it takes a tenth of a second
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session("local", "local", region_name=project.region)
    # A company's proxy does not reach this machine's own services.
    config = Config(proxies={}, connect_timeout=2, read_timeout=10, retries={"max_attempts": 0})
    client = session.client("dynamodb", endpoint_url=endpoint, config=config)
    try:
        pages = client.get_paginator("list_tables").paginate()
        names = [name for page in pages for name in page["TableNames"] if name in models or name.startswith(prefix)]
        return {name: client.describe_table(TableName=name)["Table"] for name in names}
    except (BotoCoreError, ClientError) as error:
        raise NoDatabase(f"no DynamoDB answers at {endpoint} ({error})") from error
    finally:
        client.close()


def _table(name: str, model: Model | None, there: dict[str, Any] | None) -> Table:
    owner = model.name if model else None
    if there is None:
        assert model is not None  # or nothing would have named it
        indexes = tuple(f"{index.name}: {_list_keys(index.keys)}" for index in model.indexes)
        return Table(name, _list_keys(model.keys), indexes, None, owner)
    types = {each["AttributeName"]: each["AttributeType"] for each in there["AttributeDefinitions"]}
    found = [*there.get("GlobalSecondaryIndexes", ()), *there.get("LocalSecondaryIndexes", ())]
    indexes = tuple(f"{index['IndexName']}: {_list_keys(_keys(index, types))}" for index in found)
    return Table(name, _list_keys(_keys(there, types)), indexes, there["ItemCount"], owner)


def _keys(description: dict[str, Any], types: dict[str, str]) -> list[Key]:
    return [
        Key.model_validate({"name": (name := key["AttributeName"]), "type": types[name], "role": key["KeyType"]})
        for key in description["KeySchema"]
    ]


def _list_keys(keys: Iterable[Key]) -> str:
    return ", ".join(f"{key.name} ({key.type})" for key in keys)
