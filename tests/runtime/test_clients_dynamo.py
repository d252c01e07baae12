"""Models, bound by the environment when they are used."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pynamodb.attributes
import pytest
from pynamodb.attributes import ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist

from tight import client
from tight.clients import cache
from tight.clients.dynamo import Model, TableMeta, TableName, UTCDateTimeAttribute, connection
from tight.clients.session import watch
from tight.errors import BadDate, MissingEnvironment, MissingRegion, UnreadableDate


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)


class Busy(Model):
    class Meta(TableMeta):
        table_name = TableName("busy")
        billing_mode = "PROVISIONED"
        read_capacity_units = 3
        write_capacity_units = 2

    id = UnicodeAttribute(hash_key=True)


class Visit(MapAttribute[str, Any]):
    at = UTCDateTimeAttribute()


class Guest(Model):
    class Meta(TableMeta):
        table_name = TableName("guests")

    id = UnicodeAttribute(hash_key=True)
    born = UTCDateTimeAttribute(range_key=True)
    seen = UTCDateTimeAttribute(null=True)
    first = Visit(null=True)  # type: ignore[no-untyped-call]  # PynamoDB's maps have no annotations
    visits = ListAttribute(of=UTCDateTimeAttribute, null=True)


@pytest.fixture(autouse=True)
def environment(shell: pytest.MonkeyPatch) -> None:
    shell.delenv("AWS_REGION")
    shell.setenv("AWS_DEFAULT_REGION", "eu-north-1")


@pytest.fixture
def table(shell: pytest.MonkeyPatch, aws: str) -> Iterator[Callable[[type[Model]], dict[str, Any]]]:
    """Makes the table of a model in the embedded AWS and gives its description."""
    shell.setenv("NAME", "svc")
    shell.setenv("STAGE", "dev")
    shell.setenv("AWS_ENDPOINT_URL", aws)
    made = []

    def make(model: type[Model]) -> dict[str, Any]:
        model.create_table(wait=True)
        made.append(model)
        description: dict[str, Any] = client("dynamodb").describe_table(TableName=model.Meta.table_name)["Table"]
        return description

    yield make
    for model in made:
        model.delete_table()


@pytest.mark.parametrize(
    ("name", "stage", "table"),
    [
        ("svc", "dev", "svc-dev-accounts"),
        ("my-service", "dev", "my-service-dev-accounts"),
        ("my-big-service", "dev-1", "my-big-service-dev-1-accounts"),
    ],
)
def test_a_table_is_named_after_name_stage_and_model(
    monkeypatch: pytest.MonkeyPatch, name: str, stage: str, table: str
) -> None:
    monkeypatch.setenv("NAME", name)
    monkeypatch.setenv("STAGE", stage)

    assert Account.Meta.table_name == table


def test_a_missing_variable_is_named_when_the_table_is_used() -> None:
    with pytest.raises(MissingEnvironment, match="the environment variable NAME is not set"):
        _ = Account.Meta.table_name


@pytest.mark.parametrize(
    ("variables", "endpoint", "key"),
    [
        ({}, None, None),
        ({"USE_LOCAL_DB": "False"}, None, None),
        ({"USE_LOCAL_DB": "True"}, "http://127.0.0.1:8000", "local"),
        ({"USE_LOCAL_DB": "yes"}, "http://127.0.0.1:8000", "local"),
        ({"USE_LOCAL_DB": "1", "AWS_ENDPOINT_URL": "http://localhost:5000"}, "http://localhost:5000", "local"),
        (
            {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://[::1]:2"},
            "http://[::1]:2",
            "local",
        ),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "https://vpce.example.org"}, "https://vpce.example.org", None),
    ],
)
def test_the_endpoint_is_the_environments_and_a_local_one_gets_dummy_keys(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], endpoint: str | None, key: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Account.Meta.host == endpoint
    assert (Account.Meta.aws_access_key_id, Account.Meta.aws_secret_access_key) == (key, key)


def test_the_region_is_lambdas_before_the_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Account.Meta.region == "eu-north-1"
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert Account.Meta.region == "us-west-2"


def test_a_connection_ends_with_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "svc")
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    first = Account._get_connection()

    assert Account._get_connection() is first
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    assert Account._get_connection() is not first


def test_a_connection_is_dropped_with_all_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "svc")
    monkeypatch.setenv("STAGE", "dev")
    first = Account._get_connection()

    cache.forget()
    assert Account._get_connection() is not first


@pytest.mark.parametrize("keys", [True, False])
def test_only_dummy_keys_travel_to_a_local_database(shell: pytest.MonkeyPatch, service: Any, keys: bool) -> None:
    shell.setenv("NAME", "svc")
    shell.setenv("STAGE", "dev")
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", service.endpoint)
    if not keys:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            shell.delenv(name)

    with pytest.raises(DoesNotExist):
        Account.get("a1")

    (headers,) = service.headers
    assert "Credential=local/" in headers["Authorization"]
    assert "/eu-north-1/dynamodb/" in headers["Authorization"]
    assert "nor-this" not in str(headers)


def test_a_connection_of_pynamodbs_own_takes_its_session_from_the_same_place(service: Any) -> None:
    sessions: list[object] = []
    stop = watch(sessions.append)

    Connection(region="eu-north-1", host=service.endpoint).list_tables()
    stop()

    assert len(sessions) == 1


def test_a_connection_for_transactions_goes_where_models_go_with_dummy_keys(
    shell: pytest.MonkeyPatch, service: Any
) -> None:
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", service.endpoint)

    connection().list_tables()

    (headers,) = service.headers
    assert "Credential=local/" in headers["Authorization"]
    assert "/eu-north-1/dynamodb/" in headers["Authorization"]
    assert "nor-this" not in str(headers)


@pytest.mark.parametrize(("local", "host"), [("true", "http://127.0.0.1:8000"), ("", None)])
def test_a_connection_for_transactions_knows_the_local_database(
    shell: pytest.MonkeyPatch, local: str, host: str | None
) -> None:
    shell.setenv("USE_LOCAL_DB", local)

    assert connection().host == host


def test_a_region_of_the_profile_is_enough(shell: pytest.MonkeyPatch, service: Any, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\nregion = ap-south-1\n")
    shell.delenv("AWS_DEFAULT_REGION")
    shell.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    shell.setenv("AWS_ENDPOINT_URL", service.endpoint)
    shell.setenv("NAME", "svc")
    shell.setenv("STAGE", "dev")

    with pytest.raises(DoesNotExist):
        Account.get("a1")
    assert "/ap-south-1/dynamodb/" in service.headers[0]["Authorization"]


def test_a_model_is_defined_without_a_region_and_says_so_when_it_is_used(shell: pytest.MonkeyPatch) -> None:
    shell.delenv("AWS_DEFAULT_REGION")

    class Order(Model):
        class Meta(TableMeta):
            table_name = TableName("orders")

        id = UnicodeAttribute(hash_key=True)

    with pytest.raises(MissingRegion, match="no region for DynamoDB: set AWS_REGION"):
        Order.get("o1")


def test_a_table_is_billed_per_request(table: Callable[[type[Model]], dict[str, Any]]) -> None:
    made = table(Account)

    assert made["TableName"] == "svc-dev-accounts"
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_table_is_provisioned_as_its_model_says(table: Callable[[type[Model]], dict[str, Any]]) -> None:
    throughput = table(Busy)["ProvisionedThroughput"]

    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (3, 2)


BORN = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


def test_dates_are_stored_as_utc_and_read_back_aware(table: Callable[[type[Model]], dict[str, Any]]) -> None:
    table(Guest)
    east = BORN.astimezone(timezone(timedelta(hours=9)))
    visit = Visit(at=east)  # type: ignore[no-untyped-call]  # PynamoDB's maps have no annotations
    Guest("g1", east, seen=east, first=visit, visits=[east]).save()

    read = Guest.get("g1", BORN)
    dates: list[Any] = [read.born, read.seen, read.first.at, *read.visits]
    assert [moment.isoformat() for moment in dates] == ["2026-01-31T12:00:00+00:00"] * 4
    read.update([Guest.seen.set(BORN + timedelta(days=1))])
    assert read.seen.isoformat() == "2026-02-01T12:00:00+00:00"
    assert [guest.id for guest in Guest.query("g1", Guest.born <= east)] == ["g1"]


def test_dates_are_stored_in_pynamodbs_own_words() -> None:
    stored = UTCDateTimeAttribute().serialize(BORN)

    assert stored == "2026-01-31T12:00:00.000000+0000"
    assert stored == pynamodb.attributes.UTCDateTimeAttribute().serialize(BORN)


def test_a_date_that_may_be_missing_may_be_none() -> None:
    guest = Guest("g1", BORN, seen=BORN)
    guest.seen = None

    assert "seen" not in guest.serialize()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-01-31T12:00:00+00:00", r"seen takes a datetime with a timezone, and was given str: .*fromisoformat"),
        (date(2026, 1, 31), "seen takes a datetime with a timezone, and was given date: "),
        (BORN.replace(tzinfo=None), r"was given a datetime without a timezone: .*now\(timezone.utc\)"),
    ],
)
@pytest.mark.parametrize(
    "give",
    [
        lambda value: Guest("g1", BORN, seen=value),
        lambda value: setattr(Guest("g1", BORN), "seen", value),
        Guest.seen.set,
        lambda value: Guest.seen < value,
    ],
    ids=["made", "assigned", "updated", "compared"],
)
def test_what_is_no_aware_datetime_is_refused_where_it_is_given(
    give: Callable[[Any], object], value: object, message: str
) -> None:
    with pytest.raises(BadDate, match=message):
        give(value)


def test_a_key_that_is_no_aware_datetime_is_refused(shell: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadDate, match="born takes a datetime with a timezone, and was given str") as bad:
        Guest.get("g1", "2026-01-31")
    assert (bad.value.attribute, bad.value.kind) == ("born", "str")


def test_what_another_program_has_stored_is_named_and_not_shown() -> None:
    item = {"id": {"S": "g1"}, "born": {"S": "2026-01-31 12:00 private"}}

    with pytest.raises(UnreadableDate, match="what is stored for born is no date such as 2026-") as unreadable:
        Guest.from_raw_data(item)
    assert "private" not in str(unreadable.value)
