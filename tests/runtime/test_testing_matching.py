"""Which recording answers a call, and what is told when none does."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tight.testing.cassette import Recording, Request
from tight.testing.encoding import encode
from tight.testing.matching import differences, explain, find, in_order

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


def asked(**parameters: Any) -> Request:
    return Request("sqs", "SendMessage", parameters)


def recording(number: int, request: Request | None) -> Recording:
    return Recording("sqs", "SendMessage", number, 200, {}, request)


def test_repeats_of_a_call_are_played_in_order_and_not_once_more() -> None:
    first, second = recording(1, asked(Body="a")), recording(2, asked(Body="a"))

    assert find([first, second], "sqs", asked(Body="a")) is first
    assert find([second], "sqs", asked(Body="a")) is second
    assert find([], "sqs", asked(Body="a")) is None
    assert explain([], [first, second], "sqs", asked(Body="a")) == [
        "an equal call was recorded 2 times, and this is one more"
    ]


def test_calls_are_found_in_any_order() -> None:
    first, second = recording(1, asked(Body="a")), recording(2, asked(Body="b", Queue="q"))

    assert find([first, second], "sqs", asked(Queue="q", Body="b")) is second


def test_a_secret_that_only_another_call_shows_to_be_one_is_met_in_playback() -> None:
    secret = recording(1, asked(Body="[note] scrubbed of 123456789012"))
    plain = recording(2, asked(Body="[note] plain"))

    assert find([secret, plain], "sqs", asked(Body="[note] planted-pa$$w0rd of 999988887777")) is secret
    assert find([secret, plain], "sqs", asked(Body="[note] plain")) is plain
    assert find([secret, plain], "sqs", asked(Body="n planted-pa$$w0rd of 999988887777")) is None


def test_a_plain_word_of_a_secret_is_asked_for_as_playback_gave_it() -> None:
    plain = recording(1, asked(Bucket="photos", Key="a"))

    assert find([plain], "sqs", asked(Bucket="scrubbed", Key="a")) is plain
    assert find([plain], "sqs", asked(Bucket="scrubbed", Key="b")) is None


@pytest.mark.parametrize(
    ("recorded", "played"),
    [('{"pin": 1234}', '{"pin": 40404}'), (1234, 40404), (12.5, 40404), (40404, 1234), ({"N": "1234"}, {"N": "40404"})],
)
def test_a_number_of_a_secret_is_asked_for_as_playback_gave_it(recorded: Any, played: Any) -> None:
    number = recording(1, asked(Body=recorded))

    assert find([number], "sqs", asked(Body=played)) is number


@pytest.mark.parametrize(
    ("recorded", "other"), [('{"pin": 1234}', '{"pin": 404041}'), (40404, True), (1234, "40404"), (1234, 1235)]
)
def test_no_other_number_stands_for_one_of_a_secret(recorded: Any, other: Any) -> None:
    assert find([recording(1, asked(Body=recorded))], "sqs", asked(Body=other)) is None


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_a_secret_in_bytes_that_only_another_call_shows_is_met_in_playback(wrap: Callable[[bytes], bytes]) -> None:
    def body(text: str) -> Any:
        return encode(wrap(text.encode()))

    secret = recording(1, asked(Body=body("note: scrubbed")))
    assert find([secret], "sqs", asked(Body=body("note: planted-pa$$w0rd"))) is secret
    assert find([secret], "sqs", asked(Body=body("other: planted-pa$$w0rd"))) is None
    assert find([secret], "sqs", asked(Body="note: scrubbed")) is None
    assert explain([secret], [], "sqs", asked(Body=body("other")))[1:] == [
        '  Body: recorded "note: scrubbed", asked "other"'
    ]


@pytest.mark.parametrize(
    ("recorded", "other"),
    [(b"\xe9", b"\xc3\xa9"), (gzip.compress(b"a", mtime=0), b"a"), (b"\xff", rb"\xff"), (b"a", b"")],
)
def test_other_bytes_are_another_call_though_they_may_read_alike(recorded: bytes, other: bytes) -> None:
    assert find([recording(1, asked(Body=encode(recorded)))], "sqs", asked(Body=encode(other))) is None
    assert find([recording(1, asked(Body=encode(other)))], "sqs", asked(Body=encode(recorded))) is None
    assert find([recording(1, asked(Body=encode(other)))], "sqs", asked(Body=encode(other)))


def test_an_equal_call_goes_before_one_that_is_equal_but_for_a_secret() -> None:
    secret, plain = recording(1, asked(Body="scrubbed")), recording(2, asked(Body="plain"))

    assert find([secret, plain], "sqs", asked(Body="plain")) is plain


def test_placebos_own_recordings_answer_any_call_of_their_operation_in_order() -> None:
    first, second = recording(1, None), recording(2, None)

    assert find([first, second], "sqs", asked(Body="a")) is first
    assert find([second], "sqs", asked(Body="b")) is second
    assert find([second], "sns", Request("sns", "SendMessage", {})) is None


def test_services_with_one_endpoint_are_told_apart() -> None:
    v2 = Recording("apigateway", "GetApi", 1, 200, {}, Request("apigatewayv2", "GetApi", {}))

    assert find([v2], "apigateway", Request("apigateway", "GetApi", {})) is None
    assert find([v2], "apigateway", Request("apigatewayv2", "GetApi", {})) is v2


def test_what_differs_from_the_nearest_recording_is_named() -> None:
    far, near = recording(1, asked(Body="x", Delay=9, Queue="p")), recording(2, asked(Body="a", Queue="q", Tags=["t"]))

    assert explain([far, near], [], "sqs", asked(Body="b", Queue="q", Delay=1, Tags=["t", "u"])) == [
        "the nearest is sqs.SendMessage_2.json, which differs in",
        '  Body: recorded "a", asked "b"',
        "  Delay: recorded nothing, asked 1",
        '  Tags[1]: recorded nothing, asked "u"',
    ]


def test_what_else_is_recorded_is_named() -> None:
    assert explain([recording(1, asked())], [], "s3", Request("s3", "GetObject", {})) == [
        "recorded are only calls of sqs.SendMessage"
    ]
    assert explain([], [], "s3", Request("s3", "GetObject", {})) == ["nothing is recorded there"]


def test_long_values_and_lists_of_differences_are_told_in_short() -> None:
    told = explain(
        [recording(1, asked(**{f"p{n}": "r" for n in range(12)}))],
        [],
        "sqs",
        asked(**{f"p{n}": "a" * 500 for n in range(12)}),
    )

    assert told[-1] == "and 2 more"
    assert max(map(len, told)) < 200


def test_a_difference_far_into_long_values_is_shown() -> None:
    told = explain([recording(1, asked(Body="a" * 200 + "r" * 200))], [], "sqs", asked(Body="a" * 200 + "b"))

    assert told[1] == f'  Body: recorded ...{"a" * 20}{"r" * 80}..., asked ...{"a" * 20}b"'


def test_sets_and_keys_of_dynamodb_have_no_order() -> None:
    assert in_order({"t": {"Keys": [{"id": {"S": "b"}}, {"id": {"S": "a"}}], "ConsistentRead": True}}) == {
        "t": {"Keys": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "ConsistentRead": True}
    }
    assert in_order({"Item": {"tags": {"SS": ["b", "a"]}, "list": {"L": [{"S": "b"}, {"S": "a"}]}}}) == {
        "Item": {"tags": {"SS": ["a", "b"]}, "list": {"L": [{"S": "b"}, {"S": "a"}]}}
    }


def test_an_account_in_a_call_is_equal_to_the_constant_in_the_recording_only() -> None:
    assert not list(differences({"Bucket": "logs-123456789012"}, {"Bucket": "logs-999999999999"}))
    assert list(differences({"Bucket": "logs-999999999999"}, {"Bucket": "logs-999999999998"}))
    assert list(differences({"Bucket": "logs-123456789012"}, {"Bucket": "data-999999999999"}))


@given(JSON, JSON)
def test_only_equal_parameters_have_no_difference(recorded: Any, other: Any) -> None:
    assert not list(differences(recorded, recorded))
    equal = json.dumps(recorded, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (not list(differences(recorded, other))) == equal
