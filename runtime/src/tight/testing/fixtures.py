"""The fixtures of `tight.testing`."""

import os
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from tight.testing import embedded
from tight.testing.context import LambdaContext
from tight.testing.expectations import Expectation
from tight.testing.isolation import NOWHERE
from tight.testing.tables import create_tables, delete_tables, models_of


@pytest.fixture(scope="session")
def app() -> ModuleType:
    """The app's `app_index`: `app.accounts(event, context)` is what Lambda calls."""
    return import_module("app_index")


@pytest.fixture
def context() -> LambdaContext:
    """A Lambda context whose remaining time falls."""
    return LambdaContext()


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[str]:
    """The endpoint of the embedded AWS, started once for a run and only where a test asks for it."""
    with embedded.running() as aws:
        os.environ["AWS_ENDPOINT_URL"] = aws.endpoint
        yield aws.endpoint
        os.environ["AWS_ENDPOINT_URL"] = NOWHERE


@pytest.fixture
def tables(embedded_aws: str) -> Iterator[list[str]]:  # noqa: ARG001  # asked for its effect
    """The names of the tables of the app's models, made empty for one test and dropped after it."""
    models = models_of()
    names = create_tables(models)
    yield names
    delete_tables(models)


@pytest.fixture
def expectation(request: pytest.FixtureRequest) -> Expectation:
    """What `expectations/<name of the test>.yml`, beside the test, expects."""
    # The name without its parameters: all cases of a test expect the same.
    return Expectation(request.path.parent / "expectations" / f"{request.node.originalname}.yml")
