"""The fixtures of `tight.testing`."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
import yaml

from tight.models import models_of
from tight.testing import embedded
from tight.testing.client import App
from tight.testing.context import LambdaContext
from tight.testing.events import Event, rest_api_event
from tight.testing.expectations import Expectation
from tight.testing.isolation import NOWHERE
from tight.testing.options import ACCOUNT, is_recording
from tight.testing.tables import create_tables, delete_tables

if TYPE_CHECKING:
    from pynamodb.models import Model


@pytest.fixture(scope="session")
def app() -> App:
    """The app's `app_index`: `app.accounts.get("/accounts/7")` is a request, and `app.accounts(event, context)` is what
    Lambda calls.
    """
    return App(import_module("app_index"))


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
def tables(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The names of the tables of the app's models, made empty for one test and dropped after it.

    With `recording` there are tables only while the embedded AWS is recorded: a recording has none, an account its own.
    """
    models = models_of()
    recorded = "recording" in request.fixturenames
    if recorded and (not is_recording(request.config) or ACCOUNT in request.config.stash):
        yield [model.Meta.table_name for model in models]
        return
    request.getfixturevalue("embedded_aws")
    with _unrecorded(models):
        names = create_tables(models)
    yield names
    with _unrecorded(models):
        delete_tables(models)


@pytest.fixture
def event(request: pytest.FixtureRequest) -> Event:
    """An event: that in the app's `tests/fixtures/lambda_proxy_event.yml` if there is one, else GET / of a REST API."""
    own = request.config.rootpath / "tests" / "fixtures" / "lambda_proxy_event.yml"
    if not own.exists():
        return rest_api_event("GET", "/")
    found: Event = yaml.safe_load(own.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def expectation(request: pytest.FixtureRequest) -> Expectation:
    """What `expectations/<name of the test>.yml`, beside the test, expects."""
    # The name without its parameters: all cases of a test expect the same.
    return Expectation(request.path.parent / "expectations" / f"{request.node.originalname}.yml")


def _unrecorded(models: "list[type[Model]]") -> AbstractContextManager[None]:
    if not models:
        return nullcontext()
    from tight.testing.calls import unseen  # needs botocore, which models have loaded

    return unseen()
