"""What a function logs inside of AWS's runtime client, and of Tight's stand-in: the lines that come out of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tight_tasks.project import Project
from tight_tasks.serve.worker import AWS_CLIENT

MakeProject = Callable[..., Project]
Converse = Callable[..., list[tuple[bool, Any]]]
Logged = Callable[..., list[dict[str, Any]]]

HANDLER = """
import logging
from tight import direct, log, metric

@direct
def handle(event, context):
    return work(event, context)

def work(event, context):
"""


@pytest.fixture(params=["TEXT", "JSON"])
def log_format(request: pytest.FixtureRequest) -> str:
    """Lambda's two log formats: in both, a record is one line of JSON."""
    text: str = request.param
    return text


@pytest.fixture
def logged(project: MakeProject, converse: Converse, client: str, log_format: str) -> Logged:
    """The lines that a function with this body writes for some events, each of them JSON."""

    def run(body: str, *events: object, **environment: str) -> list[dict[str, Any]]:
        variables = json.dumps({"AWS_LAMBDA_LOG_FORMAT": log_format, **environment})
        app = project(HANDLER + body, f"functions: {{accounts: {{env: {variables}}}}}\n")
        lines: list[str] = []
        outcomes = converse(app, client, *(events or (1,)), log=lines)
        assert [is_error for is_error, _ in outcomes] == [False] * len(outcomes), outcomes
        return [json.loads(line) for line in lines if not line.startswith(f"{AWS_CLIENT} is not installed")]

    return run


def test_a_record_is_one_line_with_the_fields_of_its_invocation_alone(logged: Logged) -> None:
    body = """
    if event == 1:
        log.bind(order_id=event)
    log.info("two\\nlines\\r", amount=12)
    """
    first, second = logged(body, 1, 2)

    for record in (first, second):
        assert (record["level"], record["message"], record["amount"]) == ("INFO", "two\nlines\r", 12)
        assert (record["logger"], record["function"]) == ("app.functions.accounts.handler", "accounts")
        assert record["timestamp"].endswith("Z")
    assert (first["order_id"], first["coldStart"]) == (1, True)
    assert ("order_id" in second, second["coldStart"]) == (False, False)
    assert len({first["requestId"], second["requestId"]} - {"", None}) == 2


def test_another_librarys_record_gets_the_same_line(logged: Logged) -> None:
    body = """
    log.bind(order_id=7)
    logging.getLogger("library").info("%s of %s", 1, 2)
    log.info(context.aws_request_id)
    """
    of_library, own = logged(body)

    assert (of_library["logger"], of_library["message"], of_library["order_id"]) == ("library", "1 of 2", 7)
    assert of_library["requestId"] == own["requestId"] == own["message"]


@pytest.mark.parametrize(
    ("environment", "levels"),
    [
        ({}, ["INFO", "WARNING", "ERROR"]),
        ({"LOG_LEVEL": "DEBUG"}, ["DEBUG", "INFO", "WARNING", "ERROR"]),
        ({"LOG_LEVEL": "ERROR"}, ["ERROR"]),
        ({"AWS_LAMBDA_LOG_LEVEL": "WARN"}, ["WARNING", "ERROR"]),
        ({"AWS_LAMBDA_LOG_LEVEL": "WARN", "LOG_LEVEL": "DEBUG"}, ["WARNING", "ERROR"]),
    ],
)
def test_the_level_applies_whatever_handler_the_client_has_installed(
    logged: Logged, environment: dict[str, str], levels: list[str]
) -> None:
    body = "    for name in ('debug', 'info', 'warning', 'error'): getattr(log, name)(name)\n"

    assert [record["level"] for record in logged(body, **environment)] == levels


def test_an_exception_is_one_line_with_its_frames_and_its_cause(logged: Logged) -> None:
    body = """
    try:
        try:
            {}["missing"]
        except KeyError as error:
            raise ValueError("two\\nlines") from error
    except ValueError:
        log.exception("failed", order_id=7)
    """
    (record,) = logged(body)

    assert (record["level"], record["message"], record["order_id"]) == ("ERROR", "failed", 7)
    assert (record["errorType"], record["errorMessage"]) == ("ValueError", "two\nlines")
    assert "in work" in record["stackTrace"][0]
    assert "KeyError: 'missing'" in record["traceback"]
    assert ":work:" in record["location"]


def test_nothing_that_is_logged_fails_the_function(logged: Logged) -> None:
    body = """
    log.info("half of a pair: \\ud800", number=float("nan"), keys={(1, 2): {3}}, level="high", name="Ada")
    logging.getLogger("library").info("%d", "no number")
    logging.getLogger("library").exception("outside of an except block")
    """
    own, wrong, outside = logged(body)

    assert (own["message"], own["number"], own["keys"]) == ("half of a pair: ?", "nan", {"(1, 2)": [3]})
    assert (own["level"], own["level_"], own["name_"]) == ("INFO", "high", "Ada")
    assert wrong["message"] == "%d ('no number',)"
    assert (outside["level"], "errorType" in outside) == ("ERROR", False)


def test_a_metric_is_a_line_of_its_own(logged: Logged) -> None:
    body = """
    log.info("before")
    metric("orders", 1, kind="book")
    log.info("after")
    """
    before, document, after = logged(body, NAME="shop")

    assert (before["message"], after["message"]) == ("before", "after")
    assert document["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "shop",
            "Dimensions": [["function", "stage", "kind"]],
            "Metrics": [{"Name": "orders", "Unit": "Count"}],
        }
    ]
    assert [document[name] for name in ("function", "stage", "kind", "orders")] == ["accounts", "dev", "book", 1]
    assert document["requestId"] == before["requestId"]


def test_a_level_that_does_not_exist_is_told_once(logged: Logged) -> None:
    told, first, second = logged("    log.info(event)\n", 1, 2, LOG_LEVEL="VERBOSE")

    assert "LOG_LEVEL is 'VERBOSE', which is no level" in told["message"]
    assert [first["message"], second["message"]] == ["1", "2"]
