"""What a runtime client does with events and answers: the same, be it AWS's own or Tight's stand-in."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tight_tasks.project import Project
from tight_tasks.serve.worker import Worker

MakeProject = Callable[..., Project]
Converse = Callable[..., list[tuple[bool, Any]]]

RAW = "def handler(event, context):\n    "


def test_the_handler_of_a_function_answers_an_event(project: MakeProject, converse: Converse, client: str) -> None:
    app = project("from tight import get\n@get\ndef read(query):\n    return {'hello': query['name']}\n")
    event = {"httpMethod": "GET", "path": "/", "queryStringParameters": {"name": "wörld"}}

    ((is_error, answer),) = converse(app, client, event)
    assert (is_error, answer["statusCode"], answer["body"]) == (False, 200, r'{"hello":"w\u00f6rld"}')


def test_an_environment_stays_warm_between_events(project: MakeProject, converse: Converse, client: str) -> None:
    app = project("import os\nseen = []\n" + RAW + "seen.append(event); return [len(seen), os.getpid()]\n")

    answers = [answer for _, answer in converse(app, client, 1, 2, 3)]
    assert [count for count, _ in answers] == [1, 2, 3]
    assert len({pid for _, pid in answers}) == 1


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
    project: MakeProject, converse: Converse, client: str, expression: str, answer: object
) -> None:
    assert converse(project(RAW + f"return {expression}\n"), client, {"a": [1, None, "é", 1.5]}) == [(False, answer)]


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


def test_an_exception_is_lambdas_error_json_and_the_next_event_is_served(
    project: MakeProject, converse: Converse, client: str
) -> None:
    app = project(RAW + "if event == 1: raise ValueError('broken')\n    return 'fine'\n")

    (first_failed, error), second = converse(app, client, 1, 2)
    assert first_failed
    assert (error["errorType"], error["errorMessage"], len(error["requestId"])) == ("ValueError", "broken", 36)
    assert len(error["stackTrace"]) == 1
    assert "handler.py" in error["stackTrace"][0]
    assert "raise ValueError('broken')" in error["stackTrace"][0]
    assert "^^^" not in error["stackTrace"][0]
    assert second == (False, "fine")


def test_an_answer_that_is_no_json_is_a_marshal_error(project: MakeProject, converse: Converse, client: str) -> None:
    ((is_error, error),) = converse(project(RAW + "return object()\n"), client, 1)

    assert is_error
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"].startswith(
        "Unable to marshal response: Object of type object is not JSON serializable"
    )


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
    project: MakeProject, converse: Converse, client: str, source: str, kind: str, message: str
) -> None:
    first, second = converse(project(source), client, 1, 2)

    is_error, error = first
    assert (is_error, error["errorType"], error["requestId"]) == (True, kind, "")
    assert error["errorMessage"].startswith(message)
    assert second == first


@pytest.mark.parametrize(
    ("index", "kind", "message"),
    [
        ("", "Runtime.HandlerNotFound", "Handler 'accounts' missing on module 'app_index'"),
        ("import nothing_here", "Runtime.ImportModuleError", "Unable to import module 'app_index': No module named"),
        ("def broken(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app_index': "),
    ],
)
def test_a_broken_entry_module_is_reported_in_the_runtimes_own_kinds(
    project: MakeProject, converse: Converse, client: str, index: str, kind: str, message: str
) -> None:
    app = project("")
    (app.root / "app_index.py").write_text(index, encoding="utf-8")

    ((is_error, error),) = converse(app, client, 1)
    assert (is_error, error["errorType"]) == (True, kind)
    assert error["errorMessage"].startswith(message)


def test_the_context_is_lambdas(project: MakeProject, converse: Converse, client: str) -> None:
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


def test_what_a_handler_prints_and_logs_is_passed_on_line_by_line_and_never_in_the_answer(
    project: MakeProject, converse: Converse, client: str
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
