"""Which of a batch have failed, as AWS's page on partial batch responses tells it, and what is filtered."""

import json
from typing import Any

import pytest

from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.filters import decoded, passes, patterns_of
from tight_tasks.serve.sources.mapping import done_of, failed_of, split

ALL = {"a", "b", "c"}

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, "Success and failure conditions".
RESULTS: list[tuple[Any, set[str]]] = [
    (None, set()),
    ({}, set()),
    ({"batchItemFailures": []}, set()),
    ({"batchItemFailures": None}, set()),
    ({"batchItemFailures": [{"itemIdentifier": "b"}]}, {"b"}),
    ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}, {"b"}),
    ({"batchItemFailures": [{"itemIdentifier": ""}]}, ALL),
    ({"batchItemFailures": [{"itemIdentifier": None}]}, ALL),
    ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": None}]}, ALL),
    ({"batchItemFailures": [{"id": "b"}]}, ALL),
    ({"batchItemFailures": [{"itemIdentifier": "x"}]}, ALL),
    # The page is silent on these.
    ({"statusCode": 200}, set()),
    ({"batchItemFailures": "b"}, ALL),
    ("done", ALL),
]


@pytest.mark.parametrize(("result", "failed"), RESULTS)
def test_a_result_says_which_messages_have_failed(result: Any, failed: set[str]) -> None:
    assert failed_of(Outcome(json.dumps(result).encode()), ["a", "b", "c"]) == failed


def test_an_error_and_no_json_fail_the_batch() -> None:
    assert failed_of(Outcome(b'{"errorType": "ValueError"}', is_error=True), ["a", "b", "c"]) == ALL
    assert failed_of(Outcome(b"<html>"), ["a", "b", "c"]) == ALL


@pytest.mark.parametrize(
    ("listed", "done"), [([], 4), (["40"], 3), (["40", "10"], 0), (["30", "20"], 1), (["50"], 0), ([""], 0)]
)
def test_of_a_shard_all_before_the_lowest_failure_is_done(listed: list[str], done: int) -> None:
    result = {"batchItemFailures": [{"itemIdentifier": each} for each in listed]}
    assert done_of(Outcome(json.dumps(result).encode()), ["10", "20", "30", "40"]) == done


def test_one_event_holds_no_more_than_the_limit() -> None:
    records = [{"body": "x" * 10}] * 5
    assert [len(part) for part in split(records, 70)] == [2, 2, 1]
    assert [len(part) for part in split([{"body": "x" * 100}, {"body": "x"}], 70)] == [1, 1]


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        ({"a": ["x"]}, {"a": "x"}, True),
        ({"a": ["x"]}, {"a": "X"}, False),
        ({"a": ["x", "y"], "b": [1]}, {"a": "y", "b": 1}, True),
        ({"a": ["x"], "b": [1]}, {"a": "x"}, False),
        ({"a": [None]}, {"a": None}, True),
        ({"a": [""]}, {"a": ""}, True),
        ({"a": [True]}, {"a": 1}, False),
        ({"a": [1]}, {"a": True}, False),
        ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
        ({"a": ["x"]}, {"a": ["y", "x"]}, True),
        ({"a": [{"exists": True}]}, {"a": 0}, True),
        ({"a": [{"exists": False}]}, {"b": 0}, True),
        ({"a": {"b": [{"exists": False}]}}, {}, True),
        ({"a": [{"prefix": "ab"}]}, {"a": "abc"}, True),
        ({"a": [{"suffix": "bc"}]}, {"a": "abc"}, True),
        ({"a": [{"equals-ignore-case": "ABC"}]}, {"a": "abc"}, True),
        ({"a": [{"wildcard": "a*c"}]}, {"a": "abbc"}, True),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}, True),
        ({"a": [{"anything-but": ["x"]}]}, {}, False),
        ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "xy"}, False),
        ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 3}, True),
        ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 1}, False),
        ({"a": [{"numeric": ["=", 1]}]}, {"a": "1"}, False),
        ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 1}, True),
        ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 2}, False),
    ],
)
def test_a_filter_wants_bodies_that_match(pattern: dict[str, Any], body: dict[str, Any], expected: bool) -> None:
    assert passes({"body": decoded(json.dumps(body))}, patterns_of({"body": pattern})) is expected


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        ({"body": ["text"]}, "text", True),
        ({"body": ["text"]}, '{"a": 1}', False),
        ({"body": {"a": [1]}}, "text", False),
        ({"other": [{"exists": False}]}, "text", True),
        ({"body": {"a": [1]}}, "[" * 100_000, False),
    ],
)
def test_plain_text_and_json_do_not_match_each_other(pattern: dict[str, Any], body: str, expected: bool) -> None:
    # "Properly filtering Amazon SQS messages" in the Lambda developer guide.
    assert passes({"body": decoded(body)}, patterns_of(pattern)) is expected


def test_one_of_several_filters_is_enough() -> None:
    assert passes({"body": "b"}, patterns_of([{"body": ["a"]}, {"body": ["b"]}]))
    assert passes({"body": "b"}, patterns_of(None))
