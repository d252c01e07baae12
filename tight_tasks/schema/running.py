"""A model's table against one that runs: what DynamoDB describes, in the same words for both."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tight_tasks.errors import NoAnswer
from tight_tasks.schema.table import Table, create_request

_LOCAL_KEY = "local"  # DynamoDB Local may part its tables by key; models have the same one


def local_client(endpoint: str, region: str) -> Any:
    """A client of DynamoDB at `endpoint`, with dummy keys alone: a real account refuses them, wherever that is.

    Raises `NoAnswer` for what is no address.
    """
    import boto3  # 0.2 s of import, which no other task should wait for
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2}, proxies={})
    session = boto3.Session(aws_access_key_id=_LOCAL_KEY, aws_secret_access_key=_LOCAL_KEY, region_name=region)
    try:
        urlsplit(endpoint).port  # noqa: B018  # botocore finds that there is no such port at its first request only
        return session.client("dynamodb", endpoint_url=endpoint, config=config)
    except ValueError as error:
        raise NoAnswer(endpoint, str(error)) from error


def account_client(region: str) -> Any:
    """A client of the account that the shell's keys or profile are for, whatever endpoint the shell names.

    Raises `NoAnswer` for a profile that is not there.
    """
    import boto3  # 0.2 s of import, which no other task should wait for
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session(region_name=region).client("dynamodb", config=Config(ignore_configured_endpoint_urls=True))
    except BotoCoreError as error:
        raise NoAnswer(f"AWS in {region}", str(error)) from error


def compare_running(client: Any, tables: Iterable[Table]) -> Iterator[tuple[Table, list[str] | None]]:
    """Each table with the lines that say how the running one differs from it; None where it does not run.

    Raises `NoAnswer` where no database answers.
    """
    for table in tables:
        running = describe(client, table.name)
        yield table, None if running is None else differences(facts_of(table), running)


def differences(wanted: Mapping[str, str], running: Mapping[str, str]) -> list[str]:
    """A line for each fact that differs: its key, what the model says, what the table says."""
    keys = [*wanted, *(key for key in running if key not in wanted)]
    return [
        f"{key}: the model says {wanted.get(key, 'nothing')}, the table {running.get(key, 'nothing')}"
        for key in keys
        if wanted.get(key) != running.get(key)
    ]


def facts_of(table: Table) -> dict[str, str]:
    """What there is to compare of a model's table, by key."""
    request = create_request(table.model)
    return _facts(request, request.get("BillingMode", "PROVISIONED"), table.model.ttl)


def describe(client: Any, name: str) -> dict[str, str] | None:
    """The same of the table that runs under this name, or None for none."""
    from botocore.exceptions import BotoCoreError, ClientError  # loaded with the client

    try:
        table = client.describe_table(TableName=name)["Table"]
        ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    except client.exceptions.ResourceNotFoundException:
        return None
    except (ClientError, BotoCoreError) as error:
        raise NoAnswer(client.meta.endpoint_url, str(error)) from error
    expires = ttl.get("AttributeName") if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else None
    return _facts(table, table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"), expires)


def _facts(table: Mapping[str, Any], billing: str, ttl: str | None) -> dict[str, str]:
    facts = {
        "KeySchema": _keys(table),
        **{f"AttributeDefinitions.{each['AttributeName']}": each["AttributeType"] for each in _definitions(table)},
        "BillingMode": billing,
        **_capacity("", table, billing),
    }
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in table.get(kind, ()):
            place = f"{kind}.{index['IndexName']}."
            facts[f"{place}KeySchema"] = _keys(index)
            facts[f"{place}Projection"] = _projection(index["Projection"])
            facts.update(_capacity(place, index, billing))
    stream = table.get("StreamSpecification", {})
    if stream.get("StreamEnabled"):
        facts["StreamSpecification"] = stream["StreamViewType"]
    if ttl:
        facts["TimeToLiveSpecification"] = ttl
    return facts


def _keys(owner: Mapping[str, Any]) -> str:
    return ", ".join(f"{key['AttributeName']} {key['KeyType']}" for key in owner["KeySchema"])


def _definitions(table: Mapping[str, Any]) -> list[dict[str, str]]:
    return sorted(table["AttributeDefinitions"], key=lambda each: str(each["AttributeName"]))


def _projection(projection: Mapping[str, Any]) -> str:
    # DynamoDB gives the names in an order of its own.
    return " ".join([projection["ProjectionType"], *sorted(projection.get("NonKeyAttributes", ()))])


def _capacity(place: str, owner: Mapping[str, Any], billing: str) -> dict[str, str]:
    units = owner.get("ProvisionedThroughput", {})
    # A table that is billed per request describes a throughput of 0, and a local index none.
    if billing == "PAY_PER_REQUEST" or not units:
        return {}
    return {f"{place}ProvisionedThroughput": f"{units['ReadCapacityUnits']} read, {units['WriteCapacityUnits']} write"}
