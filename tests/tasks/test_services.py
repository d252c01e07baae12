"""`invoke services.run` in a terminal of its own, and what it leaves behind: nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from tests.serve.sources.conftest import elasticmq_engine  # noqa: F401  # a fixture
from tight_tasks.project import Project
from tight_tasks.serve.surroundings import local_endpoints
from tight_tasks.services import rabbitmq
from tight_tasks.services.place import running_services
from tight_tasks.services.ports import claimed_ports
from tight_tasks.services.run import AWS_PORT, run_rabbitmq

_LIMIT_S = 90.0
INDEX = 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n'
HANDLER = """
from tight import queue, topic


@queue("orders")
@topic("created")
def take(message):
    pass
"""


class Terminal:
    """`invoke services.run` in a process group of its own, as in a terminal."""

    def __init__(self, app: Path) -> None:
        self._output = app / f"terminal-{time.monotonic()}.txt"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "invoke", "services.run"],
                cwd=app,
                env=kept,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.family: list[psutil.Process] = []

    def printed(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def until_ready(self) -> "Terminal":
        deadline = time.monotonic() + _LIMIT_S
        while "Ctrl-C stops them" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.05)
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return self

    def end(self, number: int) -> int:
        """Its exit code after a signal; no process of it is left then."""
        os.killpg(self.process.pid, number)
        code = self.process.wait(_LIMIT_S)
        _, alive = psutil.wait_procs(self.family, timeout=_LIMIT_S)
        assert alive == []
        return code


@pytest.fixture
def services(app: Path) -> Iterator[Callable[[], Terminal]]:
    """Starts `invoke services.run` in an app with a queue and a topic; whatever a test has left is ended."""
    for name, text in {
        "app_index.py": INDEX,
        "app/__init__.py": "",
        "app/functions/__init__.py": "",
        "app/functions/orders/__init__.py": "",
        "app/functions/orders/handler.py": HANDLER,
        "env.dist.yml": "STAGE: dev\n",
    }.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text, encoding="utf-8")
    terminals: list[Terminal] = []

    def start() -> Terminal:
        terminals.append(Terminal(app))
        return terminals[-1]

    yield start
    for terminal in terminals:
        if terminal.process.poll() is None:
            terminal.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_embedded_aws_runs_until_the_task_ends_however_it_does(
    app: Path, services: Callable[[], Terminal], number: signal.Signals
) -> None:
    terminal = services().until_ready()
    project = Project.load(app)
    endpoint = running_services(app)["aws"]
    assert f"Embedded AWS {endpoint}   queue, topic" in terminal.printed()
    assert "ElasticMQ is not installed: invoke services.install elasticmq gets it." in terminal.printed()
    found = local_endpoints(project)
    assert {found[f"AWS_ENDPOINT_URL_{name}"] for name in ("SQS", "SNS", "S3", "DYNAMODB", "EVENTBRIDGE")} == {endpoint}

    assert terminal.end(number) == (-number if number == signal.SIGKILL else 0)
    assert local_endpoints(project) == {}


def test_a_second_one_says_that_the_first_runs(services: Callable[[], Terminal]) -> None:
    services().until_ready()
    second = services()
    assert second.process.wait(_LIMIT_S) == 2
    assert "aws of this app runs already: end its invoke services.run in the other terminal first" in second.printed()


def test_of_two_that_start_at_the_same_moment_the_later_takes_another_port(
    app: Path, services: Callable[[], Terminal]
) -> None:
    with claimed_ports(AWS_PORT):  # as the services.run of another app does, before anything of it listens
        terminal = services().until_ready()
        assert running_services(app)["aws"] != f"http://127.0.0.1:{AWS_PORT}"

        assert terminal.end(signal.SIGINT) == 0


def test_elasticmq_has_the_queues_where_it_is_installed(
    app: Path, services: Callable[[], Terminal], request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue("elasticmq_engine")
    (app / "local_services" / "elasticmq").mkdir(parents=True)
    (app / "local_services" / "elasticmq" / "engine").symlink_to(engine)
    terminal = services().until_ready()
    found = local_endpoints(Project.load(app))
    assert found["AWS_ENDPOINT_URL_SQS"] == running_services(app)["elasticmq"] != found["AWS_ENDPOINT_URL_SNS"]
    with urlopen(f"{found['AWS_ENDPOINT_URL_SQS']}/?Action=ListQueues") as answer:  # noqa: S310  # its own address
        assert b"ListQueuesResult" in answer.read()
    assert terminal.end(signal.SIGINT) == 0


def test_an_app_without_sources_needs_none(services: Callable[[], Terminal], app: Path) -> None:
    (app / "app/functions/orders/handler.py").write_text("def handler(event, context):\n    pass\n")
    terminal = services()
    assert terminal.process.wait(_LIMIT_S) == 0
    assert terminal.printed() == (
        "Nothing runs: no function of the app declares a source that a service is needed for.\n"
    )


def test_rabbitmq_runs_as_a_node_of_the_apps_own_and_is_reached_from_this_machine_alone(app: Path) -> None:
    reason = rabbitmq.why_not()
    if reason:
        pytest.skip(reason)
    project = Project.load(app)
    with run_rabbitmq(project) as service:
        assert local_endpoints(project) == {"AMQP_URL": service.endpoint}
        family = psutil.Process(service.process.pid).children(recursive=True)
        ports = {each.laddr for process in family for each in process.net_connections() if each.status == "LISTEN"}
        assert {address for address, _ in ports} <= {"127.0.0.1", "::1"}
        assert service.endpoint in {f"amqp://guest:guest@127.0.0.1:{port}/" for _, port in ports}
    _, alive = psutil.wait_procs(family, timeout=_LIMIT_S)
    assert alive == []
    assert local_endpoints(project) == {}
