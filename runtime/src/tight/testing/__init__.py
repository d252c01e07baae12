"""Tight's pytest plugin. An app's `conftest.py` loads it: `pytest_plugins = ["tight.testing"]`.

Under it no test reaches a real account: see `tight.testing.isolation`. Only `--record-profile` opens one, to tests with
the fixture `recording`: see `tight.testing.account`.
"""

from tight.testing.answer import Answer
from tight.testing.client import App, Function
from tight.testing.context import LambdaContext
from tight.testing.events import (
    alb_event,
    batch,
    dynamodb_event,
    eventbridge_event,
    function_url_event,
    http_api_event,
    kinesis_event,
    rabbitmq_event,
    request_authorizer_event,
    rest_api_event,
    s3_event,
    s3_test_event,
    schedule_event,
    sns_event,
    sqs_event,
    token_authorizer_event,
    websocket_authorizer_event,
    websocket_connect_event,
    websocket_disconnect_event,
    websocket_message_event,
)
from tight.testing.expectations import Expectation, expected_response_body
from tight.testing.fixtures import app, context, embedded_aws, event, expectation, tables
from tight.testing.isolation import pytest_configure, pytest_runtest_teardown
from tight.testing.options import pytest_addoption, pytest_runtest_call, pytest_terminal_summary
from tight.testing.recordings import Recorder, dynamo_db_session, playback, record, recording

__all__ = [
    "Answer",
    "App",
    "Expectation",
    "Function",
    "LambdaContext",
    "Recorder",
    "alb_event",
    "app",
    "batch",
    "context",
    "dynamo_db_session",
    "dynamodb_event",
    "embedded_aws",
    "event",
    "eventbridge_event",
    "expectation",
    "expected_response_body",
    "function_url_event",
    "http_api_event",
    "kinesis_event",
    "playback",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_terminal_summary",
    "rabbitmq_event",
    "record",
    "recording",
    "request_authorizer_event",
    "rest_api_event",
    "s3_event",
    "s3_test_event",
    "schedule_event",
    "sns_event",
    "sqs_event",
    "tables",
    "token_authorizer_event",
    "websocket_authorizer_event",
    "websocket_connect_event",
    "websocket_disconnect_event",
    "websocket_message_event",
]
