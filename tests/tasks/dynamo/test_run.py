"""The task dynamo.run, with DynamoDB Local and with the embedded database."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.tasks.dynamo.conftest import Terminal
from tight_tasks.dynamo.local import answers, why_not
from tight_tasks.services.ports import free_port

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]
Run = Callable[..., Terminal]

KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
STORE_AND_FIND = """
from app.models.Order import Order

for number in (2, 1):
    Order(f"order-{number}", owner="ada", placed=number).save()
print([order.id for order in Order.by_owner.query("ada")])
"""
READ = """
from app.models.Order import Order

print(sorted(order.id for order in Order.scan()))
"""


def in_the_app(app: Path, endpoint: str, code: str) -> str:
    """What code of the app prints, with a database and the variables that its functions get."""
    own = {"NAME": "shop", "STAGE": "dev", "AWS_REGION": "eu-north-1", "AWS_ENDPOINT_URL_DYNAMODB": endpoint}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=app, env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(params=["DynamoDB Local", "embedded"])
def arguments(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Of dynamo.run, for each of the databases."""
    if request.param == "embedded":
        return ("--embedded",)
    request.getfixturevalue("installed")
    return ()


def test_the_app_stores_and_finds_items_in_tables_with_index_stream_and_time_to_live(
    app: Path, run: Run, invoke: Invoke, arguments: tuple[str, ...]
) -> None:
    terminal = run(*arguments).wait_until_ready()

    assert "\nThis engine has the following tables ['shop-dev-orders']\n" in f"\n{terminal.printed()}"
    assert f"AWS_ENDPOINT_URL_DYNAMODB={terminal.endpoint} lets the app find it." in terminal.printed()
    with closing(boto3.client("dynamodb", endpoint_url=terminal.endpoint, region_name="eu-north-1", **KEYS)) as client:
        table: dict[str, Any] = client.describe_table(TableName="shop-dev-orders")["Table"]
        assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by-owner"]
        assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        time_to_live = client.describe_time_to_live(TableName="shop-dev-orders")["TimeToLiveDescription"]
        assert time_to_live == {"TimeToLiveStatus": "ENABLED", "AttributeName": "gone_at"}

    assert in_the_app(app, terminal.endpoint, STORE_AND_FIND) == "['order-1', 'order-2']"
    assert invoke("dynamo.tables").stdout.splitlines() == [
        f"{terminal.endpoint} has 1 of 1 tables",
        "  shop-dev-orders   2 items   Order   id (S); by-owner: owner (S), placed (N)",
    ]

    again = invoke("dynamo.run", "--embedded")
    assert again.returncode == 2
    assert f"The database of this app runs already (process {terminal.process.pid}" in again.stderr

    stopped = invoke("dynamo.stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"The database at {terminal.endpoint} is down.\n")
    assert terminal.exit_code() == 0
    assert terminal.printed().endswith("The database is down.\n")
    assert terminal.children() == []


def test_data_is_kept_when_asked_and_else_starts_new_and_a_database_outlives_no_task(installed: Path, run: Run) -> None:
    foreign = installed / "dynamo_db" / "data" / "notes.db"
    first = run().wait_until_ready()
    assert "listens on port" in first.printed()
    assert "every interface" in first.printed()
    foreign.write_text("mine", encoding="utf-8")
    in_the_app(installed, first.endpoint, STORE_AND_FIND)
    assert first.press_ctrl_c() == 0
    assert first.children() == []
    assert "Traceback" not in first.printed()

    second = run("--keep").wait_until_ready()
    assert in_the_app(installed, second.endpoint, READ) == "['order-1', 'order-2']"
    assert second.send(signal.SIGKILL) == -signal.SIGKILL
    second.wait_until_childless()

    third = run().wait_until_ready()
    assert in_the_app(installed, third.endpoint, READ) == "[]"
    assert foreign.read_text(encoding="utf-8") == "mine"
    assert third.send(signal.SIGTERM) == 0
    assert third.children() == []


def test_the_embedded_database_outlives_no_task_either(run: Run) -> None:
    terminal = run("--embedded").wait_until_ready()

    assert len(terminal.children()) == 1
    assert terminal.send(signal.SIGKILL) == -signal.SIGKILL
    terminal.wait_until_childless()


def test_a_file_in_the_place_of_its_folder_is_told(app: Path, run: Run) -> None:
    (app / "dynamo_db").touch()
    terminal = run("--embedded")

    assert terminal.exit_code() == 2
    assert terminal.printed().startswith(f"{app / 'dynamo_db'} can't be written: Not a directory; nothing was changed")


def test_what_the_database_last_said_is_told_when_it_does_not_start(app: Path, run: Run) -> None:
    engine = app / "dynamo_db" / "engine"
    engine.mkdir(parents=True)
    (engine / "DynamoDBLocal.jar").write_text("no jar", encoding="utf-8")
    if why_not(engine):
        pytest.skip(str(why_not(engine)))
    terminal = run()

    assert terminal.exit_code() == 2
    assert "The database can't be run: it has ended with exit code 1:\n" in terminal.printed()
    assert "DynamoDBLocal.jar" in terminal.printed()
    assert "Traceback" not in terminal.printed()


def test_a_database_that_ends_by_itself_ends_the_task(run: Run) -> None:
    terminal = run("--embedded").wait_until_ready()
    for child in terminal.children():
        os.kill(child, signal.SIGKILL)

    assert terminal.exit_code() == 2
    assert "The database can't be run: it has ended with exit code -9:" in terminal.printed()


@pytest.fixture
def stranger() -> Any:
    """A server that says yes to everything; `asked` counts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.asked += 1  # type: ignore[attr-defined]  # set below
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b'{"TableNames": []}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = 0  # type: ignore[attr-defined]  # for the handler
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_nothing_is_made_in_a_strangers_database_on_the_port(invoke: Invoke, shell: Any, stranger: Any) -> None:
    done = invoke("dynamo.run", "--port", str(stranger.server_port))

    assert (done.returncode, done.stdout) == (2, "")
    sentence = f"something listens on port {stranger.server_port} already: end it, or choose another one with --port\n"
    assert done.stderr == sentence
    assert stranger.asked == 0


def test_a_stranger_who_takes_the_port_while_the_database_starts_is_not_taken_for_it(stranger: Any) -> None:
    assert not answers(stranger.server_port, "http://secret.invalid")
    assert stranger.asked == 1


def test_without_java_the_embedded_database_is_run_and_that_is_said(
    app: Path, run: Run, shell: pytest.MonkeyPatch
) -> None:
    (app / "dynamo_db" / "engine").mkdir(parents=True)
    (app / "dynamo_db" / "engine" / "DynamoDBLocal.jar").touch()
    shell.delenv("JAVA_HOME", raising=False)
    shell.setenv("PATH", str(app))
    terminal = run().wait_until_ready()

    assert terminal.printed().startswith("DynamoDB Local needs Java, and neither JAVA_HOME nor PATH has it: install")
    assert "Starting the embedded database instead, which holds everything in memory." in terminal.printed()
    assert "['shop-dev-orders']" in terminal.printed()
    assert terminal.press_ctrl_c() == 0
    assert "Traceback" not in terminal.printed()
    assert terminal.children() == []


def test_without_moto_it_is_said_in_a_sentence_what_brings_the_embedded_database(
    invoke: Invoke, shell: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['moto'] = None\n", encoding="utf-8")
    shell.setenv("PYTHONPATH", str(tmp_path))
    done = invoke("dynamo.run", "--embedded", "--port", str(free_port()))

    sentence = "The embedded AWS can't be run: moto is not installed: pip install 'tight-runtime[testing]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_without_an_installation_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    assert why_not(tmp_path) == "DynamoDB Local is not installed: invoke dynamo.install gets it."


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "needs Java 17 or newer, and {java} is version 11."),
        ('java version "1.8.0_402"', "needs Java 17 or newer, and {java} is version 8."),
        ("No Java runtime present", "needs Java, and {java} is not one that works: install Java 17 or newer."),
    ],
)
def test_a_java_that_is_too_old_or_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, reason: str
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    (tmp_path / "DynamoDBLocal.jar").touch()

    assert why_not(tmp_path) == f"DynamoDB Local {reason.format(java=java)}"


@pytest.mark.parametrize("arguments", [["--embedded", "--keep"], ["--keep"]])
def test_data_in_memory_can_not_be_kept(invoke: Invoke, shell: Any, arguments: list[str]) -> None:
    done = invoke("dynamo.run", "--port", str(free_port()), *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("The embedded database holds everything in memory: leave --keep out\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_port_that_can_not_be_is_refused(invoke: Invoke) -> None:
    done = invoke("dynamo.run", "--port", "65536")

    assert (done.returncode, done.stderr) == (2, "--port 65536: write a number from 1 to 65535\n")


def test_a_model_that_can_not_be_imported_is_one_sentence(app: Path, run: Run) -> None:
    (app / "app" / "models" / "Bad.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    terminal = run("--embedded")

    assert terminal.exit_code() == 2
    reason = "ModuleNotFoundError: No module named 'nothing_of_that_name'"
    assert terminal.printed() == f"the tables of the app in {app} can't be made: {reason}\n"
    assert terminal.children() == []
