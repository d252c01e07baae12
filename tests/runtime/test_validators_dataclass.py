"""Parameters annotated with a dataclass, which Tight reads itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tight.errors import UnreadableAnnotation

Load = Callable[..., Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]
Post = Callable[[str, object], tuple[int, Any]]

JSON = {"Content-Type": "application/json"}

FIELD = """
from __future__ import annotations
from collections.abc import *
from dataclasses import *
from datetime import *
from decimal import Decimal
from enum import *
from typing import *
from uuid import UUID
from tight import post

class Color(Enum):
    RED = "red"
    BLUE = "blue"

    @classmethod
    def _missing_(cls, value):
        return cls(value.lower()) if value != value.lower() else None

class Size(IntEnum):
    SMALL = 1
    LARGE = 2

@dataclass
class Line:
    name: str
    count: int = 1

@dataclass
class Thing:
    value: {hint}

@post
def write(body: Thing):
    return {{"value": repr(body.value)}}
"""


@pytest.mark.parametrize(
    ("hint", "value", "read"),
    [
        ("str", "text", "'text'"),
        ("str", "", "''"),
        ("int", 5, "5"),
        ("int", "-5", "-5"),
        ("int", 10**30, str(10**30)),
        ("float", 5, "5.0"),
        ("float", "2.5e3", "2500.0"),
        ("bool", True, "True"),
        ("bool", "false", "False"),
        ("bool", "1", "True"),
        ("Decimal", 0.1, "Decimal('0.1')"),
        ("Decimal", "12.30", "Decimal('12.30')"),
        ("Decimal", 7, "Decimal('7')"),
        ("datetime", "2026-01-31T12:00:00Z", "datetime.datetime(2026, 1, 31, 12, 0, tzinfo=datetime.timezone.utc)"),
        ("datetime", "2026-01-31T12:00:00", "datetime.datetime(2026, 1, 31, 12, 0)"),
        ("datetime", "2026-01-31T12:00:00.123+00:00",
         "datetime.datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=datetime.timezone.utc)"),
        ("date", "2026-01-31", "datetime.date(2026, 1, 31)"),
        ("time", "12:30", "datetime.time(12, 30)"),
        ("UUID", "12345678-1234-5678-1234-567812345678", "UUID('12345678-1234-5678-1234-567812345678')"),
        ("Color", "red", "<Color.RED: 'red'>"),
        ("Color", "BLUE", "<Color.BLUE: 'blue'>"),
        ("Size", 2, "<Size.LARGE: 2>"),
        ("Size", "2", "<Size.LARGE: 2>"),
        ("Literal['asc', 'desc']", "asc", "'asc'"),
        ("Literal[10, 20]", 20, "20"),
        ("Literal[10, 20]", "20", "20"),
        ("Literal[Color.RED]", "red", "<Color.RED: 'red'>"),
        ("int | None", None, "None"),
        ("int | None", 5, "5"),
        ("Optional[int]", "5", "5"),
        ("None", None, "None"),
        ("str | int", 5, "5"),
        ("str | None", "5", "'5'"),
        ("float | int", 2**60 + 1, str(2**60 + 1)),
        ("bool | int", 1, "1"),
        ("bool | int", True, "True"),
        ("Any", [{}], "[{}]"),
        ("list", [1, "a"], "[1, 'a']"),
        ("dict", {"a": [1]}, "{'a': [1]}"),
        ("list[int]", ["1", 2], "[1, 2]"),
        ("set[int]", [1, 1], "{1}"),
        ("frozenset[str]", ["a"], "frozenset({'a'})"),
        ("tuple[int, ...]", [1, 2], "(1, 2)"),
        ("dict[str, int]", {"a": "1"}, "{'a': 1}"),
        ("dict[int, str]", {"1": "a"}, "{1: 'a'}"),
        ("dict[Color, int]", {"red": 1}, "{<Color.RED: 'red'>: 1}"),
        ("Annotated[int, 'a note']", 5, "5"),
        ("Line", {"name": "tea"}, "Line(name='tea', count=1)"),
        ("list[Line]", [{"name": "tea", "count": 2}], "[Line(name='tea', count=2)]"),
        ("Line | None", None, "None"),
        ("dict[str, Line]", {"a": {"name": "tea"}}, "{'a': Line(name='tea', count=1)}"),
    ],
)  # fmt: skip
def test_a_field_of_a_dataclass_is_read(post: Post, hint: str, value: object, read: str) -> None:
    assert post(FIELD.format(hint=hint), {"value": value}) == (200, {"value": read})


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        ("str", 5, "text is needed"),
        ("str", None, "text is needed"),
        ("int", True, "a whole number is needed"),
        ("int", 2.0, "a whole number is needed"),
        ("int", "", "a whole number is needed"),
        ("int", "2.0", "a whole number is needed"),
        ("int", "1_000", "a whole number is needed"),
        ("int", "\u0661", "a whole number is needed"),
        ("int", "9" * 5000, "a whole number is needed"),
        ("int", [], "a whole number is needed"),
        ("float", False, "a number is needed"),
        ("float", "NaN", "a number is needed"),
        ("float", "nan", "a number is needed"),
        ("float", "1e999", "a number is needed"),
        ("float", "-inf", "a number is needed"),
        ("float", 10**400, "a number is needed"),
        ("Decimal", "NaN", "a decimal number is needed"),
        ("Decimal", "sNaN", "a decimal number is needed"),
        ("Decimal", "inf", "a decimal number is needed"),
        ("Decimal", "a", "a decimal number is needed"),
        ("Decimal", True, "a decimal number is needed"),
        ("bool", 1, "true or false is needed"),
        ("bool", "yes", "true or false is needed"),
        ("bool", [], "true or false is needed"),
        ("bool", None, "true or false is needed"),
        ("datetime", "yesterday", "a date and time of ISO 8601 is needed"),
        ("datetime", 0, "a date and time of ISO 8601 is needed"),
        ("date", "2026-02-30", "a date of ISO 8601 is needed"),
        ("time", "25:00", "a time of ISO 8601 is needed"),
        ("UUID", "1", "a UUID is needed"),
        ("UUID", 1, "a UUID is needed"),
        ("Color", "green", "one of red, blue is needed"),
        ("Color", 5, "one of red, blue is needed"),
        ("Color", ["red"], "one of red, blue is needed"),
        ("Color", None, "one of red, blue is needed"),
        ("Size", True, "one of 1, 2 is needed"),
        ("Size", 3, "one of 1, 2 is needed"),
        ("Literal['asc', 'desc']", ["asc"], "one of asc, desc is needed"),
        ("Literal['asc', 'desc']", {}, "one of asc, desc is needed"),
        ("Literal[1]", True, "one of 1 is needed"),
        ("Literal[True]", 1, "one of True is needed"),
        ("Literal[Color.RED]", "blue", "one of red is needed"),
        ("None", 0, "null is needed"),
        ("int | None", "x", "a whole number is needed"),
        ("list", "text", "a list is needed"),
        ("list[int]", {"0": 1}, "a list is needed"),
        ("list[int]", None, "a list is needed"),
        ("set[Any]", [[]], "a list of text or numbers is needed"),
        ("set[Line]", [{"name": "tea"}], "a list of text or numbers is needed"),
        ("dict", [], "an object is needed"),
        ("dict[str, int]", [["a", 1]], "an object is needed"),
        ("Line", [], "an object is needed"),
        ("Line", "text", "an object is needed"),
    ],
)  # fmt: skip
def test_what_a_field_of_a_dataclass_can_not_be_is_named(post: Post, hint: str, value: object, message: str) -> None:
    status, answer = post(FIELD.format(hint=hint), {"value": value})

    assert (status, answer["errors"]) == (422, [{"field": "body.value", "message": message}])


@pytest.mark.parametrize(
    ("hint", "value", "field"),
    [
        ("Line", {"name": 5}, "body.value.name"),
        ("Line", {}, "body.value.name"),
        ("list[Line]", [{"name": "tea"}, {"name": "tea", "count": "x"}], "body.value.1.count"),
        ("dict[str, list[int]]", {"a": [1], "b": [1, "x"]}, "body.value.b.1"),
        ("dict[int, str]", {"x": "a"}, "body.value.x"),
    ],
)
def test_the_place_of_what_is_wrong_is_named_inside_of_a_dataclass(
    post: Post, hint: str, value: object, field: str
) -> None:
    status, answer = post(FIELD.format(hint=hint), {"value": value})

    assert (status, [fault["field"] for fault in answer["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    ("hint", "value", "fields"),
    [
        ("list[Line]", [{"name": 1}, {"name": "tea"}, {"count": "x"}], ["0.name", "2.name", "2.count"]),
        ("tuple[int, ...]", ["x", 2, "y"], ["0", "2"]),
        ("dict[int, int]", {"x": 1, "2": "y", "3": 3}, ["x", "2"]),
        ("dict[str, list[int]]", {"a": ["x", "y"], "b": None}, ["a.0", "a.1", "b"]),
    ],
)
def test_every_fault_of_a_list_and_of_an_object_is_named(
    post: Post, hint: str, value: object, fields: list[str]
) -> None:
    status, answer = post(FIELD.format(hint=hint), {"value": value})

    assert (status, [fault["field"] for fault in answer["errors"]]) == (422, [f"body.value.{name}" for name in fields])


def test_of_a_million_faults_a_hundred_are_named(post: Post) -> None:
    status, answer = post(FIELD.format(hint="list[list[int]]"), {"value": [["x"] * 1000] * 1000})

    assert (status, len(answer["errors"])) == (422, 100)


@pytest.mark.parametrize(
    "hint", ["complex", "bytearray", "tuple[int, str]", "Callable[[], int]", "list[complex]", "object"]
)
def test_a_field_that_can_not_be_read_is_refused_at_import(load: Load, hint: str) -> None:
    with pytest.raises(UnreadableAnnotation, match=r"of 'value' in Thing can't be checked"):
        load(FIELD.format(hint=hint))


def test_a_field_whose_type_is_imported_for_type_checkers_alone_is_refused_at_import(load: Load) -> None:
    with pytest.raises(UnreadableAnnotation, match=r"name 'Elsewhere' is not defined of .* in Thing can't be checked"):
        load(FIELD.format(hint="Elsewhere"))


TREE = """
    from __future__ import annotations
    from dataclasses import dataclass, field
    from tight import post

    @dataclass
    class Node:
        name: str
        left: Node | None = None
        others: list[Node] = field(default_factory=list)

    @post
    def write(body: Node):
        return {"repr": repr(body)}
"""


def test_a_dataclass_may_hold_itself(post: Post) -> None:
    body = {"name": "a", "left": {"name": "b"}, "others": [{"name": "c"}]}

    assert post(TREE, body)[1] == {
        "repr": "Node(name='a', left=Node(name='b', left=None, others=[]), "
        "others=[Node(name='c', left=None, others=[])])"
    }
    status, answer = post(TREE, {"name": "a", "left": {"name": "b", "others": [{"name": 1}]}})
    assert (status, answer["errors"]) == (422, [{"field": "body.left.others.0.name", "message": "text is needed"}])


def test_what_is_nested_too_deeply_is_a_422(send: Send) -> None:
    body = '{"name":"a","left":' * 400 + "null" + "}" * 400
    answer = send(TREE, "POST", headers=JSON, body=body)

    assert (answer["statusCode"], json.loads(answer["body"])["errors"]) == (
        422,
        [{"field": "body", "message": "is nested too deeply"}],
    )


def test_dataclasses_are_made_as_they_say(post: Post) -> None:
    source = """
        from dataclasses import InitVar, dataclass, field
        from tight import post

        @dataclass
        class Base:
            id: int

        @dataclass(kw_only=True, frozen=True, slots=True)
        class Account(Base if False else object):
            name: str
            rate: InitVar[float] = 1.0
            tags: list[str] = field(default_factory=lambda: ["new"])
            secret: str = field(default="kept", init=False)
            password: str = field(default="hidden", repr=False)

            def __post_init__(self, rate):
                object.__setattr__(self, "tags", [*self.tags, f"{rate:.1f}"])

        @post
        def write(body: Account):
            return [body.name, body.tags, body.secret, body.password]
    """
    assert post(source, {"name": "a"}) == (200, ["a", ["new", "1.0"], "kept", "hidden"])
    sent = {"name": "a", "rate": "2.5", "secret": "given", "password": "p"}
    assert post(source, sent) == (200, ["a", ["new", "2.5"], "kept", "p"])
    assert post(source, {"name": "a", "rate": "x"})[1]["errors"][0]["field"] == "body.rate"


def test_an_init_var_that_has_no_default_is_needed(post: Post) -> None:
    source = """
        from dataclasses import InitVar, dataclass
        from tight import post

        @dataclass
        class Account:
            name: str
            rate: InitVar[float]

            def __post_init__(self, rate):
                self.rated = rate * 2

        @post
        def write(body: Account):
            return {"rated": body.rated}
    """
    assert post(source, {"name": "a", "rate": 2}) == (200, {"rated": 4.0})
    assert post(source, {"name": "a"})[1]["errors"] == [{"field": "body.rate", "message": "is missing"}]


POST_INIT = """
    from dataclasses import dataclass
    from tight import post

    @dataclass
    class Period:
        start: int
        end: int

        def __post_init__(self):
            if self.start > self.end:
                raise {error}

    @dataclass
    class Booking:
        period: Period

    @post
    def write(body: Booking):
        return "booked"
"""


def test_a_value_error_of_post_init_is_a_422_in_its_own_words(post: Post) -> None:
    source = POST_INIT.format(error="ValueError('the end comes before the start')")
    status, answer = post(source, {"period": {"start": 2, "end": 1}})

    assert (status, answer["errors"]) == (
        422,
        [{"field": "body.period", "message": "the end comes before the start"}],
    )


def test_any_other_error_of_post_init_is_a_500_with_nothing_of_it(post: Post) -> None:
    source = POST_INIT.format(error="TypeError('Period.secret_method')")

    assert post(source, {"period": {"start": 2, "end": 1}}) == (500, {"message": "Internal server error"})


def test_nan_of_a_codec_that_reads_it_reaches_no_dataclass(load: Load) -> None:
    handler = load(FIELD.format(hint="list[float]"), json=json)
    answer = handler({"httpMethod": "POST", "headers": JSON, "body": '{"value": [1, NaN]}'}, None)

    assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["field"]) == (422, "body.value.1")
