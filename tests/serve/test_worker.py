"""One execution environment: how it begins and ends, and what its process gets."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight_tasks.project import Project
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.variables import lambda_environment
from tight_tasks.serve.worker import AWS_CLIENT, STAND_IN, Worker, runtime_client

MakeProject = Callable[..., Project]
Converse = Callable[..., list[tuple[bool, Any]]]

RAW = "def handler(event, context):\n    "


def test_a_process_that_ends_fails_its_event_with_its_exit_status(
    project: MakeProject, converse: Converse, client: str
) -> None:
    first, second = converse(project("import os\n" + RAW + "os._exit(3)\n"), client, 1, 2)

    for is_error, error in (first, second):
        assert (is_error, error["errorType"]) == (True, "Runtime.ExitError")
        assert error["errorMessage"].endswith(" Error: Runtime exited with error: exit status 3")


def test_a_timeout_ends_the_process_and_fails_the_event(project: MakeProject, converse: Converse, client: str) -> None:
    app = project("import time\n" + RAW + "time.sleep(60)\n", "defaults: {timeout: 0.5}\n")
    started = time.monotonic()

    ((is_error, error),) = converse(app, client, 1)
    assert (is_error, error["errorType"]) == (True, "Sandbox.Timedout")
    assert error["errorMessage"].endswith(" Error: Task timed out after 0.50 seconds")
    assert time.monotonic() - started < 30


def test_the_time_to_initialise_is_not_the_functions_own(project: MakeProject, converse: Converse, client: str) -> None:
    app = project("import time\ntime.sleep(1)\n" + RAW + "return 'answer'\n", "defaults: {timeout: 0.5}\n")

    assert converse(app, client, 1) == [(False, "answer")]


def test_an_invocation_that_is_given_up_does_not_meet_the_next(project: MakeProject) -> None:
    app = project("import time\n" + RAW + "time.sleep(event); return event\n")

    async def run() -> Outcome:
        async with Worker(app, "accounts", {}) as worker:
            await worker.invoke(0)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(worker.invoke(5), 0.2)
            return await worker.invoke(0)

    assert json.loads(asyncio.run(run()).payload)["errorType"] == "Runtime.ExitError"


def test_nothing_that_a_handler_started_is_left(project: MakeProject, converse: Converse, client: str) -> None:
    source = "import subprocess\n" + RAW + "return subprocess.Popen(['sleep', '300'], stdin=None).pid\n"

    ((_, pid),) = converse(project(source), client, 1)
    deadline = time.monotonic() + 10
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)


def test_the_stand_in_says_that_it_plays_the_runtime(project: MakeProject, converse: Converse) -> None:
    log: list[str] = []
    converse(project(RAW + "return 1\n"), STAND_IN, 1, log=log)

    assert log == ["awslambdaric is not installed (it has wheels for Linux only): Tight's stand-in takes its place"]


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_aws_own_client_is_the_default_where_it_is_installed() -> None:
    assert runtime_client() == AWS_CLIENT


def test_a_function_gets_lambdas_variables_its_own_and_nothing_of_the_shell(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the shell")
    monkeypatch.setenv("MY_SHELL_VARIABLE", "of the shell")
    app = project("", "functions: {accounts: {env: {FEATURE: 'on'}}}\n")

    given = {"STAGE": "dev", "AWS_LAMBDA_FUNCTION_NAME": "forged"}
    environment = lambda_environment(app, "accounts", given, "127.0.0.1:9001")
    assert environment["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001"
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "accounts"
    assert (environment["STAGE"], environment["FEATURE"]) == ("dev", "on")
    assert "of the shell" not in environment.values()


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc").exists():
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    return state != "Z"
