"""What the pages show of the journal's entries."""

import json

import pytest

from tight_tasks.serve.console import views
from tight_tasks.serve.invocation import Outcome, Usage
from tight_tasks.serve.journal import Entry


def entry(name: str, *, init: float | None = None, duration: float = 1.0, result: str = "200") -> Entry:
    made = Entry("orders", name, f"GET /{name}", b"{}", usage=Usage(duration, init, 256, 40), result=result)
    made.outcome = Outcome(b"{}")
    return made


def test_the_newest_comes_first_and_bars_are_shares_of_the_longest() -> None:
    cold, warm = entry("cold", init=150, duration=50), entry("warm", duration=20)

    assert [(row.id, row.init_bar, row.run_bar) for row in views.rows([cold, warm])] == [
        ("warm", 0, 10.0),
        ("cold", 75.0, 25.0),
    ]
    assert [row.id for row in views.rows([cold, warm], limit=1)] == ["warm"]


def test_a_short_one_can_still_be_seen() -> None:
    assert [row.run_bar for row in views.rows([entry("long", duration=5000), entry("short", duration=0.1)])] == [
        0.8,
        100.0,
    ]


def test_the_tone_is_that_of_the_result() -> None:
    failed = entry("failed", result="KeyError")
    failed.outcome = Outcome(b"{}", is_error=True)
    shown = [entry(result, result=result) for result in ("200", "302", "ok", "404", "502")]
    waiting = Entry("orders", "waiting", "GET /", b"{}")

    assert [views.tone_of(each) for each in (*shown, failed, waiting)] == [
        "good", "good", "good", "odd", "bad", "bad", "wait",
    ]  # fmt: skip


def test_a_line_of_json_is_its_message_and_what_it_says_beside_it() -> None:
    record = {
        "timestamp": "2026-11-21T06:21:34.322Z",
        "level": "ERROR",
        "message": "failed",
        "requestId": "1",
        "order": {"id": 7},
        "stackTrace": ["  File 1\n", "  File 2\n"],
    }

    (line,) = views.lines([json.dumps(record)])
    assert (line.time, line.level, line.tone, line.text) == ("06:21:34.322", "ERROR", "bad", "failed")
    assert line.fields == (("order", '{"id": 7}'),)
    assert line.blocks == (("stackTrace", "  File 1\n  File 2"),)


@pytest.mark.parametrize("text", ["plain", "{}", "[1]", '{"message"', "\ud800", "[" * 100_000])
def test_any_other_line_stays_as_it_is(text: str) -> None:
    assert views.lines([text]) == [views.Line(text)]


def test_the_lines_of_the_runtime_client_s_own_record_are_lines_again() -> None:
    (line,) = views.lines(["[ERROR] KeyError: 'id'\rTraceback (most recent call last):\r  File 1\r"])

    assert line == views.Line("[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n  File 1", tone="bad")


def test_an_error_is_told_as_python_tells_it() -> None:
    error = {"errorType": "KeyError", "errorMessage": "'id'", "stackTrace": ["  File 1\n    f()\n", "  File 2\n"]}

    assert views.failure(Outcome(json.dumps(error).encode(), is_error=True)) == views.Failure(
        "KeyError", "'id'", "  File 1\n    f()\n  File 2"
    )
    assert views.failure(Outcome(b"no json", is_error=True)) == views.Failure("Unknown", "no json", "")
    assert views.failure(Outcome(json.dumps(error).encode())) is None


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (
            {"statusCode": 201, "headers": {"A": 1}, "cookies": ["a=b"], "body": '{"a":1}'},
            views.Answered("201", (("A", "1"), ("Set-Cookie", "a=b")), '{\n  "a": 1\n}'),
        ),
        (
            {"statusCode": "200", "multiValueHeaders": {"A": ["1", 2], "B": "3"}, "body": "text"},
            views.Answered("200", (("A", "1"), ("A", "2"), ("B", "3")), "text"),
        ),
        (
            {"statusCode": 200, "headers": [1], "multiValueHeaders": 2, "cookies": 3, "body": None},
            views.Answered("200", (), ""),
        ),
        ({"body": "x"}, None),
        ([200], None),
    ],
)
def test_an_answer_for_a_gateway_is_taken_apart(answer: object, shown: views.Answered | None) -> None:
    assert views.answered(Outcome(json.dumps(answer).encode())) == shown


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        ({"requestContext": {"http": {"method": "GET", "path": "/a"}}}, "GET /a"),
        ({"requestContext": {"elb": {}}, "httpMethod": "PUT", "path": "/b"}, "PUT /b"),
        ({"requestContext": {"http": "x"}, "rawPath": "/c"}, "None /c"),
        ({"requestContext": {}}, ""),
        ([1], ""),
        (None, ""),
    ],
)
def test_an_event_of_a_gateway_is_called_by_its_verb_and_path(event: object, cause: str) -> None:
    assert views.cause_of(event) == cause
