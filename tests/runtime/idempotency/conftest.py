"""The stores of `@idempotent`: a table of the embedded DynamoDB, and memory."""

from collections.abc import Callable, Iterator
from time import time

import pytest

from tests.runtime.idempotency.charges import TABLE, Store
from tight import client
from tight.clients import claims
from tight.idempotency import Memory, Table


@pytest.fixture
def table(shell: pytest.MonkeyPatch, aws: str) -> Iterator[Table]:
    shell.setenv("AWS_ENDPOINT_URL", aws)
    shell.setenv("NAME", "shop")
    shell.setenv("STAGE", "test")
    database = client("dynamodb")
    database.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    yield Table()
    database.delete_table(TableName=TABLE)


@pytest.fixture(params=["table", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each kind of store, empty."""
    found: Store = request.getfixturevalue("table") if request.param == "table" else Memory()
    return found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the records by so many seconds."""

    def move(seconds: float) -> None:
        monkeypatch.setattr(claims, "time", lambda: time() + seconds)

    return move
