"""Metrics: lines of CloudWatch's Embedded Metric Format on stdout."""

import json
import math
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tight import metric
from tight.errors import BadMetric, MissingEnvironment
from tight.request import Invocation, current


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "shop")
    for name in ("STAGE", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def invocation() -> Iterator[Invocation]:
    """The function `orders` at work on a request."""
    token = current.set(invocation := Invocation({}, SimpleNamespace(aws_request_id="r-1"), "orders"))
    yield invocation
    current.set(token)


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    document: dict[str, Any] = json.loads(line)
    return document


def test_a_call_writes_one_line_in_the_embedded_metric_format(
    invocation: Invocation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "dev")
    metric("payment", 0.25, unit="Seconds", provider="acme", attempt=2)

    document = written(capsys)
    assert abs(document["_aws"].pop("Timestamp") - time.time() * 1000) < 60_000
    assert document == {
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "shop",
                    "Dimensions": [["function", "stage", "provider", "attempt"]],
                    "Metrics": [{"Name": "payment", "Unit": "Seconds"}],
                }
            ]
        },
        "function": "orders",
        "stage": "dev",
        "provider": "acme",
        "attempt": "2",
        "payment": 0.25,
        "requestId": "r-1",
    }


def test_a_value_without_a_unit_is_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    metric("orders", 1)

    document = written(capsys)
    (directive,) = document["_aws"]["CloudWatchMetrics"]
    assert (directive["Dimensions"], directive["Metrics"]) == ([[]], [{"Name": "orders", "Unit": "Count"}])
    assert "requestId" not in document


def test_a_given_dimension_comes_before_tights_own(invocation: Invocation, capsys: pytest.CaptureFixture[str]) -> None:
    metric("orders", 1, function="all", requestId="batch", name="x", value="y")

    document = written(capsys)
    assert (document["function"], document["requestId"]) == ("all", "batch")
    assert document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["function", "requestId", "name", "value"]]


def test_before_the_first_invocation_the_function_is_that_of_the_handler_string(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_HANDLER", "app_index.orders")
    metric("starts", 1)

    assert written(capsys)["function"] == "orders"


def test_without_a_name_the_namespace_is_the_functions_full_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NAME")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "shop-dev-orders")
    metric("orders", 1)

    assert written(capsys)["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "shop-dev-orders"


def test_without_any_namespace_the_variable_to_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAME")

    with pytest.raises(MissingEnvironment, match="NAME is not set; the namespace of the metric 'orders' needs it"):
        metric("orders", 1)


@pytest.mark.parametrize("unit", ["Count/Second", "Microseconds", "Terabytes/Second", "Kilobits", "Percent", "None"])
def test_the_documented_units_are_taken(unit: str, capsys: pytest.CaptureFixture[str]) -> None:
    metric("load", 1, unit=unit)

    assert written(capsys)["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "load", "Unit": unit}]


@pytest.mark.parametrize(
    ("name", "value", "unit", "dimensions", "reason"),
    [
        ("", 1, "Count", {}, "a name is a text of 1 to 255 characters"),
        ("x" * 256, 1, "Count", {}, "a name is a text of 1 to 255 characters"),
        (1, 1, "Count", {}, "a name is a text of 1 to 255 characters"),
        (None, 1, "Count", {}, "a name is a text of 1 to 255 characters"),
        ("_aws", 1, "Count", {}, "its name is taken"),
        ("orders", 1, "Count", {"orders": "x"}, "its name is taken"),
        ("orders", math.nan, "Count", {}, "nan is not a number"),
        ("orders", math.inf, "Count", {}, "inf is not a number"),
        ("orders", 2**361, "Count", {}, "is not a number between"),
        ("orders", "1", "Count", {}, "'1' is not a number"),
        ("orders", True, "Count", {}, "True is not a number"),
        ("orders", 1, "seconds", {}, "the unit 'seconds' is none of Bits, "),
        ("orders", 1, ["Count"], {}, "the unit ['Count'] is none of Bits, "),
        ("orders", 1, None, {}, "the unit None is none of Bits, "),
        ("orders", 1, "Count", {f"d{number}": "x" for number in range(31)}, "31 dimensions are too many: 30 at most"),
        ("orders", 1, "Count", {":colon": "x"}, "':colon' can't be a dimension"),
        ("orders", 1, "Count", {"_aws": "x"}, "'_aws' can't be a dimension"),
        ("orders", 1, "Count", {"k" * 251: "x"}, "can't be a dimension"),
        ("orders", 1, "Count", {"city": "Z\N{LATIN SMALL LETTER U WITH DIAERESIS}rich"}, "the dimension city can't be"),
        ("orders", 1, "Count", {"city": "two\nlines"}, "the dimension city can't be"),
        ("orders", 1, "Count", {"city": " "}, "the dimension city can't be"),
        ("orders", 1, "Count", {"city": "x" * 1025}, "the dimension city can't be"),
    ],
)
def test_what_cloudwatch_would_drop_is_an_error_and_writes_nothing(
    name: Any, value: Any, unit: Any, dimensions: dict[str, str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadMetric) as caught:
        metric(name, value, unit=unit, **dimensions)

    assert isinstance(caught.value, ValueError)
    assert caught.value.metric == name
    assert reason in caught.value.reason
    assert capsys.readouterr().out == ""


def test_thirty_dimensions_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    metric("orders", 1, **{f"d{number}": "x" for number in range(30)})

    assert len(written(capsys)["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) == 30
