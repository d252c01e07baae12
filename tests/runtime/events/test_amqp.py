"""Messages of RabbitMQ: AWS's event, what a function is given of it, and what a failure does to its batch."""

import json
from base64 import b64decode
from collections.abc import Callable
from importlib import import_module
from typing import Any

import jsonschema
import pytest

from tight.errors import BadSource, InvalidInput, UnknownSource
from tight.handlers import Mark, marks_of
from tight.manifest import SCHEMA, _source
from tight.testing.events import rabbitmq_event

Load = Callable[..., Callable[[Any, object], Any]]

# The event of "Using Lambda with Amazon MQ" in the Lambda developer guide.
AWS = {
    "eventSource": "aws:rmq",
    "eventSourceArn": "arn:aws:mq:us-west-2:111122223333:broker:pizzaBroker:b-9bcfa592-423a-4942-879d-eb284b418fc8",
    "rmqMessagesByQueue": {
        "pizzaQueue::/": [
            {
                "basicProperties": {
                    "contentType": "text/plain",
                    "contentEncoding": None,
                    "headers": {
                        "header1": {"bytes": [118, 97, 108, 117, 101, 49]},
                        "header2": {"bytes": [118, 97, 108, 117, 101, 50]},
                        "numberInHeader": 10,
                    },
                    "deliveryMode": 1,
                    "priority": 34,
                    "correlationId": None,
                    "replyTo": None,
                    "expiration": "60000",
                    "messageId": None,
                    "timestamp": "Jan 1, 1970, 12:33:41 AM",
                    "type": None,
                    "userId": "AIDACKCEVSQ6C2EXAMPLE",
                    "appId": None,
                    "clusterId": None,
                    "bodySize": 80,
                },
                "redelivered": False,
                "data": "eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==",
            }
        ]
    },
}


def test_a_function_is_given_the_message_of_awss_event(load: Load) -> None:
    handler = load("""
        from tight import amqp

        GIVEN = []

        @amqp("pizzaQueue")
        def take(message, body, headers, properties, queue, routing_key, exchange, redelivered, message_id, record):
            properties = {key: properties[key] for key in ("userId", "priority")}
            GIVEN.append([message, body, headers, properties, queue, routing_key, exchange, redelivered, message_id])
            GIVEN.append(sorted(record))
    """)
    raw = '{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}'

    assert handler(AWS, None) is None
    assert given_to(load) == [
        [
            json.loads(raw),
            raw.encode(),
            {"header1": "value1", "header2": "value2", "numberInHeader": 10},
            {"userId": "AIDACKCEVSQ6C2EXAMPLE", "priority": 34},
            "pizzaQueue",
            None,  # Lambda doesn't say it
            None,
            False,
            "",
        ],
        ["basicProperties", "data", "redelivered"],
    ]


def given_to(_load: Load) -> list[Any]:
    """What the handler has noted."""
    noted: list[Any] = import_module("app.functions.accounts.handler").GIVEN
    return noted


TAKE = """
    from tight import amqp

    GIVEN = []

    @amqp("orders", routing_key="order.*")
    def take(message, routing_key, exchange):
        if message == "bad":
            raise ValueError("bad")
        GIVEN.append([message, routing_key, exchange])
"""


def test_our_own_sources_say_the_routing_key(load: Load) -> None:
    handler = load(TAKE)

    handler(rabbitmq_event("orders", {"id": 7}, routing_key="order.placed", exchange="amq.topic"), None)

    assert given_to(load) == [[{"id": 7}, "order.placed", "amq.topic"]]


@pytest.mark.parametrize(
    ("sent", "message"), [('{"a": 1}', {"a": 1}), ("text", "text"), (b"\xff\x00", b"\xff\x00"), ("7", 7), ("", "")]
)
def test_a_message_is_json_or_text_or_bytes(load: Load, sent: str | bytes, message: object) -> None:
    handler = load(TAKE)

    handler(rabbitmq_event("orders", sent), None)

    assert given_to(load) == [[message, None, None]]


def test_one_failed_message_fails_the_batch_since_lambda_is_told_of_no_single_one(load: Load) -> None:
    handler = load(TAKE)

    with pytest.raises(ValueError, match="bad"):
        handler(rabbitmq_event("orders", "first", "bad", "last"), None)


def test_a_discarded_message_does_not_come_again(load: Load) -> None:
    handler = load("""
        from tight import amqp, discard

        @amqp("orders")
        def take(message):
            raise discard("too old")
    """)
    assert handler(rabbitmq_event("orders", "first"), None) is None


def test_a_message_is_checked_against_its_annotation(load: Load) -> None:
    handler = load("""
        from dataclasses import dataclass
        from tight import amqp

        @dataclass
        class Order:
            id: int

        GIVEN = []

        @amqp("orders")
        async def take(message: Order):
            GIVEN.append(message.id)
    """)
    handler(rabbitmq_event("orders", {"id": 7}), None)

    assert given_to(load) == [7]
    with pytest.raises(InvalidInput, match=r"message\.id"):
        handler(rabbitmq_event("orders", {"id": "seven"}), None)


def test_a_function_may_take_the_whole_batch(load: Load) -> None:
    handler = load("""
        from tight import amqp

        GIVEN = []

        @amqp("orders")
        def take(messages):
            GIVEN.append(messages)
    """)
    handler(rabbitmq_event("orders", 1, "two"), None)

    assert given_to(load) == [[1, "two"]]


def test_an_invocation_is_known_by_the_messages_correlation_id(load: Load) -> None:
    handler = load("""
        from tight import amqp

        GIVEN = []

        @amqp("orders")
        def take(invocation):
            GIVEN.append(invocation.correlation_id)
    """)
    handler(rabbitmq_event("orders", 1, correlationId="c-1"), None)
    handler(rabbitmq_event("orders", 1, headers={"correlation_id": "c-2"}), None)
    handler(rabbitmq_event("orders", 1), None)

    assert given_to(load) == ["c-1", "c-2", None]


SEVERAL = """
    from tight import amqp

    GIVEN = []

    @amqp("orders")
    @amqp("returns", routing_key="return.#")
    def take(message, queue):
        GIVEN.append([queue, message])

    @amqp(routing_key="note.*")
    def note(message):
        GIVEN.append(["note", message])

    @amqp("news", competing=False)
    def tell(message):
        GIVEN.append(["news", message])
"""


@pytest.mark.parametrize(
    ("queue", "taker"),
    [
        ("orders", "orders"),
        ("returns", "returns"),
        ("shop-returns", "shop-returns"),
        ("accounts.note", "note"),
        ("news.5f0e", "news"),
    ],
)
def test_of_several_queues_the_one_of_the_event_is_found(
    load: Load, monkeypatch: pytest.MonkeyPatch, queue: str, taker: str
) -> None:
    monkeypatch.setenv("TIGHT_PREFIX", "shop-")
    handler = load(SEVERAL)

    handler(rabbitmq_event(queue, 1), None)

    assert given_to(load) == [[taker, 1]]


def test_a_queue_that_none_names_is_an_error(load: Load) -> None:
    with pytest.raises(UnknownSource, match=r"sources: .*returns return\.# amq\.topic"):
        load(SEVERAL)(rabbitmq_event("others", 1), None)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("", "it has neither a queue nor a routing_key"),
        ("'orders', exchange='', routing_key='order.*'", "the exchange without a name delivers by the queue's own"),
        ("'amq.orders'", "'amq.orders' is a name of the broker's own"),
        ("'o' * 256", "has more than 255 bytes"),
        ("'orders', prefetch=0", "prefetch=0 is none: write 1 to 65535"),
        ("'orders', retries=-1", "retries=-1 is none: write 0 or more"),
    ],
)
def test_what_no_broker_takes_is_an_error_of_its_function(load: Load, arguments: str, problem: str) -> None:
    with pytest.raises(BadSource, match=r"^@amqp of take, at .*handler.py:\d+, can't be made: .*" + problem):
        load(f"from tight import amqp\n@amqp({arguments})\ndef take():\n    pass\n")


def test_a_queue_is_bound_by_its_own_name_where_nothing_else_is_said(load: Load) -> None:
    load("from tight import amqp\n@amqp('orders')\ndef take():\n    pass\n")
    (mark,) = marks_of(import_module("app.functions.accounts.handler"))

    assert (mark.options[0]["queue"], mark.options[0]["routing_key"]) == ("orders", "orders")


def test_queues_stand_in_the_manifest() -> None:
    arguments = {
        "queue": "orders",
        "routing_key": "order.*",
        "exchange": "amq.topic",
        "competing": True,
        "prefetch": 10,
        "retries": 5,
        "dead_letter": None,
    }

    def take() -> None:
        pass

    source = _source(Mark("amqp", (arguments, None), take, "handler.py:1"))

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validate(source, {**schema["$defs"]["source"], "$defs": schema["$defs"]})
    assert {name: source[name] for name in arguments} == arguments


def test_the_builders_event_is_of_awss_form() -> None:
    built = rabbitmq_event(
        "pizzaQueue",
        b64decode(AWS["rmqMessagesByQueue"]["pizzaQueue::/"][0]["data"]),  # type: ignore[index]  # a plain dict
        headers={"header1": "value1", "header2": "value2", "numberInHeader": 10},
        contentType="text/plain",
        deliveryMode=1,
        priority=34,
        expiration="60000",
        timestamp="Jan 1, 1970, 12:33:41 AM",
        userId="AIDACKCEVSQ6C2EXAMPLE",
    )
    (message,) = built["rmqMessagesByQueue"]["pizzaQueue::/"]
    message["basicProperties"]["bodySize"] = 80  # AWS's example counts otherwise

    assert built["rmqMessagesByQueue"] == AWS["rmqMessagesByQueue"]
    assert sorted(built) == sorted(AWS)
