"""How a record becomes a line."""

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tight.records import made_safe, stamp
from tight.request import Invocation

Logged = Callable[..., list[dict[str, Any]]]
Terminal = Callable[..., str]


def test_a_record_is_one_line_of_json_with_all_that_its_invocation_says(logged: Logged) -> None:
    source = """
    begin("r-1", cold_start=True)
    log.bind(order_id=7)
    log.info("two\\nlines\\r", amount=12)
    """
    (record,) = logged(source)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("timestamp"))
    assert record == {
        "level": "INFO",
        "message": "two\nlines\r",
        "logger": "__main__",
        "requestId": "r-1",
        "function": "orders",
        "coldStart": True,
        "correlationId": "c-1",
        "order_id": 7,
        "amount": 12,
    }


def test_a_records_own_field_comes_before_that_of_the_invocation(logged: Logged) -> None:
    source = "begin('r-1')\nlog.bind(step=1)\nlog.info('own', step=2)\nlog.info('bound')"

    assert [record["step"] for record in logged(source)] == [2, 1]


@pytest.mark.parametrize("call", ["log.exception('failed', order=1)", "log.exception('failed', error, order=1)"])
def test_an_exception_is_one_record_with_its_type_text_and_frames(logged: Logged, call: str) -> None:
    source = f"""
    try:
        raise ValueError("two\\nlines")
    except ValueError as error:
        {call}
    """
    (record,) = logged(source)

    assert (record["message"], record["order"]) == ("failed", 1)
    assert (record["errorType"], record["errorMessage"]) == ("ValueError", "two\nlines")
    (frame,) = record["stackTrace"]
    line = int(re.match(r'  File "<string>", line (\d+), in <module>', frame)[1])  # type: ignore[index]  # it is there
    assert record["location"] == f"<string>:<module>:{line + 2}"
    assert "traceback" not in record


def test_an_exception_can_be_logged_after_it_was_handled(logged: Logged) -> None:
    source = """
    def caught():
        try:
            1 / 0
        except ZeroDivisionError as error:
            return error
    log.exception("failed", error=caught())
    """
    (record,) = logged(source)

    assert (record["errorType"], "error" in record) == ("ZeroDivisionError", False)


def test_the_cause_of_an_exception_is_told_too(logged: Logged) -> None:
    source = """
    try:
        try:
            {}["missing"]
        except KeyError as cause:
            raise ValueError("no order") from cause
    except ValueError:
        log.exception("failed")
    """
    (record,) = logged(source)

    assert "KeyError: 'missing'" in record["traceback"]
    assert record["traceback"].endswith("ValueError: no order\n")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with Python 3.11")
def test_the_errors_of_a_group_are_told_too(logged: Logged) -> None:
    source = "log.exception('failed', ExceptionGroup('two failed', [ValueError('first'), KeyError('second')]))"
    (record,) = logged(source)

    assert "ValueError: first" in record["traceback"]
    assert "KeyError: 'second'" in record["traceback"]


def test_other_libraries_records_get_the_same_line(logged: Logged) -> None:
    source = """
    begin("r-1")
    log.bind(order_id=7)
    logging.getLogger("library").info("%s of %s", 1, 2, extra={"attempt": 3})
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("library").exception("failed")
    """
    info, failed = logged(source)

    assert (info["message"], info["logger"], info["attempt"]) == ("1 of 2", "library", 3)
    assert (info["requestId"], info["order_id"]) == ("r-1", 7)
    assert (failed["errorType"], failed["order_id"]) == ("ZeroDivisionError", 7)


def test_what_is_wrong_in_a_librarys_record_fails_nothing(logged: Logged) -> None:
    source = """
    logging.getLogger("library").info("%d", "text")
    logging.getLogger("library").exception("outside of an except block")
    """
    wrong, outside = logged(source)

    assert wrong["message"] == "%d ('text',)"
    assert (outside["message"], outside["level"], "errorType" in outside) == (
        "outside of an except block",
        "ERROR",
        False,
    )


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("5", "5"),
        ("None", "None"),
        ("{'key': 1}", "{'key': 1}"),
        ("'100 % %s %d'", "100 % %s %d"),
        ("Broken()", "<Broken"),
    ],
)
def test_any_message_is_logged_as_text(logged: Logged, message: str, text: str) -> None:
    source = f"""
    class Broken:
        def __str__(self): raise RuntimeError
    message = {message}
    log.info(message)
    log.info(message=message)
    """
    positional, named = logged(source)

    assert positional["message"].replace("__main__.", "").startswith(text)
    assert named["message"] == positional["message"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[1, 2.5, True, None]", [1, 2.5, True, None]),
        ("float('nan')", "nan"),
        ("[float('-inf')]", ["-inf"]),
        ("{('a', 1): {2}}", {"('a', 1)": [2]}),
        ("Decimal('12.50')", "12.50"),
        ("b'bytes'", "b'bytes'"),
        ("'half of a pair: \\ud800'", "half of a pair: ?"),
        ("'gr\\u00fc\\u00df'", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{LATIN SMALL LETTER SHARP S}"),
        ("ValueError('text')", "text"),
        ("2 ** 1000", 2**1000),
        ("[2 ** 3000]", [str(2**3000)]),
        ("type('Lazy', (dict,), {'items': None})(a=1)", "{'a': 1}"),
    ],
)
def test_any_value_of_a_field_becomes_json(logged: Logged, value: str, expected: object) -> None:
    (record,) = logged(f"from decimal import Decimal\nlog.info('message', field={value})")

    assert record["field"] == expected


def test_a_number_that_python_does_not_write_fails_no_line(logged: Logged) -> None:
    (record,) = logged("log.info('message', field=10 ** 5000)")

    assert record["field"].startswith("<int object")


def test_a_value_that_holds_itself_becomes_json(logged: Logged) -> None:
    source = """
    parent = {"children": []}
    parent["children"] += [{"number": number, "parent": parent} for number in range(50)]  # once each, and not 50 ** 5
    log.info("message", field=parent)
    """
    (record,) = logged(source)

    assert record["field"] == {"children": [{"number": number, "parent": "..."} for number in range(50)]}


def as_lambda(**attributes: Any) -> dict[str, Any]:
    """The line that Lambda's own formatter writes of such a record."""
    module = pytest.importorskip("awslambdaric.lambda_runtime_log_utils", reason="it has wheels for Linux only")
    record = logging.makeLogRecord({"levelno": logging.ERROR, **attributes})
    line: dict[str, Any] = json.loads(module.JsonFormatter().format(made_safe(record)))
    return line


def test_a_message_that_is_an_object_reaches_lambdas_formatter_as_json_can_hold_it() -> None:
    message: dict[Any, Any] = {"ratio": float("nan"), ("a", 1): b"x"}
    message["self"] = message

    assert as_lambda(msg=message)["message"] == {"ratio": "nan", "('a', 1)": "b'x'", "self": "..."}


def test_an_exception_without_a_text_reaches_lambdas_formatter_with_its_class() -> None:
    class Broken(Exception):  # a test's own
        def __str__(self) -> str:
            raise RuntimeError

    line = as_lambda(msg="failed", exc_info=(Broken, Broken(), None))

    assert (line["message"], line["errorType"], "Broken object" in line["errorMessage"]) == ("failed", "Broken", True)


def test_a_field_that_is_none_is_left_out(logged: Logged) -> None:
    (record,) = logged("log.info('message', given=0, missing=None)")

    assert (record["given"], "missing" in record) == (0, False)


def test_a_field_never_takes_the_place_of_what_a_record_says_itself(logged: Logged) -> None:
    source = """
    begin("r-1")
    log.bind(timestamp="bound", requestId="bound")
    log.info("message", level="high", name="Ada", args=(1,), message_id=5)
    """
    (record,) = logged(source)

    assert (record["level"], record["requestId"], record["logger"]) == ("INFO", "r-1", "__main__")
    assert (record["level_"], record["name_"], record["args_"], record["message_id"]) == ("high", "Ada", [1], 5)
    assert (record["timestamp_"], record["requestId_"]) == ("bound", "bound")


def test_nothing_of_the_event_is_logged(logged: Logged) -> None:
    (record,) = logged("begin('r-1')\nlog.exception('failed', ValueError('x'))")

    assert "secret" not in str(record)


@pytest.fixture
def terminal(logging_app: str) -> Terminal:
    """What a program that logs shows in a terminal."""
    pty = pytest.importorskip("pty", reason="Windows has none")

    def run(source: str, **environment: str) -> str:
        master, slave = pty.openpty()
        process = subprocess.Popen([sys.executable, "-I", "-c", logging_app + source], stderr=slave, env=environment)
        os.close(slave)
        shown: list[bytes] = []

        def read() -> None:
            with contextlib.suppress(OSError):  # how Linux says that the other end is closed
                while chunk := os.read(master, 4096):
                    shown.append(chunk)

        reader = threading.Thread(target=read)
        reader.start()
        assert process.wait(60) == 0
        reader.join(60)
        os.close(master)
        return b"".join(shown).decode().replace("\r\n", "\n")

    return run


def test_in_a_terminal_a_record_is_coloured_text_with_its_fields(terminal: Terminal) -> None:
    shown = terminal("begin('r-1')\nlog.warning('low stock', item='blue pen', left=2, tags=['a'])")

    assert re.fullmatch(
        r"\d\d:\d\d:\d\d\.\d{3} \x1b\[33mWARNING \x1b\[0m low stock\x1b\[2m  item=\"blue pen\"  left=2  tags=\[\"a\"\]"
        r"  function=orders  coldStart=false  correlationId=c-1  requestId=r-1\x1b\[0m\n",
        shown,
    )


def test_no_color_is_honoured(terminal: Terminal) -> None:
    shown = terminal("log.error('failed', ValueError=1)", NO_COLOR="1")

    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} ERROR    failed  ValueError=1\n", shown)


def test_in_a_terminal_the_traceback_stands_below_its_record(terminal: Terminal) -> None:
    first, *rest = terminal("log.exception('failed', ValueError('two\\nlines'))", NO_COLOR="1").splitlines()

    assert first.endswith(" ERROR    failed")
    assert rest == ["ValueError: two", "lines"]


def test_a_terminal_obeys_nothing_that_is_logged(terminal: Terminal) -> None:
    source = "log.exception('a\\x1b[2Jb\\nc\\rd', ValueError('g\\x1bh'), field='e\\x1bf')"
    record, traceback = terminal(source, NO_COLOR="1").splitlines()

    assert record.endswith(r"ERROR    a\x1b[2Jb\nc\rd  field=e\x1bf")
    assert traceback == r"ValueError: g\x1bh"


def test_a_request_id_that_lambda_knows_is_kept_where_the_invocation_has_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    record = logging.makeLogRecord({"aws_request_id": "of Lambda"})
    stamp(record, Invocation({}, SimpleNamespace(), "orders"))

    assert vars(record)["aws_request_id"] == "of Lambda"
