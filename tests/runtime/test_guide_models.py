"""What docs/guides/models.md shows, run as it stands."""

import re
import textwrap
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tight import client
from tight.clients import cache
from tight.clients.dynamo import Model

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "models.md"
MODEL, BILLING, TRANSACTION, RECIPE = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "guide"}
    exec(compile(textwrap.dedent(source), GUIDE, "exec"), names)  # noqa: S102  # the guide is ours
    return names


PER_REQUEST = MODEL[MODEL.index("    class Meta") : MODEL.index("    id =")]
PROVISIONED = MODEL.replace(PER_REQUEST, textwrap.indent(BILLING, "    "))


@pytest.mark.parametrize(("source", "capacity"), [(MODEL, 0), (PROVISIONED, 3)], ids=["per request", "provisioned"])
def test_the_table_of_the_model_is_billed_as_it_says(
    shell: pytest.MonkeyPatch, aws: str, source: str, capacity: int
) -> None:
    for name, value in {"NAME": "svc", "STAGE": "dev", "AWS_ENDPOINT_URL": aws}.items():
        shell.setenv(name, value)
    order: type[Model] = run(source)["Order"]

    order.create_table(wait=True)
    made = client("dynamodb").describe_table(TableName="svc-dev-orders")["Table"]
    order.delete_table()

    assert made["ProvisionedThroughput"]["ReadCapacityUnits"] == capacity


def test_the_transaction_puts_one_item_in_the_place_of_another(shell: pytest.MonkeyPatch, aws: str) -> None:
    for name, value in {"NAME": "svc", "STAGE": "dev", "AWS_ENDPOINT_URL": aws}.items():
        shell.setenv(name, value)
    names = run(MODEL + TRANSACTION)
    order, placed = names["Order"], datetime(2026, 1, 2, tzinfo=timezone.utc)
    order.create_table(wait=True)
    order("a", placed).save()

    names["move"](order("a", placed), order("b", placed))
    left = [each.id for each in order.scan()]
    order.delete_table()

    assert left == ["b"]


@pytest.mark.parametrize("region", ["eu-north-1", "cn-north-1", "us-gov-west-1"])
def test_the_smaller_endpoints_change_no_address_of_dynamodb(
    shell: pytest.MonkeyPatch, tmp_path: Path, region: str
) -> None:
    as_shipped = client("dynamodb", region).meta.endpoint_url
    shell.chdir(tmp_path)
    run(RECIPE)
    shell.setenv("AWS_DATA_PATH", str(tmp_path))

    assert (tmp_path / "endpoints.json").stat().st_size < 20_000
    cache.forget()
    assert client("dynamodb", region).meta.endpoint_url == as_shipped
