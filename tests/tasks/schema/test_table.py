"""A model's table: its name without name and stage, and the request that creates it."""

from typing import Any

import pytest

from tight_tasks.errors import BadModel
from tight_tasks.manifest import Index, Key, Model
from tight_tasks.schema.table import create_request, tables_of

ID = Key(name="id", type="S", role="HASH")


def model(table: str, **changes: Any) -> Model:
    described = Model(
        name="Account",
        module="app.models.Account",
        table=table,
        keys=(ID,),
        indexes=(),
        billing="PAY_PER_REQUEST",
        read=None,
        write=None,
        ttl=None,
        stream=None,
    )
    return described.model_copy(update=changes)


def index(*keys: Key, **changes: Any) -> Index:
    described = Index(name="by-it", kind="global", keys=keys, projection="ALL", included=(), read=None, write=None)
    return described.model_copy(update=changes)


@pytest.mark.parametrize("stage", ["dev", "dev-1"])
@pytest.mark.parametrize("name", ["svc", "my-service", "my-big-service"])
@pytest.mark.parametrize("suffix", ["accounts", "my-models"])
def test_the_suffix_is_what_stands_behind_name_and_stage_however_many_hyphens_these_have(
    name: str, stage: str, suffix: str
) -> None:
    (table,) = tables_of([model(f"{name}-{stage}-{suffix}")], name, stage)

    assert (table.suffix, table.stem, table.name) == (suffix, suffix, f"{name}-{stage}-{suffix}")


@pytest.mark.parametrize("named", ["partners", "shop-prod-accounts", "shop-dev-", "shop-developers"])
def test_a_table_that_is_named_otherwise_has_its_whole_name_for_its_file(named: str) -> None:
    (table,) = tables_of([model(named)], "shop", "dev")

    assert (table.suffix, table.stem) == (None, named)


@pytest.mark.parametrize(
    ("suffix", "logical_id"), [("accounts", "AccountsTable"), ("my-models", "MyModelsTable"), ("v2.a_b", "V2ABTable")]
)
def test_the_logical_id_has_letters_and_digits_only(suffix: str, logical_id: str) -> None:
    (table,) = tables_of([model(f"shop-dev-{suffix}")], "shop", "dev")

    assert table.logical_id == logical_id


@pytest.mark.parametrize("named", ["ab", "a/b/c", "../../etc/passwd", "tables of mine", "x" * 256, "tablé"])
def test_a_name_that_dynamodb_refuses_is_refused_before_a_file_is_named_after_it(named: str) -> None:
    with pytest.raises(BadModel) as caught:
        tables_of([model(named)], "shop", "dev")
    problem = f"its table is named {named!r}: write 3 to 255 of A-Z a-z 0-9 _ . -"
    assert str(caught.value) == f"app.models.Account.Account: {problem}"


@pytest.mark.parametrize("other", ["shop-dev-Accounts", "accounts", "shop-dev-accounts_"])
def test_two_tables_that_would_share_a_file_or_a_name_in_a_template_are_refused(other: str) -> None:
    with pytest.raises(BadModel, match="is too much like shop-dev-accounts: rename one of them"):
        tables_of([model("shop-dev-accounts"), model(other)], "shop", "dev")


def test_tables_that_differ_by_a_hyphen_alone_are_two() -> None:
    tables = tables_of([model("shop-dev-log-ins"), model("shop-dev-logins")], "shop", "dev")

    assert [table.logical_id for table in tables] == ["LogInsTable", "LoginsTable"]


def test_the_definitions_of_all_keys_are_merged_without_duplicates() -> None:
    owner = Key(name="owner", type="N", role="HASH")
    first = index(owner, Key(name="id", type="S", role="RANGE"), name="a")
    second = index(owner, Key(name="at", type="B", role="RANGE"), name="b")

    assert create_request(model("accounts", indexes=(first, second)))["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "owner", "AttributeType": "N"},
        {"AttributeName": "at", "AttributeType": "B"},
    ]


def test_an_attribute_with_two_types_is_refused() -> None:
    with pytest.raises(BadModel) as caught:
        create_request(model("accounts", indexes=(index(Key(name="id", type="N", role="HASH")),)))
    problem = "its key id is of type S in one place and N in another: an attribute has one type"
    assert str(caught.value) == f"app.models.Account.Account: {problem}"


@pytest.mark.parametrize(
    ("changes", "owner"),
    [({"read": 1}, "table"), ({"read": 1, "write": 1, "indexes": (index(ID),)}, "index by-it")],
)
def test_provisioned_capacity_that_is_not_given_is_refused(changes: dict[str, Any], owner: str) -> None:
    with pytest.raises(BadModel, match=f"its {owner} has no read_capacity_units or no write_capacity_units: write"):
        create_request(model("accounts", billing="PROVISIONED", **changes))


def test_a_table_billed_per_request_has_no_throughput_even_where_an_index_gives_some() -> None:
    request = create_request(model("accounts", indexes=(index(ID, read=1, write=1),)))

    assert request["BillingMode"] == "PAY_PER_REQUEST"
    assert "ProvisionedThroughput" not in request | request["GlobalSecondaryIndexes"][0]
