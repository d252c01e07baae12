"""What AWS would refuse is refused when an app is described, with its place."""

from collections.abc import Callable
from importlib import import_module, reload
from typing import Any

import pytest

from tight.errors import BadSource
from tight.manifest import describe

Write = Callable[[dict[str, str]], None]

INDEX = 'from tight.app import controllers as _controllers\n\n__getattr__ = _controllers("app.functions")\n'


@pytest.fixture
def describe_source(write_app: Write) -> Callable[[str], Any]:
    """What the manifest says of a function with this decorator."""

    def run(decorator: str) -> Any:
        name = decorator.partition("(")[0]
        handler = f"from tight import {name}\n\n@{decorator}\ndef take(event):\n    pass\n"
        write_app({"app_index.py": INDEX, "app/functions/orders/handler.py": handler})
        return describe(reload(import_module("app_index")))["functions"][0]["sources"]

    return run


@pytest.mark.parametrize(
    ("decorator", "reason"),
    [
        ("queue('')", "queue is empty: give it the name that AWS knows"),
        ("queue('q', dead_letter='')", "dead_letter is empty"),
        ("queue('two words!')", "queue='two words!', where AWS takes 1 to 80 of A-Z a-z 0-9 _ -, or an ARN"),
        ("queue('order.created')", "queue='order.created', where"),
        ("queue('.fifo')", "queue='.fifo', where"),
        (f"queue('{'q' * 76}.fifo')", "queue='qqq"),
        ("queue('q', dead_letter='q/dead')", "dead_letter='q/dead', where AWS takes 1 to 80 of"),
        ("queue('q', dead_letter='q')", "dead_letter='q' is the queue itself: give it another one"),
        ("queue('q', dead_letter='arn:aws:sqs:eu-north-1:1:q')", "dead_letter='arn:aws:sqs:eu-north-1:1:q' is the"),
        ("queue('q.fifo', dead_letter='q')", "dead_letter='q' is the queue itself"),
        ("topic('ordér')", "topic='ordér', where AWS takes 1 to 256 of A-Z a-z 0-9 _ -, or an ARN"),
        ("topic('t', queue='a b')", "queue='a b', where"),
        ("kinesis('clicks/eu')", "stream='clicks/eu', where AWS takes 1 to 128 of A-Z a-z 0-9 _ . -, or an ARN"),
        ("stream('t', dead_letter='a b')", "dead_letter='a b', where"),
        ("queue('q', batch=0)", "batch=0, where AWS takes a whole number of 1 to 10,000"),
        ("queue('q', batch=10_001, window=1)", "batch=10001, where"),
        ("queue('q', batch=True)", "batch=True, where"),
        ("queue('q', batch=11)", "a batch of more than 10 messages needs a window of at least one second"),
        ("queue('q', window=301)", "window=301, where AWS takes a whole number of 0 to 300"),
        ("queue('q', fifo=True, window=1)", "of a FIFO queue a batch has 10 messages at most, and no window"),
        ("queue('q.fifo', batch=11)", "of a FIFO queue"),
        ("queue('q', visibility=43_201)", "visibility=43201, where AWS takes a whole number of 0 to 43,200"),
        ("queue('q', max_receives=0)", "max_receives=0, where AWS takes a whole number of 1 to 1,000"),
        ("queue('q', concurrency=1)", "concurrency=1, where AWS takes a whole number of 2 to 1,000"),
        ("queue('q', filter='new')", "its filter has to be an event filter of Lambda"),
        ("queue('q', filter={'body': {'kind': 'new'}})", "'kind' of 'body' of its filter has to be a list"),
        ("queue('q', filter=[{'body': {'a': [1]}}, {'body': 'new'}])", "'body' of its filter has to be a list"),
        ("topic('t', filter={'kind': 'new'})", "'kind' of its filter has to be a list of what is wanted"),
        ("topic('t', filter=['new'])", "its filter has to be a filter policy of SNS"),
        ("topic('t.fifo')", "a FIFO topic can't invoke a function: give it a FIFO queue, by queue="),
        ("topic('t', filter_scope='body')", "filter_scope is MessageAttributes or MessageBody"),
        ("kinesis('s', batch=10_001)", "batch=10001, where"),
        ("kinesis('s', retries=-1)", "retries=-1, where AWS takes a whole number of 0 to 10,000"),
        ("stream('t', retries=10_001)", "retries=10001, where"),
        ("stream('t', max_age=59)", "max_age=59, where AWS takes a whole number of 60 to 604,800"),
        ("stream('t', dead_letter='')", "dead_letter is empty"),
        ("stream('t', on=[])", "on=[]: name some of INSERT, MODIFY, REMOVE"),
        ("stream('t', on=['UPDATE'])", "on=['UPDATE']: name some of INSERT, MODIFY, REMOVE"),
        ("bucket('b', on=['created'])", "on=['created']: name event types of S3, such as ObjectCreated:*"),
        ("bucket('b', suffix='*.jpg')", "S3 takes no * in a prefix or suffix"),
        ("bus(pattern={})", "an event pattern can't be empty"),
        ("bus(pattern={'source': 'shop'})", "'source' of its pattern has to be a list of what is wanted"),
        ("bus(pattern={'detail': {'kind': 7}})", "'kind' of 'detail' of its pattern has to be a list"),
    ],
)
def test_what_aws_would_refuse_is_refused(describe_source: Callable[[str], Any], decorator: str, reason: str) -> None:
    with pytest.raises(BadSource) as caught:
        describe_source(decorator)
    kind = decorator.partition("(")[0]
    assert str(caught.value).startswith(f"@{kind} of ")
    assert "handler.py:" in caught.value.place
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("kind", ["bucket", "kinesis", "queue", "stream", "topic"])
def test_a_decorator_without_its_source_is_an_error_that_shows_one(kind: str) -> None:
    import tight

    def take() -> None:
        pass

    with pytest.raises(TypeError, match=rf"^@{kind} of .*take has to say what feeds it, such as @{kind}\("):
        getattr(tight, kind)(take)


@pytest.mark.parametrize(
    "decorator",
    [
        "queue('q', batch=10_000, window=300, visibility=43_200, max_receives=1000, concurrency=1000)",
        f"queue('{'q' * 80}', dead_letter='https://sqs.eu-north-1.amazonaws.com/1/q')",
        "queue('orders', dead_letter='orders.fifo')",
        "kinesis('arn:aws:kinesis:eu-north-1:1:stream/clicks', dead_letter='arn:aws:sqs:eu-north-1:1:d')",
        f"kinesis('clicks.of-the_{'s' * 110}')",
        f"topic('{'t' * 256}')",
        "queue('q', fifo=True, batch=10, filter=[{'body': {'a': [1]}}, {'body': {'b': [1]}}])",
        "topic('t.fifo', queue='q.fifo')",
        "kinesis('s', batch=1, window=0, retries=0, max_age=604_800, bisect=True, dead_letter='d')",
        "topic('t', filter={'a': ['b', {'exists': False}], '$or': [{'c': ['d']}, {'e': ['f']}]})",
        "topic('t', filter={'a': {'b': ['c']}}, filter_scope='MessageBody')",
        "bucket('b', on=['ObjectCreated:*', 'ObjectRemoved:Delete', 'ReducedRedundancyLostObject'])",
        "bus(pattern={'detail': {'a': {'b': [{'exists': True}]}}, '$or': [{'source': ['a']}, {'source': ['b']}]})",
    ],
)
def test_what_aws_takes_is_described(describe_source: Callable[[str], Any], decorator: str) -> None:
    (source,) = describe_source(decorator)

    assert source["kind"] == decorator.partition("(")[0]


@pytest.mark.parametrize(
    ("first", "second", "source"),
    [
        ("queue('q')", "queue('q', batch=5)", "@queue of q"),
        ("topic('t')", "topic('t', filter={'a': ['b']})", "@topic of t"),
        ("topic('t', queue='q')", "topic('u', queue='q')", "@topic of q"),
        ("stream('t')", "stream('t')", "@stream of t INSERT MODIFY REMOVE"),
        ("bucket('b')", "bucket('b')", "@bucket of b"),
        ("bus(pattern={'source': ['a']})", "bus(pattern={'source': ['a']})", "@bus of default"),
    ],
)
def test_two_functions_for_one_source_are_refused_with_both_places(
    write_app: Write, first: str, second: str, source: str
) -> None:
    from tight.app import controllers
    from tight.errors import DuplicateRoute

    name = first.partition("(")[0]
    handler = f"from tight import {name}\n@{first}\ndef one():\n    pass\n@{second}\ndef two():\n    pass\n"
    write_app({"app/functions/orders/handler.py": handler})

    with pytest.raises(
        DuplicateRoute, match=r"is marked twice, at .*handler.py:[23] and at .*handler.py:[56]"
    ) as caught:
        controllers("app.functions")("orders")
    assert caught.value.route.startswith(source)
