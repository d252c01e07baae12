"""How values that JSON doesn't know are written in an answer, by the standard codec and by orjson."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tests.runtime.shapes import Shape
from tight.handlers import dumps

Load = Callable[..., Callable[[Any, object], Any]]

SOURCE = """
    import collections
    import dataclasses
    import datetime as dt
    import decimal
    import enum
    import types
    import uuid

    import msgspec
    import pydantic
    from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute
    from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
    from pynamodb.models import Model
    from tight import get

    class Colour(enum.Enum):
        RED = "red"
        NESTED = (1, decimal.Decimal("2.5"))

    class Size(enum.IntEnum):
        LARGE = 3

    @dataclasses.dataclass
    class Line:
        product: str
        price: decimal.Decimal
        inner: object = None

    class Order(pydantic.BaseModel):
        placed: dt.datetime
        total: decimal.Decimal
        colour: Colour = Colour.RED

    class Item(msgspec.Struct):
        name: str
        tags: set[str]

    class Account(Model):
        class Meta:
            table_name = "accounts"
            region = "eu-north-1"
        name = UnicodeAttribute(hash_key=True)
        age = NumberAttribute()
        tags = ListAttribute()
        photo = BinaryAttribute(legacy_encoding=False)
        roles = UnicodeSetAttribute(attr_name="r")

    UTC = dt.timezone.utc

    @get
    def read():
        return {value}
"""
WHEN = "dt.datetime(2026, 1, 2, 3, 4, 5, 678000, "
VALUES = [
    ("decimal.Decimal('7')", 7),
    ("decimal.Decimal('7.00')", 7),
    ("decimal.Decimal('-1.25')", -1.25),
    ("decimal.Decimal('1E+3')", 1000),
    ("decimal.Decimal('0E-10')", 0),
    (f"{WHEN}tzinfo=UTC)", "2026-01-02T03:04:05.678000+00:00"),
    (f"{WHEN}tzinfo=dt.timezone(dt.timedelta(hours=-2)))", "2026-01-02T03:04:05.678000-02:00"),
    (f"{WHEN})", "2026-01-02T03:04:05.678000"),
    ("dt.date(2026, 1, 2)", "2026-01-02"),
    ("dt.time(3, 4)", "03:04:00"),
    ("uuid.UUID(int=5)", "00000000-0000-0000-0000-000000000005"),
    ("{3, 1, 2}", [1, 2, 3]),
    ("frozenset('cab')", ["a", "b", "c"]),
    ("{('a', 1)}", [["a", 1]]),
    ("{None}", [None]),
    (r"b'\x00\xff'", "AP8="),
    ("bytearray(b'a')", "YQ=="),
    ("memoryview(b'a')", "YQ=="),
    ("Colour.RED", "red"),
    ("Colour.NESTED", [1, 2.5]),
    ("Size.LARGE", 3),
    ("Line('tea', decimal.Decimal('4.2'))", {"product": "tea", "price": 4.2, "inner": None}),
    (
        "Line('a', 1, Line('b', 2, {5}))",
        {"product": "a", "price": 1, "inner": {"product": "b", "price": 2, "inner": [5]}},
    ),
    (
        f"Order(placed={WHEN}tzinfo=UTC), total='1.10')",
        {"placed": "2026-01-02T03:04:05.678000Z", "total": "1.10", "colour": "red"},
    ),
    ("Item('tea', {'x'})", {"name": "tea", "tags": ["x"]}),
    ("Account('ada', age=36, tags=['a', 1])", {"name": "ada", "age": 36, "tags": ["a", 1]}),
    (
        "Account('ada', photo=b'\\x00\\xff', roles={*'dbca'})",
        {"name": "ada", "photo": "AP8=", "r": ["a", "b", "c", "d"]},
    ),
    ("types.MappingProxyType({'a': decimal.Decimal(1)})", {"a": 1}),
    ("collections.OrderedDict(b=1, a=2)", {"b": 1, "a": 2}),
    ("[(1, {'x': {2}})]", [[1, {"x": [2]}]]),
    ("{'a': [{'b': {decimal.Decimal('0.1')}}]}", {"a": [{"b": [0.1]}]}),
    ("'é \\u2028 \\U0001f642 \\x00'", "é \u2028 🙂 \0"),
]


@pytest.mark.parametrize("codec", [None, json, orjson], ids=["standard", "json", "orjson"])
@pytest.mark.parametrize(("value", "written"), VALUES)
def test_a_value_is_written_as_documented_at_any_depth(load: Load, codec: Any, value: str, written: object) -> None:
    answer = load(SOURCE.replace("{value}", f"[{{'value': {value}}}]"), json=codec)({"httpMethod": "GET"}, None)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == [{"value": written}]
    assert answer["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize("codec", [None, orjson], ids=["standard", "orjson"])
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("decimal.Decimal('7.5')", 7.5),
        ("uuid.UUID(int=0)", "00000000-0000-0000-0000-000000000000"),
        ("{2, 1}", [1, 2]),
        ("Colour.RED", "red"),
        ("Item('tea', set())", {"name": "tea", "tags": []}),
        ("(1, {'a': Colour.RED})", [1, {"a": "red"}]),
    ],
)
def test_such_a_value_may_be_the_whole_answer_or_its_body(load: Load, codec: Any, value: str, written: object) -> None:
    for source in (value, f"(201, {value})", f"{{'statusCode': 201, 'body': {value}}}"):
        answer = load(SOURCE.replace("{value}", source), json=codec)({"httpMethod": "GET"}, None)
        assert json.loads(answer["body"]) == written
        assert answer["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')", "-float('inf')", "decimal.Decimal('nan')"])
def test_what_is_no_number_of_json_is_a_500(load: Load, shape: Shape, value: str) -> None:
    answer = shape.ask(load(SOURCE.replace("{value}", f"{{'a': {value}}}")))

    assert (answer.status, json.loads(answer.body)) == (500, {"message": shape.server_error})


@pytest.mark.parametrize("codec", [None, orjson], ids=["standard", "orjson"])
@pytest.mark.parametrize(
    "value", ["object()", "{'a': [object()]}", "Colour", "{(1, 2): 3}", "dt.timedelta(1)", "print"]
)
def test_what_nobody_knows_how_to_write_is_a_500_that_names_it_in_the_log(
    load: Load, caplog: pytest.LogCaptureFixture, codec: Any, value: str
) -> None:
    answer = load(SOURCE.replace("{value}", value), json=codec)({"httpMethod": "GET"}, None)

    assert (answer["statusCode"], answer["body"]) == (500, '{"message":"Internal server error"}')
    assert "TypeError" in caplog.text


def test_a_value_that_holds_itself_is_a_500(load: Load) -> None:
    source = "from tight import get\n@get\ndef read():\n    value = []\n    value.append(value)\n    return value\n"

    for codec in (None, orjson):
        assert load(source, json=codec)({"httpMethod": "GET"}, None)["statusCode"] == 500


@pytest.mark.parametrize("codec", [None, json, orjson], ids=["standard", "json", "orjson"])
def test_half_of_a_surrogate_pair_is_never_sent_as_it_is(load: Load, shape: Shape, codec: Any) -> None:
    handler = load("from tight import get\n@get\ndef read():\n    return {'a': '\\ud800'}\n", json=codec)

    assert shape.ask(handler).status == (500 if codec is orjson else 200)  # orjson refuses it


@pytest.mark.parametrize("codec", [None, json, orjson], ids=["standard", "json", "orjson"])
@pytest.mark.parametrize("body", ["{broken", "[1,]", "'a'", "\ufeff{", '{"a": 1} x'])
def test_broken_json_is_a_400_with_every_codec(load: Load, codec: Any, body: str) -> None:
    handler = load("from tight import post\n@post\ndef f(body):\n    return body\n", json=codec)
    event = {"httpMethod": "POST", "headers": {"Content-Type": "application/json"}, "body": body}

    assert handler(event, None)["statusCode"] == 400


def test_a_codec_may_write_text_that_is_not_ascii(load: Load, shape: Shape) -> None:
    class Codec:
        loads = staticmethod(json.loads)

        @staticmethod
        def dumps(value: object, default: Callable[[Any], Any] | None = None) -> str:
            return json.dumps(value, default=default, ensure_ascii=False)

    handler = load("from tight import get\n@get\ndef read():\n    return {'a': 'é\\ud800'}\n", json=Codec)

    assert shape.ask(handler).body == '{"a": "é?"}'.encode()


def test_a_decimal_with_a_million_digits_is_not_written_out() -> None:
    with pytest.raises((OverflowError, ValueError)):
        dumps(Decimal("1e1000000"))
