"""The models of an app: which there are, and what their tables are."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight.models import describe_model, models_of

Write = Callable[[dict[str, str]], None]

ACCOUNT = """
    from pynamodb.attributes import BinaryAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
    from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
    from pynamodb.indexes import LocalSecondaryIndex
    from tight.clients.dynamo import Model, TableMeta, TableName

    class ByOwner(GlobalSecondaryIndex):
        class Meta:
            index_name = "by-owner"
            projection = IncludeProjection(["name"])
            read_capacity_units = 3
            write_capacity_units = 2

        owner = UnicodeAttribute(hash_key=True)
        since = NumberAttribute(range_key=True)

    class ByScore(LocalSecondaryIndex):
        class Meta:
            index_name = "by-score"
            projection = KeysOnlyProjection()

        id = UnicodeAttribute(hash_key=True)
        score = BinaryAttribute(range_key=True, legacy_encoding=False)

    class Account(Model):
        class Meta(TableMeta):
            table_name = TableName("accounts")
            billing_mode = "PROVISIONED"
            read_capacity_units = 5
            write_capacity_units = 4
            stream_view_type = "NEW_IMAGE"

        id = UnicodeAttribute(hash_key=True)
        number = NumberAttribute(range_key=True)
        owner = UnicodeAttribute()
        since = NumberAttribute()
        score = BinaryAttribute(legacy_encoding=False)
        name = UnicodeAttribute()
        gone_at = TTLAttribute()
        by_owner = ByOwner()
        by_score = ByScore()
"""


def small(name: str, table: str, base: str = "Model") -> str:
    return f"""
    from pynamodb.attributes import UnicodeAttribute
    from tight.clients.dynamo import Model, TableMeta, TableName

    class {name}({base}):
        class Meta(TableMeta):
            table_name = TableName("{table}")

        id = UnicodeAttribute(hash_key=True)
"""


@pytest.fixture
def _named(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("NAME", "svc")
    shell.setenv("STAGE", "dev")


@pytest.mark.usefixtures("_named")
def test_a_table_is_described_with_keys_indexes_billing_ttl_and_stream(write_app: Write) -> None:
    write_app({"app/models/account.py": ACCOUNT})

    (model,) = models_of()
    assert describe_model(model) == {
        "name": "Account",
        "module": "app.models.account",
        "table": "svc-dev-accounts",
        "keys": [{"name": "id", "type": "S", "role": "HASH"}, {"name": "number", "type": "N", "role": "RANGE"}],
        "indexes": [
            {
                "name": "by-owner",
                "kind": "global",
                "keys": [
                    {"name": "owner", "type": "S", "role": "HASH"},
                    {"name": "since", "type": "N", "role": "RANGE"},
                ],
                "projection": "INCLUDE",
                "included": ["name"],
                "read": 3,
                "write": 2,
            },
            {
                "name": "by-score",
                "kind": "local",
                "keys": [
                    {"name": "id", "type": "S", "role": "HASH"},
                    {"name": "score", "type": "B", "role": "RANGE"},
                ],
                "projection": "KEYS_ONLY",
                "included": [],
                "read": None,
                "write": None,
            },
        ],
        "billing": "PROVISIONED",
        "read": 5,
        "write": 4,
        "ttl": "gone_at",
        "stream": "NEW_IMAGE",
    }


@pytest.mark.usefixtures("_named")
def test_a_table_is_billed_per_request_without_capacity_unless_it_says_otherwise(write_app: Write) -> None:
    write_app({"app/models/note.py": small("Note", "notes")})

    described = describe_model(models_of()[0])
    assert [described[name] for name in ("billing", "read", "write", "ttl", "stream", "indexes")] == [
        "PAY_PER_REQUEST",
        None,
        None,
        None,
        None,
        [],
    ]


def names(models: list[Any]) -> list[str]:
    return [model.__name__ for model in models]


@pytest.mark.usefixtures("_named")
def test_an_attribute_of_two_types_is_described_with_both(write_app: Write) -> None:
    source = ACCOUNT.replace("since = NumberAttribute(range_key=True)", "number = UnicodeAttribute(range_key=True)")
    write_app({"app/models/Account.py": source})

    (model,) = models_of()
    described = describe_model(model)

    keys = [*described["keys"], *described["indexes"][0]["keys"]]
    assert [key["type"] for key in keys if key["name"] == "number"] == ["N", "S"]


@pytest.mark.usefixtures("_named")
def test_capacity_may_be_inherited_as_billing_may(write_app: Write) -> None:
    source = """
    from pynamodb.attributes import UnicodeAttribute
    from tight.clients.dynamo import Model, TableMeta, TableName

    class Provisioned(TableMeta):
        billing_mode = "PROVISIONED"
        read_capacity_units = 5
        write_capacity_units = 4

    class Account(Model):
        class Meta(Provisioned):
            table_name = TableName("accounts")

        id = UnicodeAttribute(hash_key=True)
    """
    write_app({"app/models/Account.py": source})

    (model,) = models_of()
    described = describe_model(model)

    assert (described["billing"], described["read"], described["write"]) == ("PROVISIONED", 5, 4)


@pytest.mark.usefixtures("_named")
def test_models_of_modules_at_any_depth_are_found_sorted_by_table(write_app: Write) -> None:
    write_app(
        {
            "app/models/zebra.py": small("Zebra", "a-first"),
            "app/models/deep/__init__.py": small("Deep", "c-third"),
            "app/models/deep/er.py": small("Deeper", "b-second"),
            "app/models/empty.py": "",
            "app/models/again.py": "from app.models.zebra import Zebra\n",
        }
    )
    assert names(models_of()) == ["Zebra", "Deeper", "Deep"]


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("path", ["app/models.py", "app/models/__init__.py"])
def test_models_in_one_module_are_found(write_app: Write, path: str) -> None:
    write_app({path: small("Note", "notes")})

    assert names(models_of()) == ["Note"]


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("first", ["Base", "Special"])
def test_of_several_models_in_one_table_the_base_is_the_tables(write_app: Write, first: str) -> None:
    base = small("Base", "shared")
    special = "    class Special(Base):\n        extra = UnicodeAttribute()\n"
    write_app({"app/models/shared.py": base + special + f"    again = {first}\n"})

    assert names(models_of()) == ["Base"]


def test_an_app_without_models_has_none(write_app: Write) -> None:
    write_app({"app/__init__.py": ""})
    assert models_of() == []


def test_a_package_without_an_app_has_none() -> None:
    assert models_of("no_such_app.models") == []


def test_an_import_that_fails_in_a_model_surfaces_as_itself(write_app: Write) -> None:
    write_app({"app/models/account.py": "import no_such_package\n"})

    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        models_of()


def test_modules_that_hold_no_models_need_no_pynamodb(write_app: Write, tmp_path: Path) -> None:
    write_app({"app/models/plain.py": "class Account: pass\n", "pynamodb.py": "raise AssertionError"})
    program = "from tight.models import models_of; assert models_of() == []"

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60)
