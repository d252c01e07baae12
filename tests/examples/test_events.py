"""examples/events: one app with every trigger, its handlers unedited on event builders, in serve, and in the host."""

import asyncio
import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.examples.outside import EFFECTS, EXAMPLE, Outside, example, make_tables
from tests.host.conftest import Hosting
from tests.serve.conftest import served  # noqa: F401  # a fixture
from tests.serve.rabbitmq import Broker
from tests.serve.sources.conftest import elasticmq_at, elasticmq_engine  # noqa: F401  # fixtures
from tests.tasks.conftest import dynamodb_local, local_dynamodb  # noqa: F401  # fixtures
from tight.testing import embedded
from tight_tasks.manifest import read_manifest
from tight_tasks.project import Project
from tight_tasks.serve import Serve

KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-west-2"}
EVERY_KIND = {"amqp", "bucket", "bus", "kinesis", "queue", "schedule", "stream", "topic", "websocket"}


@pytest.fixture(params=["embedded AWS", "ElasticMQ and DynamoDB Local"])
def services(request: pytest.FixtureRequest, broker: Broker) -> Iterator[dict[str, str]]:
    """What names the services: an embedded AWS of the test's own, or others beside it."""
    with embedded.running() as aws:
        found = {"AWS_ENDPOINT_URL": aws.endpoint, "AMQP_URL": broker.url}
        if request.param != "embedded AWS":
            found["AWS_ENDPOINT_URL_SQS"] = request.getfixturevalue("elasticmq_at")
            found["AWS_ENDPOINT_URL_DYNAMODB"] = request.getfixturevalue("local_dynamodb")
        yield found


def test_its_own_tests_pass_on_the_event_builders(tmp_path: Path, tested_app: Any) -> None:
    example(tmp_path)

    tested_app.passes()


def test_it_has_every_trigger(tmp_path: Path) -> None:
    functions = read_manifest(Project.load(example(tmp_path)), {}).functions

    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)) == {each.name for each in functions}
    assert {source.kind for function in functions for source in function.sources} == EVERY_KIND
    assert {trigger for function in functions for trigger in function.triggers} == {*EVERY_KIND, "direct", "http"}


def test_serve_feeds_it_from_the_services(
    tmp_path: Path,
    served: Callable[..., Any],  # noqa: F811  # the fixture
    services: dict[str, str],
) -> None:
    app = example(tmp_path)
    make_tables(app, services)

    async def visit(serve: Serve) -> None:
        with Outside(serve.url, services) as outside:
            await outside.everything_happens()
            assert await outside.effects() == (EFFECTS, ["o-3"])
        assert json.loads((await serve.invoke("totals", {"product": "tea"})).payload) == {"orders": 1}

    served(app, visit, variables=services)


def test_a_host_feeds_it_as_a_process_of_its_own(tmp_path: Path, services: dict[str, str]) -> None:
    app = example(tmp_path)
    make_tables(app, services)
    hosting = Hosting(app, (), 1, {**services, **KEYS})

    async def visit() -> None:
        with Outside(f"http://127.0.0.1:{hosting.port}", services) as outside:
            await outside.everything_happens()
            assert await outside.effects() == (EFFECTS, ["o-3"])

    try:
        hosting.wait()
        asyncio.run(visit())
        hosting.end(signal.SIGTERM)
        assert hosting.code() == 0
    finally:
        hosting.close()
