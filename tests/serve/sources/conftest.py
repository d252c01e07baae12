"""What the tests of sources share: services that run on this machine, and an app that is fed from them.

Handlers append what they do to a file, by which a test sees every effect, and each twice that happened twice.
"""

import asyncio
import fcntl
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tight.testing import embedded
from tight_tasks import manifest
from tight_tasks.dynamo.guard import guarded
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.process import started
from tight_tasks.serve import Serve
from tight_tasks.serve.feeds import KINDS, kind_of
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.source import Source
from tight_tasks.services import elasticmq
from tight_tasks.services.ports import free_port

REGION = "us-west-2"

# A handler that notes each record, fails for bodies with "fail" in them, and says so as AWS's page tells it.
NOTES = """
import json
import os
import pathlib

NOTED = pathlib.Path(os.environ["NOTED"])


def note(*what):
    with NOTED.open("a") as file:
        file.write(json.dumps(what) + chr(10))
"""
TAKES = (
    NOTES
    + """
def handler(event, context):
    failures = []
    for record in event["Records"]:
        if "fail" in record["body"]:
            note("failed", record["body"])
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            note("took", record["body"])
    return {"batchItemFailures": failures}
"""
)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The endpoint of an embedded AWS."""
    with embedded.running() as found:
        yield found.endpoint


@pytest.fixture(scope="session")
def elasticmq_engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ElasticMQ, as `services.install elasticmq` leaves it; one for all workers of a run."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH: apt-get install default-jre-headless maven")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place = Place(shared / "elasticmq")
    with (shared / "elasticmq.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not elasticmq.is_installed(place.engine):
            elasticmq.install(place)
    return place.engine


@pytest.fixture(scope="module")
def elasticmq_at(elasticmq_engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an ElasticMQ."""
    folder, port = tmp_path_factory.mktemp("elasticmq"), free_port()
    command = guarded(elasticmq.command(elasticmq_engine, port, folder, REGION, "123456789012"))
    with started(command, folder / "output.log", lambda: elasticmq.answers(port), "ElasticMQ"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=["aws", "elasticmq_at"], ids=["embedded AWS", "ElasticMQ"])
def sqs(request: pytest.FixtureRequest) -> str:
    """The endpoint of an SQS: the same cases for each."""
    endpoint: str = request.getfixturevalue(request.param)
    return endpoint


@pytest.fixture
def clients() -> Iterator[Callable[[str, str], Any]]:
    """Makes clients of a service at an endpoint, which are closed after the test."""
    with ExitStack() as stack:

        def make(service: str, endpoint: str) -> Any:
            keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "local")
            config = Config(retries={"max_attempts": 0}, proxies={})
            made = boto3.client(service, endpoint_url=endpoint, region_name=REGION, config=config, **keys)
            return stack.enter_context(closing(made))

        yield make


class Noted:
    """What the handlers have noted, in its order."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self) -> list[Any]:
        return [tuple(json.loads(line)) for line in self.file.read_text(encoding="utf-8").splitlines()]

    async def until(self, enough: Callable[[list[Any]], bool], limit_s: float = 60) -> list[Any]:
        """All of it, once there is enough."""

        async def wait() -> list[Any]:
            while not enough(self()):  # noqa: ASYNC110  # another process writes the file
                await asyncio.sleep(0.02)
            return self()

        try:
            return await asyncio.wait_for(wait(), limit_s)
        except asyncio.TimeoutError:
            raise AssertionError(f"not enough was noted: {self()}") from None


@pytest.fixture
def noted(tmp_path: Path) -> Noted:
    file = tmp_path / "noted.txt"
    file.touch()
    return Noted(file)


Visit = Callable[[Serve, Source], Awaitable[Any]]


async def status_at_end(source: Source) -> dict[str, Any]:
    """The status of a source that has been stopped: what a handler has noted is counted once its invocation ends."""
    await source.stop()
    return source.status()


@pytest.fixture
def feed(served: Callable[..., Any], noted: Noted, tmp_path: Path) -> Callable[..., Any]:
    """Feeds the function `take` of an app from what is declared while `visit(serve, source)` runs."""

    def run(folder: Path, endpoint: str, declared: dict[str, Any], visit: Visit, **options: Any) -> Any:
        variables = {"AWS_ENDPOINT_URL": endpoint, "NOTED": str(tmp_path / "noted.txt"), **options.pop("variables", {})}

        async def visiting(serve: Serve) -> Any:
            async def invoke(function: str, event: bytes) -> Outcome:
                return await serve.invoke(function, json.loads(event))

            source = manifest.Source(function="take", place="here", **declared)
            known = Aws(serve.project, {**serve.variables, **variables})
            module, name = KINDS[kind_of(source)]
            kind = getattr(__import__(f"tight_tasks.serve.sources.{module}", fromlist=[name]), name)
            made: Source = kind(source, "take", invoke, known)
            try:
                await made.start()
                return await visit(serve, made)
            finally:
                await made.stop()
                await known.close()

        return served(folder, visiting, variables=variables, **options)

    return run
