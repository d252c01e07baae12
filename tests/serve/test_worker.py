"""One execution environment, as AWS's runtime client and Tight's stand-in play it: the same cases for both."""

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
from tight_tasks.serve.runtime_api import Outcome
from tight_tasks.serve.worker import AWS_CLIENT, STAND_IN, Worker, lambda_environment, runtime_client

MakeProject = Callable[..., Project]

CLIENTS = [
    pytest.param(
        AWS_CLIENT,
        marks=pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only"),
    ),
    STAND_IN,
]
both_clients = pytest.mark.parametrize("client", CLIENTS)
RAW = "def handler(event, context):\n    "


def converse(project: Project, client: str, *events: object, log: list[str] | None = None) -> list[tuple[bool, Any]]:
    """Whether each event ended in an error, and what the answer was."""

    async def run() -> list[tuple[bool, Any]]:
        async with Worker(
            project, "accounts", {"STAGE": "dev"}, client=client, log=(log if log is not None else []).append
        ) as worker:
            outcomes = [await worker.invoke(event) for event in events]
        return [(outcome.is_error, json.loads(outcome.payload)) for outcome in outcomes]

    return asyncio.run(run())


@both_clients
def test_the_handler_of_a_function_answers_an_event(project: MakeProject, client: str) -> None:
    app = project("from tight import get\n@get\ndef read(query):\n    return {'hello': query['name']}\n")
    event = {"httpMethod": "GET", "path": "/", "queryStringParameters": {"name": "wörld"}}

    ((is_error, answer),) = converse(app, client, event)
    assert (is_error, answer["statusCode"], answer["body"]) == (False, 200, r'{"hello":"w\u00f6rld"}')


@both_clients
def test_an_environment_stays_warm_between_events(project: MakeProject, client: str) -> None:
    app = project("import os\nseen = []\n" + RAW + "seen.append(event); return [len(seen), os.getpid()]\n")

    answers = [answer for _, answer in converse(app, client, 1, 2, 3)]
    assert [count for count, _ in answers] == [1, 2, 3]
    assert len({pid for _, pid in answers}) == 1


@both_clients
@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("event", {"a": [1, None, "é", 1.5]}),
        ("None", None),
        ("'text'", "text"),
        ("__import__('decimal').Decimal('1.25')", 1.25),
        ("__import__('decimal').Decimal('3')", 3),
        ("[__import__('decimal').Decimal('0.1234567890123456789'), 'é']", [0.12345678901234568, "é"]),
    ],
)
def test_an_answer_is_the_json_of_what_the_handler_returns(
    project: MakeProject, client: str, expression: str, answer: object
) -> None:
    assert converse(project(RAW + f"return {expression}\n"), client, {"a": [1, None, "é", 1.5]}) == [(False, answer)]


@both_clients
@pytest.mark.parametrize(
    ("expression", "payload"),
    [
        ("b'\\x00\\xff'", b"\x00\xff"),
        ("[__import__('decimal').Decimal('1.10'), __import__('decimal').Decimal('1E+3')]", b"[1.10, 1E+3]"),
        ("__import__('decimal').Decimal('NaN')", b"NaN"),
    ],
)
def test_bytes_and_decimals_are_sent_digit_by_digit(
    project: MakeProject, client: str, expression: str, payload: bytes
) -> None:
    async def run() -> bytes:
        async with Worker(project(RAW + f"return {expression}\n"), "accounts", {}, client=client) as worker:
            return (await worker.invoke(1)).payload

    assert asyncio.run(run()) == payload


@both_clients
def test_an_exception_is_lambdas_error_json_and_the_next_event_is_served(project: MakeProject, client: str) -> None:
    app = project(RAW + "if event == 1: raise ValueError('broken')\n    return 'fine'\n")

    (first_failed, error), second = converse(app, client, 1, 2)
    assert first_failed
    assert (error["errorType"], error["errorMessage"], len(error["requestId"])) == ("ValueError", "broken", 36)
    assert len(error["stackTrace"]) == 1
    assert "handler.py" in error["stackTrace"][0]
    assert "raise ValueError('broken')" in error["stackTrace"][0]
    assert "^^^" not in error["stackTrace"][0]
    assert second == (False, "fine")


@both_clients
def test_an_answer_that_is_no_json_is_a_marshal_error(project: MakeProject, client: str) -> None:
    ((is_error, error),) = converse(project(RAW + "return object()\n"), client, 1)

    assert is_error
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"].startswith(
        "Unable to marshal response: Object of type object is not JSON serializable"
    )


@both_clients
@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("import no_such_package", "ModuleNotFoundError", "No module named 'no_such_package'"),
        ("import os\nos.no_such_thing", "ControllerImportError", "importing app.functions.accounts.handler failed"),
        ("raise ValueError('on import')", "ValueError", "on import"),
        ("x = 1", "NoHandler", "app.functions.accounts.handler marks no function"),
    ],
)
def test_a_handler_that_can_not_be_imported_fails_every_event_with_the_cause(
    project: MakeProject, client: str, source: str, kind: str, message: str
) -> None:
    first, second = converse(project(source), client, 1, 2)

    is_error, error = first
    assert (is_error, error["errorType"], error["requestId"]) == (True, kind, "")
    assert error["errorMessage"].startswith(message)
    assert second == first


@both_clients
@pytest.mark.parametrize(
    ("index", "kind", "message"),
    [
        ("", "Runtime.HandlerNotFound", "Handler 'accounts' missing on module 'app_index'"),
        ("import nothing_here", "Runtime.ImportModuleError", "Unable to import module 'app_index': No module named"),
        ("def broken(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app_index': "),
    ],
)
def test_a_broken_entry_module_is_reported_in_the_runtimes_own_kinds(
    project: MakeProject, client: str, index: str, kind: str, message: str
) -> None:
    app = project("")
    (app.root / "app_index.py").write_text(index, encoding="utf-8")

    ((is_error, error),) = converse(app, client, 1)
    assert (is_error, error["errorType"]) == (True, kind)
    assert error["errorMessage"].startswith(message)


@both_clients
def test_the_context_is_lambdas(project: MakeProject, client: str) -> None:
    names = [
        "function_name",
        "function_version",
        "memory_limit_in_mb",
        "invoked_function_arn",
        "log_group_name",
        "client_context",
    ]
    app = project(
        f"import time\nnames = {names}\n" + RAW + "first = context.get_remaining_time_in_millis()\n"
        "    time.sleep(0.02)\n"
        "    return [getattr(context, name) for name in names], first, context.get_remaining_time_in_millis()\n",
        "region: eu-north-1\nfunctions: {accounts: {memory: 512, timeout: 5}}\n",
    )

    ((_, (values, first, second)),) = converse(app, client, 1)
    assert dict(zip(names, values, strict=True)) == {
        "function_name": "accounts",
        "function_version": "$LATEST",
        "memory_limit_in_mb": "512",
        "invoked_function_arn": "arn:aws:lambda:eu-north-1:123456789012:function:accounts",
        "log_group_name": "/aws/lambda/accounts",
        "client_context": None,
    }
    assert 0 < second < first <= 5000


@both_clients
def test_what_a_handler_prints_and_logs_is_passed_on_line_by_line_and_never_in_the_answer(
    project: MakeProject, client: str
) -> None:
    app = project(
        "import logging, sys\n" + RAW + "print('printed', 'x' * 100_000)\n"
        "    print('to stderr', file=sys.stderr)\n"
        "    logging.getLogger('app').warning('warned')\n"
        "    sys.stdout.write('unfinished')\n"
        "    return 'answer'\n"
    )
    log: list[str] = []

    assert converse(app, client, 1, log=log) == [(False, "answer")]
    assert "printed " + "x" * 100_000 in log
    assert "to stderr" in log
    (warned,) = [line for line in log if "warned" in line]
    level, moment, request_id, message = warned.split("\t")
    assert (level, moment[-1], len(request_id), message) == ("[WARNING]", "Z", 36, "warned")
    assert log[-1] == "unfinished"


@both_clients
def test_a_process_that_ends_fails_its_event_with_its_exit_status(project: MakeProject, client: str) -> None:
    first, second = converse(project("import os\n" + RAW + "os._exit(3)\n"), client, 1, 2)

    for is_error, error in (first, second):
        assert (is_error, error["errorType"]) == (True, "Runtime.ExitError")
        assert error["errorMessage"].endswith(" Error: Runtime exited with error: exit status 3")


@both_clients
def test_a_timeout_ends_the_process_and_fails_the_event(project: MakeProject, client: str) -> None:
    app = project("import time\n" + RAW + "time.sleep(60)\n", "defaults: {timeout: 0.5}\n")
    started = time.monotonic()

    ((is_error, error),) = converse(app, client, 1)
    assert (is_error, error["errorType"]) == (True, "Sandbox.Timedout")
    assert error["errorMessage"].endswith(" Error: Task timed out after 0.50 seconds")
    assert time.monotonic() - started < 30


@both_clients
def test_the_time_to_initialise_is_not_the_functions_own(project: MakeProject, client: str) -> None:
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


@both_clients
def test_nothing_that_a_handler_started_is_left(project: MakeProject, client: str) -> None:
    source = "import subprocess\n" + RAW + "return subprocess.Popen(['sleep', '300'], stdin=None).pid\n"

    ((_, pid),) = converse(project(source), client, 1)
    deadline = time.monotonic() + 10
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)


def test_the_stand_in_says_that_it_plays_the_runtime(project: MakeProject) -> None:
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
    app = project("", "functions: {accounts: {env: {FEATURE: 'on', AWS_LAMBDA_FUNCTION_NAME: forged}}}\n")

    environment = lambda_environment(app, "accounts", {"STAGE": "dev"}, "127.0.0.1:9001")
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
