"""Models, bound by the environment when they are used."""

import pytest
from pynamodb.attributes import UnicodeAttribute

from tight.clients.dynamo import Model, TableMeta, TableName
from tight.errors import MissingEnvironment


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NAME", "STAGE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "USE_LOCAL_DB", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")


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
