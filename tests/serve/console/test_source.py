"""The source of a test that is made of an invocation."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tight_tasks.serve.console.literal import literal
from tight_tasks.serve.console.source import NotTestable, source_of
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.journal import Entry

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def made(event: object, answer: object, cause: str = "GET /orders", *, is_error: bool = False) -> str:
    entry = Entry("orders", "id-1", cause, json.dumps(event).encode())
    entry.outcome = Outcome(json.dumps(answer).encode(), is_error=is_error)
    return source_of(entry, "test_orders_1", records=False)


@given(JSON)
def test_a_value_is_what_its_source_says(value: object) -> None:
    for width in (20, 120):
        source = literal(value, width=width)
        assert ast.literal_eval(source) == value
        source.encode()


def test_a_long_value_stands_on_lines_of_its_own() -> None:
    assert literal({"a": [1, 2], "it's": {"long": "x" * 12}}, width=24) == (
        '{\n    "a": [1, 2],\n    "it\'s": {\n        "long": "xxxxxxxxxxxx",\n    },\n}'
    )


HTTP = {"version": "2.0", "requestContext": {"http": {"method": "GET", "path": "/orders"}}}


@pytest.mark.parametrize(
    ("answer", "checks"),
    [
        (
            {
                "statusCode": 200,
                "headers": {"Content-Type": "application/json", "Date": "x", "X-Request-Id": "1"},
                "body": "[1]",
            },
            [
                "assert answer.status == 200",
                'assert answer.headers["content-type"] == "application/json"',
                "assert answer.json == [1]",
            ],
        ),
        ({"statusCode": "204"}, ["assert answer.status == 204", 'assert answer.text == ""']),
        ({"statusCode": 200, "body": "NaN"}, ["assert answer.status == 200", 'assert answer.text == "NaN"']),
        (
            {"statusCode": 200, "body": "iVBORw==", "isBase64Encoded": True},
            ["assert answer.status == 200", 'assert answer.content == b64decode("iVBORw==")'],
        ),
        ({"a": 1}, ["assert answer.status == 200", 'assert answer.json == {"a": 1}']),
        ("plain", ["assert answer.status == 200", 'assert answer.text == "plain"']),
        (
            {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1"], "Vary": ["a", "b"], "Allow": ["GET"]}},
            ["assert answer.status == 200", 'assert answer.headers["allow"] == "GET"', 'assert answer.text == ""'],
        ),
    ],
)
def test_what_does_not_vary_of_an_answer_is_compared(answer: object, checks: list[str]) -> None:
    source = made(HTTP, answer)

    called, *rest = [line.strip() for line in source.partition("-> None:\n")[2].splitlines() if line]
    assert called == "answer = Answer(app.orders.invoke(EVENT), infers=True)"
    assert rest == checks
    ast.parse(source)


def test_a_direct_answer_is_compared_as_it_is() -> None:
    assert made({"width": 2}, {"statusCode": 1}).endswith(
        'def test_orders_1(app: App) -> None:\n    assert app.orders.invoke(EVENT) == {"statusCode": 1}\n'
    )
    assert "assert app.orders.invoke(EVENT) is None" in made({}, None)
    assert 'assert json.dumps(app.orders.invoke(EVENT)) == "[NaN]"' in made({}, [float("nan")])


@pytest.mark.parametrize("cause", ['GET /"""\nimport os  # ', "GET /\\", "GET /\u2028\x85é", 'GET /"'])
def test_a_path_can_not_leave_the_docstring(cause: str) -> None:
    source = made({}, None, cause)

    first, *rest = ast.parse(source).body
    assert isinstance(first, ast.Expr)
    assert [type(statement).__name__ for statement in rest] == ["ImportFrom", "Assign", "FunctionDef"]
    assert ast.get_docstring(ast.parse(source)) == source.splitlines()[0][3:-3]


def test_what_the_function_raised_is_expected() -> None:
    source = made({}, {"errorType": "KeyError", "errorMessage": "'id'", "stackTrace": []}, is_error=True)

    assert "with pytest.raises(Exception) as raised:\n        app.orders.invoke(EVENT)" in source
    assert 'assert type(raised.value).__name__ == "KeyError"' in source
    assert "assert str(raised.value) == \"'id'\"" in source


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Sandbox.Timedout", "Sandbox.Timedout"),
        ("Runtime.ExitError", "Runtime.ExitError"),
        ("x; import os", "import os"),
    ],
)
def test_what_the_platform_reports_is_no_test(kind: str, said: str) -> None:
    with pytest.raises(NotTestable, match=said):
        made({}, {"errorType": kind}, is_error=True)


@pytest.mark.parametrize("status", ["abc", None, 99])
def test_an_answer_that_a_gateway_refuses_is_no_test(status: object) -> None:
    with pytest.raises(NotTestable, match="statusCode is"):
        made(HTTP, {"statusCode": status})


def test_an_invocation_that_runs_is_no_test() -> None:
    with pytest.raises(NotTestable, match="has not ended"):
        source_of(Entry("orders", "id-1", "GET /orders", b"{}"), "test_orders_1", records=False)
