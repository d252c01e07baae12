"""The code of docs/guides/events.md, run as it stands."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tight import testing
from tight.controller import TRIGGERS

GUIDE = (Path(__file__).parent.parent / "docs" / "guides" / "events.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
MODEL = """\
from pynamodb.attributes import UnicodeAttribute

from tight.clients.dynamo import Model, TableMeta, TableName


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")
        stream_view_type = "NEW_AND_OLD_IMAGES"

    id = UnicodeAttribute(hash_key=True)
    email = UnicodeAttribute()
"""
MORE = """\
from app.functions.invoices.handler import WRITTEN
from app.functions.letters.handler import READ
from app.functions.notes.handler import NOTES
from app.functions.orders.handler import STOCK
from app.functions.prices.handler import PRICES
from app.functions.welcome.handler import SENT
from app.models.Account import Account
from tight.testing import dynamodb_event, eventbridge_event, kinesis_event, s3_event, sns_event, sqs_event


def test_what_is_out_of_stock_comes_again_later(app, monkeypatch):
    asked = []
    monkeypatch.setattr("tight.events.messages.Messages.delay", lambda _, message, seconds: asked.append(seconds))
    event = sqs_event({"id": "9", "product": "tea", "count": 10**6}, queue="orders", receive_count=2, message_id="m")
    assert app.orders.invoke(event) == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert asked == [120]
    assert STOCK["tea"] > 0


def test_a_batch_is_loaded_at_once(app):
    event = sqs_event({"product": "tea", "price": 4}, {"product": "cup", "price": -1}, queue="prices")
    bad = event["Records"][1]["messageId"]
    assert app.prices.invoke(event) == {"batchItemFailures": [{"itemIdentifier": bad}]}
    assert PRICES == {"tea": 4}


def test_an_invoice_is_written_whichever_way_it_comes(app):
    for raw in (True, False):
        event = sns_event({"id": 7}, topic="order-created", queue="invoices", raw=raw, attributes={"kind": "new"})
        assert app.invoices.invoke(event) == {"batchItemFailures": []}
    assert WRITTEN == [(7, "new"), (7, "new")]


def test_a_change_of_address_is_noticed(app):
    app.welcome.invoke(dynamodb_event(Account("b", email="new@example.org"), Account("b", email="old@example.org")))
    app.welcome.invoke(dynamodb_event(Account("b", email="new@example.org"), Account("b", email="new@example.org")))
    assert SENT[-1] == "new@example.org"
    assert SENT.count("new@example.org") == 1


def test_each_source_has_its_handler(app):
    app.notes.invoke(s3_event("uploads", "photos/a b.jpg", size=7))
    app.notes.invoke(eventbridge_event("Order placed", {"id": 7}, source="shop"))
    app.notes.invoke(kinesis_event({"page": "/"}, stream="clicks", partition_key="ada"))
    assert NOTES == ["uploads photos/a b.jpg 7", "Order placed 7", "ada /"]


def test_a_letter_is_read(app):
    app.letters.invoke(sqs_event({"content": "hello"}, queue="letters"))
    assert READ == ["hello"]
"""


def test_the_examples_work_as_the_guide_shows_them(tested_app: Any) -> None:
    handlers = {found[1]: text for text in BLOCKS if (found := re.match(r"# (app/functions/\w+/handler\.py)\n", text))}
    tests = [text for text in BLOCKS if "\ndef test_" in text]
    assert (len(handlers), len(tests)) == (6, 2)

    tested_app.write({"app/models/__init__.py": "", "app/models/Account.py": MODEL})
    tested_app.write(handlers)
    tested_app.write({f"tests/test_guide_{number}.py": text for number, text in enumerate([*tests, MORE])})
    tested_app.passes()


def test_all_that_a_handler_may_name_is_listed() -> None:
    (table,) = re.findall(r"## What a handler is given\n(.*?)\n## ", GUIDE, re.DOTALL)
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    given: set[str] = {"messages", "records", "receive_count", "group_id"}
    for kind in ("queue", "topic", "kinesis", "stream", "bucket", "bus"):
        home, name = TRIGGERS[kind]
        given |= set(getattr(import_module(home), name).fillers)

    assert listed == given


@pytest.mark.parametrize("name", re.findall(r"`(\w+_event|batch)\(", GUIDE))
def test_the_test_kit_has_what_the_guide_names(name: str) -> None:
    assert name in testing.__all__
