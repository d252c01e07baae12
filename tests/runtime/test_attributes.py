"""Attributes of messages: what is written is read back as it was."""

from base64 import b64encode
from decimal import Decimal
from typing import Any

import pytest

from tight.attributes import read, write
from tight.errors import UnsendableMessage

VALUES = {
    "plan": "pro",
    "count": 3,
    "ratio": 0.1,
    "large": 1e22,
    "whole": 2.0,
    "key": b"\x00\xff",
    "tags": ["a", 1, True, None],
}


def test_values_come_back_in_their_types() -> None:
    found = read(write({**VALUES, "none": None}))

    assert found == VALUES
    assert [type(value) for value in found.values()] == [type(value) for value in VALUES.values()]


def test_a_decimal_is_a_number() -> None:
    assert write({"price": Decimal("4.20")}) == {"price": {"DataType": "Number", "StringValue": "4.20"}}


def test_records_of_sqs_are_read() -> None:
    raw = {
        "plan": {"stringValue": "pro", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
        "count": {"stringValue": "3", "dataType": "Number.int"},
        "key": {"binaryValue": b64encode(b"\x00").decode(), "dataType": "Binary"},
    }

    assert read(raw) == {"plan": "pro", "count": 3, "key": b"\x00"}


def test_records_of_sns_are_read() -> None:
    raw = {
        "plan": {"Type": "String", "Value": "pro"},
        "ratio": {"Type": "Number", "Value": "0.5"},
        "key": {"Type": "Binary", "Value": b64encode(b"\x00").decode()},
        "tags": {"Type": "String.Array", "Value": '["a", null]'},
    }

    assert read(raw) == {"plan": "pro", "ratio": 0.5, "key": b"\x00", "tags": ["a", None]}


def test_what_others_wrote_wrongly_is_given_as_text() -> None:
    raw = {"n": {"Type": "Number", "Value": "many"}, "tags": {"Type": "String.Array", "Value": "a, b"}}

    assert read(raw) == {"n": "many", "tags": "a, b"}
    assert read({"tags": {"Type": "String.Array", "Value": "[" * 100_000}}) == {"tags": "[" * 100_000}


@pytest.mark.parametrize("value", ["", b"", True, {"a": 1}, float("nan"), float("inf"), object()])
def test_what_has_no_place_is_refused_by_its_name(value: Any) -> None:
    with pytest.raises(UnsendableMessage, match=r"its attribute plan is .*: send text, a number, bytes or a list"):
        write({"plan": value})


@pytest.mark.parametrize("name", ["", "AWS.Trace", "amazon.x", "a b", ".a", "a.", "a..b", "ä", "n" * 257])
def test_names_are_those_that_aws_takes(name: str) -> None:
    with pytest.raises(UnsendableMessage, match="can't name an attribute"):
        write({name: "x"})


def test_sqs_takes_ten() -> None:
    assert len(write({f"a{number}": number for number in range(10)})) == 10
    with pytest.raises(UnsendableMessage, match="it has 11 attributes"):
        write({f"a{number}": number for number in range(11)})
