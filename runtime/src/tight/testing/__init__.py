"""Tight's pytest plugin. An app's `conftest.py` loads it: `pytest_plugins = ["tight.testing"]`.

Under it no test reaches a real account: see `tight.testing.isolation`.
"""

from tight.testing.context import LambdaContext
from tight.testing.events import http_api_event, rest_api_event
from tight.testing.expectations import Expectation
from tight.testing.fixtures import app, context, embedded_aws, expectation, tables
from tight.testing.isolation import pytest_configure

__all__ = [
    "Expectation",
    "LambdaContext",
    "app",
    "context",
    "embedded_aws",
    "expectation",
    "http_api_event",
    "pytest_configure",
    "rest_api_event",
    "tables",
]
