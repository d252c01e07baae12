"""Every trigger, by the event that AWS would send."""

import pytest
from tight import client
from tight.testing import (
    batch,
    dynamodb_event,
    eventbridge_event,
    kinesis_event,
    rabbitmq_event,
    s3_event,
    schedule_event,
    sns_event,
    sqs_event,
    websocket_connect_event,
    websocket_disconnect_event,
    websocket_message_event,
)

from app.models.effect import Effect
from app.models.order import Order

TEA = {"id": "o-1", "product": "tea", "count": 2}


@pytest.fixture
def effects(tables):
    return lambda: sorted(effect.id for effect in Effect.scan())


def test_an_order_is_placed_and_read_back(app, tables):
    client("sns").create_topic(Name="order-placed")

    assert app.orders.post("/orders", json=TEA).status == 201
    assert app.orders.get("/orders/o-1").json == TEA
    assert app.orders.get("/orders/o-2").status == 404


def test_what_can_not_be_found_alone_comes_again(app, effects):
    dust = sqs_event({"id": "o-2", "product": "moon dust"}, queue="picking", message_id="m-2")
    event = batch(sqs_event(TEA, queue="picking"), dust)

    assert app.picking.invoke(event) == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}
    assert effects() == ["picked o-1"]


def test_a_message_that_comes_twice_has_one_effect(app, effects):
    for _ in range(2):
        app.picking.invoke(sqs_event(TEA, queue="picking"))

    assert effects() == ["picked o-1"]


@pytest.mark.parametrize(
    ("function", "event", "effect"),
    [
        ("payments", sqs_event({"amount": 7}, queue="payments.fifo", group="ada"), "booked 7 of ada"),
        ("mails", sns_event(TEA, topic="order-placed"), "confirmed o-1"),
        (
            "invoices",
            sns_event(TEA, topic="order-placed", queue="invoices", attributes={"product": "tea"}),
            "invoiced o-1 for tea",
        ),
        ("cleaning", schedule_event("nightly"), "cleaned nightly"),
        ("cleaning", schedule_event("beat"), "cleaned beat"),
        ("photos", s3_event("photos", "a cat.jpg", size=3), "shrunk a cat.jpg of 3 bytes"),
        (
            "returns",
            eventbridge_event("Parcel returned", {"id": "p-1"}, source="post"),
            "taken back p-1",
        ),
        (
            "clicks",
            kinesis_event({"page": "/tea"}, stream="clicks", partition_key="ada"),
            "ada looked at /tea",
        ),
        (
            "parcels",
            rabbitmq_event("parcels", {"id": "p-1"}, headers={"state": "sent"}),
            "parcel p-1 sent",
        ),
        ("chat", websocket_disconnect_event(status=1001), "left with 1001"),
    ],
)
def test_an_event_has_its_effect(app, effects, function, event, effect):
    getattr(app, function).invoke(event)

    assert effects() == [effect]


def test_changes_are_followed(app, effects):
    one, two = (Order("o-1", product="tea", count=count) for count in (1, 2))

    app.changes.invoke(batch(dynamodb_event(one), dynamodb_event(two, one)))

    assert effects() == ["o-1 changed from 0 to 1", "o-1 changed from 1 to 2"]


def test_a_question_is_answered(app, effects, monkeypatch):
    sent = []
    monkeypatch.setattr("app.functions.chat.handler.reply", lambda *what: sent.append(what))

    assert app.chat.invoke(websocket_connect_event("c-1"))["statusCode"] == 403
    assert app.chat.invoke(websocket_connect_event("c-1", query={"name": "Ada"}))["statusCode"] == 200
    app.chat.invoke(websocket_message_event({"action": "ask", "question": "Tea?"}, "ask", "c-1"))

    assert sent == [("c-1", {"answer": "Tea? We will see."})]
    assert effects() == ["answered Tea?"]


def test_orders_are_counted(app, tables):
    Order(**TEA).save()

    assert app.totals.invoke({"product": "tea"}) == {"orders": 1}
