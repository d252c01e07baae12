"""The log, mostly in processes of their own: what `set_up` changes belongs to a whole process.

`tests/serve/test_logs.py` has the same log inside of AWS's runtime client.
"""

import json
import logging
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tight import log
from tight.core import logger as logger_of_tight_0_1
from tight.request import Invocation, current

Logged = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def invocation() -> Iterator[Invocation]:
    token = current.set(invocation := Invocation({}, None, "orders"))
    yield invocation
    current.set(token)


def test_the_fields_of_an_invocation_end_with_it(logged: Logged) -> None:
    source = """
    token = begin("r-1", cold_start=True)
    log.bind(order_id=7)
    log.info("first")
    current.set(token)
    log.info("between")
    begin("r-2")
    log.info("second")
    """
    first, between, second = logged(source)

    assert first["order_id"] == 7
    assert between.keys() == {"timestamp", "level", "message", "logger"}
    assert (second["requestId"], second["coldStart"], "order_id" in second) == ("r-2", False, False)


def test_every_level_has_its_function(logged: Logged) -> None:
    source = "for name in ('debug', 'info', 'warn', 'warning', 'error', 'exception'): getattr(log, name)(name)"

    assert [(record["message"], record["level"]) for record in logged(source, LOG_LEVEL="debug")] == [
        ("debug", "DEBUG"),
        ("info", "INFO"),
        ("warn", "WARNING"),
        ("warning", "WARNING"),
        ("error", "ERROR"),
        ("exception", "ERROR"),
    ]


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({}, "INFO"),
        ({"LOG_LEVEL": ""}, "INFO"),
        ({"LOG_LEVEL": "DEBUG"}, "DEBUG"),
        ({"LOG_LEVEL": " warning "}, "WARNING"),
        ({"LOG_LEVEL": "WARN"}, "WARNING"),
        ({"LOG_LEVEL": "FATAL"}, "CRITICAL"),
        ({"AWS_LAMBDA_LOG_LEVEL": "TRACE"}, "DEBUG"),
        ({"AWS_LAMBDA_LOG_LEVEL": "ERROR"}, "ERROR"),
        ({"LOG_LEVEL": "ERROR", "AWS_LAMBDA_LOG_LEVEL": "INFO"}, "ERROR"),
        ({"LOG_LEVEL": "DEBUG", "AWS_LAMBDA_LOG_LEVEL": "WARN"}, "WARNING"),
    ],
)
def test_the_level_is_log_level_then_lambdas_and_never_below_lambdas(
    logged: Logged, environment: dict[str, str], level: str
) -> None:
    source = "logging.getLogger('x').critical(logging.getLevelName(logging.getLogger().level))"
    (record,) = logged(source, **environment)

    assert record["message"] == level


def test_a_level_that_does_not_exist_is_told_once_and_info_is_used(logged: Logged) -> None:
    told, shown = logged("log.set_up()\nlog.debug('hidden')\nlog.info('shown')", LOG_LEVEL="VERBOSE")

    assert told["level"] == "WARNING"
    assert told["message"].startswith(
        "LOG_LEVEL is 'VERBOSE', which is no level, so INFO is used; the levels are DEBUG,"
    )
    assert shown["message"] == "shown"


def test_at_debug_the_libraries_that_log_whole_requests_stay_at_info(logged: Logged) -> None:
    source = """
    log.debug("of the app")
    logging.getLogger("botocore.endpoint").debug("Authorization: secret")
    logging.getLogger("botocore.endpoint").info("harmless")
    logging.getLogger("urllib3").setLevel("DEBUG")
    logging.getLogger("urllib3.connectionpool").debug("asked for by name")
    """
    messages = [record["message"] for record in logged(source, LOG_LEVEL="DEBUG")]

    assert messages == ["of the app", "harmless", "asked for by name"]


def test_at_info_the_libraries_that_tell_how_each_client_was_made_only_warn(logged: Logged) -> None:
    source = """
    log.info("of the app")
    logging.getLogger("botocore.credentials").info("Found credentials in environment variables.")
    logging.getLogger("botocore.credentials").warning("they expire")
    logging.getLogger("other").info("of another library")
    """
    messages = [record["message"] for record in logged(source, LOG_LEVEL="INFO")]

    assert messages == ["of the app", "they expire", "of another library"]


def test_in_lambda_such_a_record_is_not_written_as_the_first_one_either() -> None:
    pytest.importorskip("awslambdaric", reason="it has wheels for Linux only")
    code = """
    import logging, os
    from awslambdaric import bootstrap
    os.environ.update(AWS_LAMBDA_RUNTIME_API="127.0.0.1:9")
    bootstrap._setup_logging("TEXT", "", bootstrap.StandardLogSink())
    from tight.app import let_logs_flow
    let_logs_flow()
    logging.getLogger("botocore.credentials").info("Found credentials in environment variables.")
    logging.getLogger("other").info("of another library")
    """
    command = [sys.executable, "-I", "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert [json.loads(line)["message"] for line in done.stdout.splitlines()] == ["of another library"]


def test_setting_up_twice_writes_no_line_twice(logged: Logged) -> None:
    assert [record["message"] for record in logged("log.set_up()\nlog.set_up()\nlog.info('once')")] == ["once"]


def test_logging_that_is_set_up_already_is_left_as_it_is() -> None:
    code = """
    import logging, sys
    logging.basicConfig(stream=sys.stdout, format="own: %(message)s", level="ERROR")
    from tight import log
    log.set_up()
    log.info("hidden")
    log.error("shown", field=1)
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == ("own: shown\n", "")


def test_importing_the_log_sets_nothing_up() -> None:
    code = "import logging, tight.log, tight.records\nprint(logging.getLogger().handlers, logging.getLogger().level)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == f"[] {logging.WARNING}\n"


def test_under_pytest_caplog_works_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    before = (logging.getLogger().level, logging.getLogger().handlers[:])
    log.set_up()
    assert (logging.getLogger().level, logging.getLogger().handlers) == before

    with caplog.at_level("DEBUG"):
        log.debug("message", order_id=7)
    (record,) = caplog.records
    assert (record.name, record.getMessage(), vars(record)["order_id"]) == (__name__, "message", 7)
    assert (record.filename, record.funcName) == ("test_log.py", "test_under_pytest_caplog_works_as_ever")


def test_bound_fields_are_those_of_the_invocation(invocation: Invocation) -> None:
    log.bind(order_id=7, step=1)
    log.bind(step=2)

    assert invocation.fields == {"order_id": 7, "step": 2}


def test_without_an_invocation_nothing_is_bound(logged: Logged) -> None:
    log.bind(order_id=7)

    (record,) = logged("log.bind(order_id=7)\nlog.info('message')")
    assert "order_id" not in record


def test_where_there_are_several_at_a_time_each_thread_logs_with_its_own_invocation(logged: Logged) -> None:
    source = """
    import threading
    current.follow_tasks()
    def work(request_id):
        begin(request_id)
        log.bind(own=request_id)
        barrier.wait(10)
        log.info("at work")
    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=work, args=(name,)) for name in ("r-1", "r-2")]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    """
    found = sorted((record["requestId"], record["own"]) for record in logged(source))

    assert found == [("r-1", "r-1"), ("r-2", "r-2")]


def test_tight_0_1s_calls_work(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        logger_of_tight_0_1.info(message="50 % done", order_id=7)
        logger_of_tight_0_1.warn(message=5)
        logger_of_tight_0_1.error(message={"key": 1})

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "50 % done"),
        ("WARNING", "5"),
        ("ERROR", "{'key': 1}"),
    ]
    assert vars(caplog.records[0])["order_id"] == 7


def test_a_framed_record_is_one_frame_of_lambda_whatever_its_lines() -> None:
    pytest.importorskip("awslambdaric", reason="it has wheels for Linux only")
    code = """
    import json, os
    from awslambdaric import bootstrap
    from tight import log
    read, write = os.pipe()
    os.environ.update(AWS_LAMBDA_RUNTIME_API="127.0.0.1:9", _LAMBDA_TELEMETRY_LOG_FD=str(write))
    with bootstrap.create_log_sink() as sink:
        bootstrap._setup_logging(bootstrap._AWS_LAMBDA_LOG_FORMAT, bootstrap._AWS_LAMBDA_LOG_LEVEL, sink)
        log.set_up()
        log.info("two\\nlines")
    frame = os.read(read, 65536)
    length = int.from_bytes(frame[4:8], "big")
    assert len(frame) == 16 + length, frame
    print(frame[:4].hex(), json.dumps(json.loads(frame[16:])["message"]), frame[16:].count(b"\\n"))
    """
    shown = {}
    for log_format, level in (("TEXT", ""), ("JSON", "INFO")):
        environment = {"AWS_LAMBDA_LOG_FORMAT": log_format, "AWS_LAMBDA_LOG_LEVEL": level}
        command = [sys.executable, "-I", "-c", textwrap.dedent(code)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        shown[log_format] = done.stdout

    # "JSON, at INFO" and "text, of no level", as bootstrap names these types of frames.
    assert shown == {"JSON": 'a55a000e "two\\nlines" 1\n', "TEXT": 'a55a0003 "two\\nlines" 1\n'}


def test_a_field_may_have_the_name_of_the_message(logged: Logged) -> None:
    (record,) = logged("log.info('said', message='of the field')")

    assert (record["message"], record["message_"]) == ("said", "of the field")
