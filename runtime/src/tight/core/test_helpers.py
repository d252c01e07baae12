"""The test helpers of Tight 0.1. `from tight.core.test_helpers import *` in a `conftest.py` loads the whole plugin."""

from tight.testing import (
    app,
    context,
    dynamo_db_session,
    embedded_aws,
    event,
    expectation,
    expected_response_body,
    playback,
    pytest_addoption,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_teardown,
    pytest_terminal_summary,
    record,
    recording,
    tables,
)

__all__ = [
    "app",
    "context",
    "dynamo_db_session",
    "embedded_aws",
    "event",
    "expectation",
    "expected_response_body",
    "playback",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_terminal_summary",
    "record",
    "recording",
    "tables",
]
