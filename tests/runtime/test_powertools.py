"""The decorators of AWS Lambda Powertools around handlers, as its documentation puts them."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest

from tight.testing import App

Write = Callable[[dict[str, str]], None]

INDEX = """
    from tight.app import controllers as _controllers

    __getattr__ = _controllers("app.functions")
"""


@pytest.fixture
def app_of(write_app: Write, shell: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., App]:
    """An app whose function `orders` has this handler.py."""
    shell.setenv("POWERTOOLS_SERVICE_NAME", tmp_path.name)  # a process has one logger for each service
    shell.setenv("POWERTOOLS_LOG_LEVEL", "INFO")

    def load(handler: str, index: str = INDEX) -> App:
        write_app({"app_index.py": index, "app/functions/orders/handler.py": handler})
        return App(import_module("app_index"))

    return load


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The records of Powertools' logger since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


BELOW = """
    from aws_lambda_powertools import Logger
    from tight import get

    logger = Logger()

    @get("/orders/{order_id}")
    @logger.inject_lambda_context(clear_state=True)
    def read(event, context, order_id):
        logger.info("read", order=order_id)
        return {"id": order_id}
"""
ABOVE = """
    from aws_lambda_powertools import Logger
    from tight import get

    logger = Logger()

    @logger.inject_lambda_context
    @get("/orders/{order_id}")
    def read(event, context, order_id):
        logger.info("read", order=order_id)
        return {"id": order_id}
"""


@pytest.mark.parametrize("handler", [BELOW, ABOVE])
def test_the_loggers_decorator_below_or_above_a_verb_adds_the_context(
    app_of: Callable[..., App], logged: Callable[[], list[dict[str, Any]]], handler: str
) -> None:
    app = app_of(handler)

    assert [app.orders.get(f"/orders/{number}").json for number in (7, 8)] == [{"id": "7"}, {"id": "8"}]
    first, second = logged()
    assert (first["message"], first["order"], second["order"]) == ("read", "7", "8")
    assert (first["function_name"], first["function_memory_size"]) == ("orders", "256")
    assert first["function_arn"] == "arn:aws:lambda:us-west-2:123456789012:function:orders"
    assert first["function_request_id"] != second["function_request_id"]


def test_the_loggers_decorator_around_a_whole_function_adds_the_context_and_a_correlation_id(
    app_of: Callable[..., App], logged: Callable[[], list[dict[str, Any]]]
) -> None:
    index = """
        from aws_lambda_powertools import Logger
        from aws_lambda_powertools.logging import correlation_paths
        from tight.app import controllers as _controllers

        logger = Logger()
        _functions = _controllers("app.functions")
        traced = logger.inject_lambda_context(
            _functions("orders"), correlation_id_path=correlation_paths.API_GATEWAY_HTTP, log_event=True
        )
    """
    handler = """
        from aws_lambda_powertools import Logger
        from tight import get

        logger = Logger()

        @get("/orders/{order_id}")
        def read(order_id):
            logger.info("read")
            return {"id": order_id}
    """
    app = app_of(handler, index)

    answer = app.traced.get("/orders/7")
    assert (answer.status, answer.json) == (200, {"id": "7"})
    event, read = logged()
    assert event["message"]["rawPath"] == "/orders/7"
    assert read["correlation_id"] == event["message"]["requestContext"]["requestId"]
    assert read["function_name"] == "traced"


@pytest.fixture
def store(shell: pytest.MonkeyPatch, aws: str) -> Iterator[Any]:
    """The table `idempotency` of the embedded AWS, as Powertools' documentation has it made."""
    shell.setenv("AWS_ENDPOINT_URL", aws)
    shell.setenv("AWS_DEFAULT_REGION", "eu-north-1")  # Lambda sets this one too, and boto3 reads no other
    table = boto3.resource("dynamodb").create_table(
        TableName="idempotency",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield table
    table.delete()


AROUND_A_VERB = """
    from itertools import count
    from aws_lambda_powertools.utilities.idempotency import (
        DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
    )
    from tight import post, wrap_all

    store = DynamoDBPersistenceLayer(table_name="idempotency")
    config = IdempotencyConfig(event_key_jmespath="key")
    numbers = count(1)
    failures = iter(["one"])

    def tell_the_time_left(request, proceed):
        config.register_lambda_context(request.context)
        return proceed(request)

    wrap_all(tell_the_time_left)

    @post("/orders")
    @idempotent_function(data_keyword_argument="body", config=config, persistence_store=store)
    def place(body):
        if body["product"] == "gone at first" and next(failures, None):
            raise OSError("out of stock")
        return {"statusCode": 201, "body": {"number": next(numbers), "product": body["product"]}}
"""


def test_the_idempotency_decorator_around_a_verb_runs_it_once_for_each_body(
    app_of: Callable[..., App], store: Any
) -> None:
    orders = app_of(AROUND_A_VERB).orders
    first, again, other = (
        orders.post("/orders", json={"key": key, "product": "tea"}) for key in ("one", "one", "other")
    )

    assert (first.status, first.json) == (201, {"number": 1, "product": "tea"})
    assert (again.status, again.json) == (201, first.json)
    assert other.json["number"] == 2
    assert sorted(item["status"] for item in store.scan()["Items"]) == ["COMPLETED", "COMPLETED"]


def test_a_verb_that_fails_is_run_again(app_of: Callable[..., App], store: Any) -> None:
    orders = app_of(AROUND_A_VERB).orders
    answers = [orders.post("/orders", json={"key": "one", "product": "gone at first"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [500, 201]
    assert [item["status"] for item in store.scan()["Items"]] == ["COMPLETED"]


DIRECT = """
    from itertools import count
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent
    from tight import direct

    config = IdempotencyConfig(event_key_jmespath="order_id")
    numbers = count(1)

    @direct
    @idempotent(config=config, persistence_store=DynamoDBPersistenceLayer(table_name="idempotency"))
    def handler(event, context):
        return {"payment": next(numbers)}
"""


@pytest.mark.parametrize(
    "handler",
    [
        DIRECT,
        DIRECT.replace("    @direct\n", ""),
        DIRECT.replace("    @direct\n", "").replace("    def", "    @direct\n    def"),
    ],
    ids=["below @direct", "a plain handler", "above @direct"],
)
def test_the_idempotency_decorator_around_an_invoked_handler_runs_it_once_for_each_event(
    app_of: Callable[..., App], store: Any, handler: str
) -> None:
    pay = app_of(handler).orders

    results = [pay.invoke({"order_id": order, "attempt": attempt}) for attempt, order in enumerate(("a", "a", "b"))]
    assert results == [{"payment": 1}, {"payment": 1}, {"payment": 2}]
    assert len(store.scan()["Items"]) == 2
