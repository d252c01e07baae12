"""What the handler of a queue is given."""

import base64
import json
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tight.errors import BatchFailed, UnexpectedEvent, UnknownParameter, UnknownSource
from tight.request import current
from tight.testing import batch, eventbridge_event, kinesis_event, s3_event, s3_test_event, sns_event, sqs_event

Load = Callable[..., Callable[[Any, object], Any]]
Give = Callable[..., Any]

DONE = {"batchItemFailures": list[object]()}


@pytest.fixture
def give(load: Load) -> Give:
    """What the parameters of a handler of a queue are given for an event, as this expression has it."""

    def call(parameters: str, event: dict[str, Any], expression: str = "", before: str = "", **settings: Any) -> Any:
        source = (
            f"from tight import queue\n{before}\n@queue('orders')\ndef take({parameters}, event):\n"
            f"    event.setdefault('given', []).append({expression or parameters})\n"
        )
        assert load(source, **settings)(event, None) == DONE
        return event["given"]

    return call


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"id": 7}', {"id": 7}),
        ("[1, 2]", [1, 2]),
        ("7", 7),
        ("null", None),
        ("plain text", "plain text"),
        ("", ""),
        ("NaN", "NaN"),  # Python's json reads it, and it is no JSON
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_message_is_json_or_the_text_that_it_is(give: Give, body: str, message: Any) -> None:
    assert give("message, body", sqs_event(body), "[message, body]") == [[message, body]]


def test_a_message_is_checked_as_the_body_of_a_request_is(load: Load) -> None:
    source = """
        from dataclasses import dataclass
        from tight import queue

        @dataclass
        class Order:
            id: int

        @queue("orders")
        def take(message: Order, event):
            event["id"] = message.id
    """
    event = batch(sqs_event({"id": "7"}, message_id="a"), sqs_event({"id": "much"}, message_id="b"))

    assert load(source)(event, None) == {"batchItemFailures": [{"itemIdentifier": "b"}]}
    assert event["id"] == 7


def test_messages_of_a_batch_are_checked_together(load: Load) -> None:
    source = """
        from dataclasses import dataclass
        from tight import queue

        @dataclass
        class Order:
            id: int

        @queue("orders")
        def take(messages: list[Order], records, event):
            event["ids"] = [(order.id, record["messageId"]) for order, record in zip(messages, records)]
    """
    event = batch(sqs_event({"id": "7"}, message_id="a"), sqs_event({"id": "8"}, message_id="b"))

    assert load(source)(event, None) == DONE
    assert event["ids"] == [(7, "a"), (8, "b")]


def test_attributes_are_pythons_own_values(give: Give) -> None:
    sent = {"name": "Ada", "count": 3, "price": 4.5, "blob": b"\xff\x00", "tags": ["a", 1]}

    assert give("attributes", sqs_event("", attributes=sent)) == [sent]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ({"dataType": "Number.int", "stringValue": "7"}, 7),
        ({"dataType": "String.name", "stringValue": "7"}, "7"),
        ({"dataType": "Binary.png", "binaryValue": base64.b64encode(b"png").decode()}, b"png"),
        ({"dataType": "String", "stringValue": "a", "binaryValue": None}, "a"),
        ({"dataType": "Number", "stringValue": "1e3", "stringListValues": [], "binaryListValues": []}, 1000.0),
    ],
)
def test_attributes_may_have_labels_and_empty_parts(give: Give, attribute: dict[str, Any], value: Any) -> None:
    event = sqs_event("")
    event["Records"][0]["messageAttributes"] = {"given": attribute}

    assert give("attributes", event) == [{"given": value}]


def test_a_handler_is_given_what_sqs_says_of_a_message(give: Give) -> None:
    event = sqs_event("a", queue="orders.fifo", group="g", receive_count=3, message_id="m-1")
    event["Records"][0]["attributes"]["SentTimestamp"] = "1767225600500"
    names = "message_id, receive_count, group_id, sent_at, record, invocation, context"

    ((message_id, count, group, sent_at, record, invocation, context),) = give(names, event, f"({names})")
    assert (message_id, count, group) == ("m-1", 3, "g")
    assert sent_at == datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc)
    assert (record, context) == (event["Records"][0], None)
    assert (invocation.function, invocation.message) == ("accounts", "a")


@pytest.mark.parametrize("name", ["correlation_id", "X-Correlation-Id"])
def test_a_correlation_id_is_that_of_the_attribute(give: Give, name: str) -> None:
    event = sqs_event("a", attributes={name: "c-1"})

    assert give("invocation", event, "invocation.correlation_id") == ["c-1"]
    assert give("invocation", sqs_event("a"), "invocation.correlation_id") == [None]


def test_what_nothing_provides_is_refused_when_the_function_starts(load: Load) -> None:
    with pytest.raises(UnknownParameter, match=r"take asks for 'msg', which nothing provides.* message, message_id"):
        load("from tight import queue\n@queue('orders')\ndef take(msg):\n    pass\n")


def test_who_names_the_plural_is_not_given_what_one_message_has(load: Load) -> None:
    with pytest.raises(UnknownParameter, match=r"'message_id'.* one of context, event, invocation, messages, records"):
        load("from tight import queue\n@queue('orders')\ndef take(messages, message_id):\n    pass\n")


def test_an_event_of_another_service_says_what_it_has(load: Load) -> None:
    handler = load("from tight import queue\n@queue('orders')\ndef take(message):\n    pass\n")

    with pytest.raises(UnexpectedEvent, match=r"accounts is given events of @queue, .* it has the keys job, key"):
        handler({"key": 1, "job": 7}, None)
    others: list[Any] = [None, [], {"Records": []}, {"Records": [7]}, s3_event("b", "k"), sns_event("m")]
    for event in others:
        with pytest.raises(UnexpectedEvent):
            handler(event, None)


@pytest.mark.parametrize(("event", "said"), [(None, "a NoneType"), ([], "a list"), ("hello", "a str")])
def test_an_event_that_is_no_object_says_what_it_is(load: Load, event: object, said: str) -> None:
    handler = load("from tight import queue\n@queue('orders')\ndef take(message):\n    pass\n")

    with pytest.raises(UnexpectedEvent, match=rf"accounts is given events of @queue, and this is none: it is {said}$"):
        handler(event, None)


def test_the_test_message_of_s3_is_not_handed_on(load: Load) -> None:
    source = """
        from tight import queue

        @queue("uploads")
        def take(message, event):
            event.setdefault("given", []).append(message)
    """
    test = s3_test_event("photos")
    told = {"about": "s3:TestEvent", "Event": "s3:TestEvent"}
    event = batch(sqs_event(test), sns_event(test, queue="uploads"), sqs_event(told), sqs_event("no s3:TestEvent"))

    assert load(source)(event, None) == DONE
    assert event["given"] == [told, "no s3:TestEvent"]


def test_keys_of_s3_are_read_as_they_are_stored_where_its_notification_comes_through_a_queue(give: Give) -> None:
    event = sqs_event(s3_event("photos", "of a/größe+1.jpg"))

    keys = "[key_of(record) for record in message['Records']]"
    assert give("message", event, keys, "from tight.events.objects import key_of") == [["of a/größe+1.jpg"]]


def test_an_envelope_reads_the_body(load: Load) -> None:
    source = """
        from tight import queue

        class Envelope:
            def parse(self, text, attributes):
                return [text.upper(), attributes]

        @queue("orders", envelope=Envelope())
        def take(message, body, event):
            event["given"] = [message, body]
    """
    event = sqs_event("a", attributes={"n": 1})

    assert load(source)(event, None) == DONE
    assert event["given"] == [["A", {"n": 1}], "a"]


class Shouting:
    def parse(self, text: str, attributes: dict[str, Any]) -> object:
        return text.upper()

    def build(self, data: object, **facts: object) -> str:
        return str(data)


def test_the_apps_envelope_reads_what_has_none_of_its_own(load: Load) -> None:
    source = """
        from tight import bus, kinesis, queue

        class Own:
            def parse(self, text, attributes):
                return "own"

        @queue("orders")
        @kinesis("clicks")
        @bus(pattern={"source": ["shop"]})
        def take(message, event):
            event["given"] = message

        @queue("letters", envelope=Own())
        def read(message, event):
            event["given"] = message
    """
    handler = load(source, envelope=Shouting())
    events = {
        "A": sqs_event("a", queue="orders"),
        "own": sqs_event("a", queue="letters"),
        "B": kinesis_event("b", stream="clicks"),
    }
    for given, event in events.items():
        handler(event, None)
        assert event["given"] == given
    event = eventbridge_event("Order placed", {"id": "c"}, source="shop")
    handler(event, None)
    assert event["given"] == {"id": "c"}


def test_middleware_is_around_each_message(load: Load) -> None:
    source = """
        from tight import queue, wrap_all

        def noted(invocation, proceed):
            invocation.event.setdefault("seen", []).append((invocation.message_id, invocation.message))
            return proceed(invocation)

        wrap_all(noted)

        @queue("orders")
        def take(message):
            pass
    """
    event = batch(sqs_event("a", message_id="1"), sqs_event("b", message_id="2"))

    load(source)(event, None)
    assert event["seen"] == [("1", "a"), ("2", "b")]


def test_the_line_of_a_failure_has_the_id_of_its_message_and_what_the_handler_has_bound(
    load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    source = """
        from tight import log, queue

        @queue("orders")
        def take(message):
            log.bind(order=message)
            if message == "bad":
                raise ValueError
    """
    bound: list[dict[str, Any]] = []

    def note(record: logging.LogRecord) -> bool:
        invocation = current.get()
        bound.append({} if invocation is None else dict(invocation.fields))
        return True

    caplog.handler.addFilter(note)
    load(source)(batch(sqs_event("a"), sqs_event("bad", message_id="m-2")), None)

    assert bound == [{"order": "bad", "message_id": "m-2"}]


SEVERAL = """
    from tight import queue

    @queue("orders")
    @queue("returns", fifo=True)
    def take(message, event):
        event["by"] = "take"

    @queue("arn:aws:sqs:eu-north-1:1:claims")
    def claim(message, event):
        event["by"] = "claim"

    @queue("https://sqs.eu-north-1.amazonaws.com/1/letters")
    def read(messages, event):
        event["by"] = "read"
"""


@pytest.mark.parametrize(
    ("name", "by"), [("orders", "take"), ("returns.fifo", "take"), ("claims", "claim"), ("letters", "read")]
)
def test_of_several_queues_each_has_its_own_handler(load: Load, name: str, by: str) -> None:
    event = sqs_event("a", queue=name)

    assert load(SEVERAL)(event, None) == DONE
    assert event["by"] == by


def test_names_have_the_prefix_of_the_environment(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIGHT_PREFIX", "shop-dev-")
    handler = load(SEVERAL)

    for name, by in (("shop-dev-orders", "take"), ("shop-dev-returns.fifo", "take"), ("claims", "claim")):
        event = sqs_event("a", queue=name)
        handler(event, None)
        assert event["by"] == by
    with pytest.raises(UnknownSource, match="accounts was given an event of none of its sources: returns, orders, arn"):
        handler(sqs_event("a", queue="orders"), None)


def test_a_single_queue_may_have_any_name(load: Load) -> None:
    source = """
        from tight import direct, queue

        @queue("orders")
        def take(message):
            pass

        @direct
        def work(event):
            return "worked"
    """
    assert load(source)(sqs_event("a", queue="stack-OrdersQueue-1A2B3C"), None) == DONE
    assert load(source)({"job": 7}, None) == "worked"


def test_a_function_may_be_a_verbs_and_a_queues(load: Load) -> None:
    source = """
        from tight import get, queue

        @queue("orders")
        @get("/orders")
        def take(event):
            event["by"] = "take"
            return "taken"
    """
    handler = load(source)
    event = sqs_event("a")

    assert handler({"httpMethod": "GET", "path": "/orders"}, None)["body"] == "taken"
    assert (handler(event, None), event["by"]) == (DONE, "take")


def test_a_mark_leaves_its_function_as_it_is() -> None:
    from tight import bucket, bus, kinesis, queue, stream, topic

    def take(message: str) -> str:
        return message

    decorators = (queue("q"), topic("t"), kinesis("k"), stream("s"), bucket("b"), bus(pattern={"source": ["s"]}))
    assert [decorate(take) for decorate in decorators] == [take] * 6
    assert json.dumps(take("a")) == '"a"'


@pytest.mark.parametrize("order", ["above", "below"])
def test_a_decorator_of_the_apps_own_is_called_and_keeps_the_parameters(load: Load, order: str) -> None:
    decorators = ["@counted", "@queue('orders')\n@queue('returns')"]
    source = f"""
from functools import wraps
from tight import queue

def counted(function):
    @wraps(function)
    def counting(*args, **kwargs):
        kwargs["event"]["counted"] = kwargs["event"].get("counted", 0) + 1
        return function(*args, **kwargs)
    return counting

{chr(10).join(decorators if order == "above" else decorators[::-1])}
def take(message, event):
    event.setdefault("given", []).append(message)
"""
    handler = load(source)
    for name in ("orders", "returns"):
        event = sqs_event("a", "b", queue=name)
        assert handler(event, None) == DONE
        assert (event["counted"], event["given"]) == (2, ["a", "b"])


def test_a_record_of_an_unknown_form_fails_and_is_logged(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    source = """
        from tight import log, queue

        @queue("orders")
        def take(message):
            log.info("taken")
            raise ValueError
    """
    event = batch(sqs_event("a"), sqs_event("b"))
    del event["Records"][0]["messageAttributes"]

    with pytest.raises(BatchFailed):
        load(source)(event, None)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "accounts failed for a record"
    ] * 2
