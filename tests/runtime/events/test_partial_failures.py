"""What Lambda is told of a batch of which something failed, and what it makes of that.

AWS's rules are typed from
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tight.errors import BatchFailed, NotBegun, UnknownRecord
from tight.testing import batch, dynamodb_event, kinesis_event, sns_event, sqs_event

Load = Callable[[str], Callable[[Any, object], Any]]

# "Success and failure conditions": what a handler of the whole batch returns, and which of the messages a, b and c
# come again.
ALL, NONE = ["a", "b", "c"], list[str]()
CONDITIONS = [
    ("{'batchItemFailures': []}", NONE),  # an empty batchItemFailures list
    ("{'batchItemFailures': None}", NONE),  # a null batchItemFailures list
    ("{}", NONE),  # an empty EventResponse
    ("None", NONE),  # a null EventResponse
    ("{'batchItemFailures': [{'itemIdentifier': 'b'}]}", ["b"]),
    ("{'batchItemFailures': [{'itemIdentifier': 'b'}, {'itemIdentifier': 'c'}]}", ["b", "c"]),
    ("{'batchItemFailures': [{'itemIdentifier': ''}]}", ALL),  # an empty string itemIdentifier
    ("{'batchItemFailures': [{'itemIdentifier': None}]}", ALL),  # a null itemIdentifier
    ("{'batchItemFailures': [{'badKey': 'b'}]}", ALL),  # an itemIdentifier with a bad key name
    ("{'batchItemFailures': ['b', 'nobody']}", ALL),
    ("{'batchItemFailures': [{'itemIdentifier': 'nobody'}]}", ALL),  # a message ID that doesn't exist
    ("1 / 0", ALL),  # the function throws an exception
    # Tight's own: the ids alone, and what is no list of them, as a handler of each message returns.
    ("['b']", ["b"]),
    ("('a', 'b', 'c')", ALL),
    ("{'c'}", ["c"]),
    ("(each for each in messages if each == 'b')", ["b"]),
    ("filter('b'.__eq__, messages)", ["b"]),
    ("{'b': 'out of stock'}.keys()", ["b"]),
    ("['nobody']", ALL),
    ("[]", NONE),
    ("iter(())", NONE),
    ("'b'", NONE),
    ("7", NONE),
]


def messages(*bodies: str, queue: str = "orders", group: str | None = None) -> dict[str, Any]:
    """A message for each, whose id is its body."""
    return batch(*(sqs_event(body, queue=queue, message_id=body, group=group) for body in bodies))


def coming_again(handler: Callable[[Any, object], Any], event: dict[str, Any]) -> list[str]:
    """The messages that Lambda leaves in the queue, of which the mapping asks for ReportBatchItemFailures."""
    every = [record["messageId"] for record in event["Records"]]
    try:
        answer = json.loads(json.dumps(handler(event, None)))
    except Exception:  # noqa: BLE001  # whatever a function raises
        return every
    failures = (answer or {}).get("batchItemFailures") or []
    named = [failure.get("itemIdentifier") for failure in failures]
    return named if set(named) <= set(every) else every


@pytest.mark.parametrize(("returned", "again"), CONDITIONS)
def test_what_a_handler_of_the_batch_returns_has_the_effect_of_awss_page(
    load: Load, returned: str, again: list[str]
) -> None:
    handler = load(f"from tight import queue\n@queue('orders')\ndef take(messages):\n    return {returned}\n")

    assert coming_again(handler, messages("a", "b", "c")) == again


@pytest.mark.parametrize("returned", ["['nobody']", "{'batchItemFailures': [{'badKey': 'a'}]}"])
def test_an_id_that_is_not_in_the_batch_is_named(load: Load, returned: str) -> None:
    handler = load(f"from tight import queue\n@queue('orders')\ndef take(records):\n    return {returned}\n")

    with pytest.raises(UnknownRecord, match=r"accounts says that .* failed, which is no record of its batch"):
        handler(messages("a"), None)


TAKE = """
    from tight import discard, queue, retry_after
    from tight.events.messages import Messages

    seen = []
    Messages.delay = lambda self, delivery, seconds: seen.append((delivery.message_id, seconds))

    @queue("orders")
    def take(message):
        if message == "stop":
            return list(seen)
        seen.append(message)
        kind = message.partition(" ")[0]
        if kind == "bad":
            raise ValueError(message)
        if kind == "gone":
            raise discard("nobody wants it")
        if kind == "later":
            raise retry_after(30)
        return {"batchItemFailures": [{"itemIdentifier": "ignored"}]}
"""


@pytest.fixture(autouse=True)
def _own_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    from tight.events.messages import Messages

    monkeypatch.setattr(Messages, "delay", Messages.delay)  # put back, whatever a handler's module puts there


@pytest.mark.parametrize(
    ("bodies", "again"),
    [
        (["a", "b", "c"], []),
        (["a", "bad 1", "c"], ["bad 1"]),
        (["bad 1", "b", "bad 2"], ["bad 1", "bad 2"]),
        (["a", "gone"], []),
        (["gone 1", "gone 2"], []),
        (["a", "later"], ["later"]),
        (["later 1", "later 2"], ["later 1", "later 2"]),
        (["later"], ["later"]),
        (["bad", "later"], ["bad", "later"]),
        (["bad 1", "gone"], ["bad 1"]),
    ],
)
def test_each_message_fails_alone(load: Load, bodies: list[str], again: list[str]) -> None:
    answer = load(TAKE)(messages(*bodies), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": each} for each in again]}


def test_where_nothing_was_done_an_exception_surfaces(load: Load) -> None:
    handler = load(TAKE)

    with pytest.raises(BatchFailed, match=r"accounts handled none of 2 records") as caught:
        handler(messages("bad 1", "bad 2"), None)
    assert repr(caught.value.__cause__) == "ValueError('bad 1')"
    assert coming_again(handler, messages("bad 1", "bad 2")) == ["bad 1", "bad 2"]


def test_of_a_single_message_its_own_exception_surfaces(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match=r"^bad$"):
        load(TAKE)(messages("bad"), None)
    assert caplog.records == []  # Lambda itself logs it


def test_each_failure_is_logged(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    load(TAKE)(messages("a", "bad", "gone", "later"), None)

    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "accounts failed for a record"),
        (logging.WARNING, "accounts discards a record"),
        (logging.WARNING, "accounts has a record come again"),
    ]
    assert caplog.records[0].exc_info is not None
    assert vars(caplog.records[1])["reason"] == "nobody wants it"


def test_an_event_without_a_record_fails_nothing(load: Load) -> None:
    event = {"Records": [sqs_event(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))["Records"][0]]}

    assert load(TAKE)(event, None) == {"batchItemFailures": []}


@pytest.mark.parametrize(
    ("bodies", "again"),
    [
        (["1 a", "1 b", "2 a"], []),
        (["1 a", "1 bad", "1 c", "2 a"], ["1 bad", "1 c"]),
        (["1 bad", "2 a", "1 b", "2 bad", "1 c", "3 a", "2 b"], ["1 bad", "1 b", "2 bad", "1 c", "2 b"]),
        (["1 gone", "1 b"], []),
        (["1 later", "1 b", "2 a"], ["1 later", "1 b"]),
    ],
)
def test_a_group_of_a_fifo_queue_stops_at_its_first_failure(load: Load, bodies: list[str], again: list[str]) -> None:
    source = """
        from tight import discard, queue, retry_after
        from tight.events.messages import Messages

        Messages.delay = lambda self, delivery, seconds: None

        @queue("orders", fifo=True)
        def take(message, group_id):
            number, _, kind = message.partition(" ")
            assert group_id == number
            if kind == "bad":
                raise ValueError(message)
            if kind == "gone":
                raise discard
            if kind == "later":
                raise retry_after(30)
    """
    event = batch(*(messages(body, queue="orders.fifo", group=body[0]) for body in bodies))

    assert coming_again(load(source), event) == again
    assert load(source)(event, None) == {"batchItemFailures": [{"itemIdentifier": each} for each in again]}


def test_what_is_behind_a_failure_in_its_group_is_not_tried(load: Load) -> None:
    source = """
        from tight import queue

        tried = []

        @queue("orders", fifo=True)
        def take(message):
            tried.append(message)
            if message in ("b", "d"):
                raise ValueError(tried)
    """
    handler = load(source)
    first, second = (messages(*bodies, queue="orders.fifo", group=bodies[0]) for bodies in ("abc", "xdz"))
    handler(batch(first, second), None)

    with pytest.raises(ValueError, match=r"\['a', 'b', 'x', 'd', 'b'\]"):
        handler(messages("b", queue="orders.fifo"), None)


def test_a_group_of_a_queue_that_is_not_fifo_keeps_no_order(load: Load) -> None:
    assert load(TAKE)(messages("bad 1", "a", "bad 2", group="tenant"), None) == {
        "batchItemFailures": [{"itemIdentifier": "bad 1"}, {"itemIdentifier": "bad 2"}]
    }


def changes(*names: str) -> dict[str, Any]:
    return batch(*(dynamodb_event({"id": name}, table="clicks") for name in names))


@pytest.mark.parametrize(
    ("decorator", "event_of", "identifier"),
    [
        ("kinesis('clicks')", lambda *ids: kinesis_event(*({"id": each} for each in ids)), "kinesis.sequenceNumber"),
        ("stream('clicks')", changes, "dynamodb.SequenceNumber"),
    ],
)
@pytest.mark.parametrize(
    ("names", "done", "checkpoint"),
    [
        (["a", "b"], ["a", "b"], None),
        (["a", "bad", "c", "bad"], ["a"], 1),  # the lowest sequence number, all behind it come again
        (["a", "gone", "bad", "d"], ["a"], 2),
        (["a", "later", "c"], ["a"], 1),
    ],
)
def test_a_shard_stops_at_its_first_failure(
    load: Load,
    decorator: str,
    event_of: Callable[..., dict[str, Any]],
    identifier: str,
    names: list[str],
    done: list[str],
    checkpoint: int | None,
) -> None:
    source = f"""
        from tight import discard, {decorator.partition("(")[0]}, retry_after

        done = []

        @{decorator}
        def take(message, event):
            event["done"] = done
            if message["id"] == "bad":
                raise ValueError
            if message["id"] == "gone":
                raise discard
            if message["id"] == "later":
                raise retry_after(5)
            done.append(message["id"])
    """
    event = event_of(*names)
    outer, inner = identifier.split(".")
    numbers = [record[outer][inner] for record in event["Records"]]

    assert numbers == sorted(numbers)
    assert load(source)(event, None) == {
        "batchItemFailures": [] if checkpoint is None else [{"itemIdentifier": numbers[checkpoint]}]
    }
    assert event["done"] == done


def test_a_shard_whose_first_record_fails_surfaces_its_exception(load: Load) -> None:
    source = """
        from tight import kinesis

        @kinesis("clicks")
        def take(message):
            raise ValueError(message)
    """
    with pytest.raises(BatchFailed, match=r"handled none of 2 records"):
        load(source)(kinesis_event(1, 2), None)
    with pytest.raises(ValueError, match=r"^1$"):
        load(source)(kinesis_event(1), None)


@pytest.mark.parametrize(
    ("raised", "expected"), [("discard('no')", []), ("retry_after(9)", ["a", "b"])], ids=["discard", "retry_after"]
)
def test_a_handler_of_the_batch_may_discard_or_delay_all_of_it(load: Load, raised: str, expected: list[str]) -> None:
    source = f"""
        from tight import discard, queue, retry_after
        from tight.events.messages import Messages

        def delay(self, delivery, seconds):
            delivery.event["delayed"].append((delivery.message_id, seconds))

        Messages.delay = delay

        @queue("orders")
        def take(messages):
            raise {raised}
    """
    event = {**messages("a", "b"), "delayed": []}

    assert coming_again(load(source), event) == expected
    assert event["delayed"] == [(each, 9) for each in expected]


@pytest.mark.parametrize("raised", ["ValueError('why')", "retry_after(9, 'why')"])
def test_where_nothing_can_be_reported_an_exception_surfaces(load: Load, raised: str) -> None:
    source = f"from tight import retry_after, topic\n@topic('orders')\ndef take(message):\n    raise {raised}\n"

    with pytest.raises(Exception, match="why"):
        load(source)(sns_event("a", topic="orders"), None)


def test_a_discarded_notification_is_done(load: Load) -> None:
    source = "from tight import discard, topic\n@topic('orders')\ndef take(message):\n    raise discard\n"

    assert load(source)(sns_event("a", topic="orders"), None) is None


@pytest.mark.parametrize("is_async", [False, True])
def test_async_handlers_fail_alone_too(load: Load, is_async: bool) -> None:
    source = f"""
        from tight import queue

        @queue("orders")
        {"async " * is_async}def take(message):
            if message == "bad":
                raise ValueError
    """
    assert coming_again(load(source), messages("a", "bad", "c")) == ["bad"]


def test_an_exit_with_an_http_response_fails_its_message(load: Load) -> None:
    source = """
        from tight import exit_with_response, queue

        @queue("orders")
        def take(message):
            if message == "bad":
                exit_with_response(404)
    """
    assert coming_again(load(source), messages("a", "bad")) == ["bad"]


def test_the_messages_of_a_batch_are_awaited_on_one_loop_in_their_order(load: Load) -> None:
    source = """
        import asyncio
        from tight import log, queue
        from tight.request import current

        @queue("orders")
        async def take(message, event, message_id):
            await asyncio.sleep(0)
            assert current.get().message_id == message_id
            event.setdefault("seen", []).append((message, id(asyncio.get_running_loop())))
    """
    event = messages("a", "b", "c")
    load(source)(event, None)

    assert [name for name, _ in event["seen"]] == ["a", "b", "c"]
    assert len({loop for _, loop in event["seen"]}) == 1


def test_a_cancelled_task_fails_the_message_that_awaits_it_alone(load: Load) -> None:
    source = """
        import asyncio
        from tight import queue

        @queue("orders")
        async def take(message):
            if message == "bad":
                task = asyncio.ensure_future(asyncio.sleep(60))
                task.cancel()
                await task
    """
    assert coming_again(load(source), messages("a", "bad", "c")) == ["bad"]


def test_an_async_handler_may_discard_and_delay(load: Load) -> None:
    source = TAKE.replace("def take", "async def take")

    assert load(source)(messages("a", "gone", "later", "bad"), None) == {
        "batchItemFailures": [{"itemIdentifier": "later"}, {"itemIdentifier": "bad"}]
    }


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("def take(message):\n    return work()", "coroutine"),
        ("def take(message):\n    yield message", "generator"),
        ("async def take(message):\n    yield message", "async_generator"),
        ("def take(messages):\n    return work()", "coroutine"),
        ("async def take(messages):\n    yield messages[0]", "async_generator"),
    ],
)
def test_work_that_nobody_has_begun_is_a_failure(load: Load, handler: str, kind: str) -> None:
    function = load(f"from tight import queue\n\nasync def work():\n    pass\n\n@queue('orders')\n{handler}\n")

    with pytest.raises(NotBegun, match=f"accounts gave back a {kind}, whose work nobody has begun"):
        function(messages("a"), None)
