"""AWS's values in JSON, as placebo writes them."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tight.testing.encoding import Events, Stream, decode, encode
from tight.testing.errors import Unrecordable

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.binary().map(Stream)
    | st.datetimes(timezones=st.just(timezone.utc)),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(Events)
        | st.dictionaries(st.text(max_size=9) | st.just("__class__"), inner)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    back = decode(json.loads(json.dumps(encode(value))))

    assert back == value
    assert type(back) is type(value)


def test_data_that_looks_like_a_class_stays_data() -> None:
    for value in ({"__class__": "datetime"}, {"__class__": {"S": "bytes"}}, {"__class__": "dict", "members": []}):
        assert decode(json.loads(json.dumps(encode(value)))) == value


def test_a_time_stands_in_utc() -> None:
    east = timezone(timedelta(hours=2))

    assert encode(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=east)) == {
        "__class__": "datetime",
        "year": 2026,
        "month": 1,
        "day": 2,
        "hour": 1,
        "minute": 4,
        "second": 5,
        "microsecond": 6,
    }
    assert encode(datetime(2026, 1, 2)) == encode(datetime(2026, 1, 2, tzinfo=timezone.utc))  # noqa: DTZ001  # naive


def test_what_placebo_wrote_is_read() -> None:
    time = {"__class__": "datetime", "year": 2015, "month": 1, "day": 4, "hour": 9, "minute": 1, "second": 2}

    assert decode({"CreateDate": {**time, "microsecond": 0}}) == {
        "CreateDate": datetime(2015, 1, 4, 9, 1, 2, tzinfo=timezone.utc)
    }
    streaming = {"__class__": "StreamingBody", "__module__": "botocore.response"}
    assert decode({**streaming, "body": "aGVsbG8="}) == b"hello"
    assert decode({**streaming, "body": "hello, world"}) == b"hello, world"  # before 0.9


def test_a_class_that_is_not_known_is_never_made() -> None:
    planted = {"__class__": "Popen", "__module__": "subprocess", "args": ["true"]}

    assert decode(planted) == planted


def test_what_aws_has_no_use_for_is_refused() -> None:
    with pytest.raises(Unrecordable, match="a complex can't be recorded"):
        encode({"a": 1j})
