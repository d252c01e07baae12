"""Changes of a DynamoDB table, as models and as they are."""

import base64
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from tight.testing import batch, dynamodb_event

Load = Callable[[str], Callable[[Any, object], Any]]
Write = Callable[[dict[str, str]], None]

DONE = {"batchItemFailures": list[object]()}
MODEL = """
    from pynamodb.attributes import (
        BinaryAttribute, BinarySetAttribute, ListAttribute, MapAttribute, NumberAttribute, NumberSetAttribute,
        UnicodeAttribute, UnicodeSetAttribute, VersionAttribute,
    )
    from tight.clients.dynamo import Model, TableMeta, TableName, UTCDateTimeAttribute

    class Account(Model):
        class Meta(TableMeta):
            table_name = TableName("accounts")
            stream_view_type = "NEW_AND_OLD_IMAGES"

        id = UnicodeAttribute(hash_key=True)
        at = UTCDateTimeAttribute(range_key=True)
        total = NumberAttribute(default=0)
        photo = BinaryAttribute(legacy_encoding=False, null=True)
        old_photo = BinaryAttribute(legacy_encoding=True, null=True)
        photos = BinarySetAttribute(legacy_encoding=False, null=True)
        names = UnicodeSetAttribute(null=True)
        numbers = NumberSetAttribute(null=True)
        address = MapAttribute(null=True)
        parts = ListAttribute(null=True)
"""


@pytest.fixture
def account(write_app: Write, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The model of an app."""
    monkeypatch.setenv("NAME", "shop")
    monkeypatch.setenv("STAGE", "dev")
    write_app({"app/models/account.py": MODEL})
    from importlib import import_module

    return import_module("app.models.account").Account


TAKE = """
    from app.models.account import Account
    from tight import stream

    @stream(Account)
    def take(new: Account, old: Account, message, event):
        event.setdefault("given", []).append((new, old, message))
"""
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def test_new_and_old_are_models(account: Any, load: Load) -> None:
    old = account("a", NOON, total=1)
    new = account("a", NOON, total=2)
    event = batch(dynamodb_event(new), dynamodb_event(new, old), dynamodb_event(old=new))

    assert load(TAKE)(event, None) == DONE
    given = event["given"]
    assert [tuple(item and item.total for item in items[:2]) for items in given] == [(2, None), (2, 1), (None, 2)]
    assert [message.total for _, _, message in given] == [2, 2, 2]
    assert {type(item) for items in given for item in items if item is not None} == {account}
    assert (given[0][0].id, given[0][0].at) == ("a", NOON)


def test_every_type_of_attribute_arrives_as_it_was(account: Any, load: Load) -> None:
    values = {
        "total": 4.5,
        "photo": b"\xff\x00",
        "old_photo": b"\xfe",
        "photos": {b"\xff", b"b"},
        "names": {"a", "b"},
        "numbers": {1, 2},
        "parts": [1, "a", [b"\xff"], {"blob": b"\xfe"}],
    }
    event = dynamodb_event(account("a", NOON, address={"street": "Main", "blob": b"\x00"}, **values))
    image = event["Records"][0]["dynamodb"]["NewImage"]

    assert image["photo"] == {"B": base64.b64encode(b"\xff\x00").decode()}
    assert load(TAKE)(event, None) == DONE
    ((new, _, _),) = event["given"]
    assert {name: getattr(new, name) for name in values if name != "parts"} == {
        name: value for name, value in values.items() if name != "parts"
    }
    assert new.address.as_dict() == {"street": "Main", "blob": b"\x00"}
    assert new.parts[:3] == [1, "a", [b"\xff"]]


def test_without_a_model_items_are_pythons_own_values(load: Load) -> None:
    source = """
        from tight import stream

        @stream("orders")
        def take(new, old, keys, change, message_id, is_expired, event):
            event["given"] = [new, old, keys, change, message_id, is_expired]
    """
    item = {
        "id": "a",
        "whole": 7,
        "exact": Decimal("1.10"),
        "large": 10**37,
        "blob": b"\xff",
        "none": None,
        "yes": True,
        "list": [1, b"\xfe", {"deep": b"\xfd"}],
        "texts": {"a", "b"},
        "numbers": {1, Decimal("2.5")},
        "blobs": {b"\xff", b"a"},
    }
    event = dynamodb_event(item, {"id": "a"}, table="orders")
    number = event["Records"][0]["dynamodb"]["SequenceNumber"]

    assert load(source)(event, None) == DONE
    assert event["given"] == [item, {"id": "a"}, {"id": "a"}, "MODIFY", number, False]
    assert str(event["given"][0]["exact"]) == "1.10"


def test_what_time_to_live_removes_says_so(load: Load) -> None:
    source = """
        from tight import stream

        @stream("orders", on="REMOVE")
        def take(is_expired, sent_at, event):
            event.setdefault("given", []).append((is_expired, sent_at))
    """
    event = batch(dynamodb_event(old={"id": "a"}, expired=True), dynamodb_event(old={"id": "b"}))
    for record in event["Records"]:
        record["dynamodb"]["ApproximateCreationDateTime"] = 1767225600.0

    load(source)(event, None)
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert event["given"] == [(True, moment), (False, moment)]


def test_a_stream_of_keys_alone_has_no_items(load: Load) -> None:
    source = """
        from tight import stream

        @stream("orders")
        def take(new, old, message, keys, event):
            event["given"] = [new, old, message, keys]
    """
    event = dynamodb_event({"id": "a", "n": 1})
    del event["Records"][0]["dynamodb"]["NewImage"]

    load(source)(event, None)
    assert event["given"] == [None, None, None, {"id": "a"}]


def test_only_the_changes_that_are_asked_for_are_handed_on(load: Load) -> None:
    source = """
        from tight import stream

        @stream("orders", on=["INSERT", "REMOVE"])
        def take(change, event):
            event.setdefault("given", []).append(change)
    """
    item = {"id": "a"}
    event = batch(dynamodb_event(item), dynamodb_event(item, item), dynamodb_event(old=item))

    assert load(source)(event, None) == DONE
    assert event["given"] == ["INSERT", "REMOVE"]


def test_of_several_tables_each_has_its_own_handler(account: Any, load: Load) -> None:
    source = """
        from app.models.account import Account
        from tight import stream

        @stream(Account, on="INSERT")
        def added(event):
            event["by"] = "added"

        @stream(Account, on=["REMOVE"])
        def removed(event):
            event["by"] = "removed"

        @stream("shop-dev-orders")
        def ordered(event):
            event["by"] = "ordered"
    """
    handler = load(source)
    item = account("a", NOON)
    events = {
        "added": dynamodb_event(item),
        "removed": dynamodb_event(old=item),
        "ordered": dynamodb_event({"id": "a"}, table="shop-dev-orders"),
    }
    for by, event in events.items():
        handler(event, None)
        assert event["by"] == by


def test_a_model_is_marked_without_an_environment(write_app: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAME", raising=False)
    monkeypatch.delenv("STAGE", raising=False)
    write_app({"app/models/account.py": MODEL, "app/functions/accounts/handler.py": TAKE})
    from tight.app import controllers

    assert callable(controllers("app.functions")("accounts"))
