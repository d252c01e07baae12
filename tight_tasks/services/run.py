"""Runs the services that an app declares in the foreground, as far as this machine has them."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tight_tasks import embedded
from tight_tasks.dynamo.guard import guarded
from tight_tasks.dynamo.process import started, told
from tight_tasks.dynamo.running import Record, held
from tight_tasks.dynamo.tables import make_tables
from tight_tasks.env import read_environment
from tight_tasks.errors import CanNotStart, DatabaseRuns, ServiceRuns
from tight_tasks.manifest import Manifest, read_manifest
from tight_tasks.project import Project
from tight_tasks.services import elasticmq, rabbitmq
from tight_tasks.services.place import place_of
from tight_tasks.services.ports import claimed_ports

AWS_PORT = 4566
_ACCOUNT = "123456789012"
_IN_AWS = frozenset({"queue", "topic", "stream", "kinesis", "bucket", "bus"})


@dataclass(frozen=True)
class Service:
    """A service that was started. `uses` says for what of the app."""

    title: str
    endpoint: str
    uses: str
    process: "subprocess.Popen[bytes]"
    output: Path


Starting = AbstractContextManager[Service]


def run_services(project: Project, say: Callable[[str], None]) -> None:
    """Until `KeyboardInterrupt`. No process is left then, nor after `CanNotStart` and `ServiceRuns`."""
    declared = read_manifest(project, read_environment(project))
    kinds = {source.kind for source in declared.sources}
    with ExitStack() as stack:
        services = [stack.enter_context(each) for each in _wanted(project, declared, kinds, say)]
        if not services:
            say("Nothing runs: no function of the app declares a source that a service is needed for.")
            return
        for service in services:
            say(f"{service.title:<12} {service.endpoint}   {service.uses}")
        say("invoke serve finds them. Ctrl-C stops them.")
        while True:
            _check(services)
            time.sleep(0.2)


def _wanted(project: Project, declared: Manifest, kinds: set[str], say: Callable[[str], None]) -> Iterator[Starting]:
    if kinds & _IN_AWS:
        yield run_embedded(project, declared, kinds)
    if "queue" in kinds:
        why_not = elasticmq.why_not(place_of(project.root, "elasticmq").engine)
        if why_not:
            say(f"{why_not} Queues are those of the embedded AWS meanwhile.")
        else:
            yield run_elasticmq(project)
    if "amqp" in kinds:
        why_not = rabbitmq.why_not()
        if why_not:
            say(why_not)
        else:
            yield run_rabbitmq(project)


@contextmanager
def run_embedded(project: Project, declared: Manifest, kinds: set[str]) -> Iterator[Service]:
    place, title = place_of(project.root, "aws"), "Embedded AWS"
    with _held(project, "aws") as record, claimed_ports(AWS_PORT) as (port,):
        endpoint = f"http://127.0.0.1:{port}"
        command = embedded.command(port)
        # It says so when it listens, and only then.
        starting = started(command, place.output, lambda: f'"{endpoint}"' in told(place.output), title)
        with starting as process:
            if declared.models:
                make_tables(project, endpoint)
            record.write(endpoint)
            yield Service(title, endpoint, ", ".join(sorted(kinds & _IN_AWS)), process, place.output)


@contextmanager
def run_elasticmq(project: Project) -> Iterator[Service]:
    place, title = place_of(project.root, "elasticmq"), "ElasticMQ"
    with _held(project, "elasticmq") as record, claimed_ports(elasticmq.DEFAULT_PORT) as (port,):
        command = guarded(elasticmq.command(place.engine, port, place.data, project.region, _ACCOUNT))
        with started(command, place.output, lambda: elasticmq.answers(port), title) as process:
            record.write(f"http://127.0.0.1:{port}")
            yield Service(title, f"http://127.0.0.1:{port}", "queue", process, place.output)


@contextmanager
def run_rabbitmq(project: Project) -> Iterator[Service]:
    place, title = place_of(project.root, "rabbitmq"), "RabbitMQ"
    with _held(project, "rabbitmq") as record, claimed_ports(rabbitmq.DEFAULT_PORT, 0, 0) as ports:
        broker = rabbitmq.Broker.new(place.data, *ports)
        names = started(guarded(broker.names_command()), place.output, broker.names_answer, title)
        with names, started(guarded(broker.command()), place.output, broker.answers, title) as process:
            record.write(broker.address)
            yield Service(title, broker.address, "amqp", process, place.output)


@contextmanager
def _held(project: Project, service: str) -> Iterator[Record]:
    try:
        with held(place_of(project.root, service)) as record:
            yield record
    except DatabaseRuns as error:
        raise ServiceRuns(service) from error


def _check(services: list[Service]) -> None:
    for service in services:
        code = service.process.poll()
        if code is not None:
            raise CanNotStart(f"it has ended with exit code {code}:\n{told(service.output)}", service.title)
