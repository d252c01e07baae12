"""An app as a long-lived service: what answers, what a platform is told, and how it comes to its end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.serve.rabbitmq import Broker
from tests.serve.served import APP, write

Host = Callable[..., Any]

ECHO = """
    import asyncio, os, threading
    from tight import get, log

    @get("/echo/{name}")
    async def echo(name, context):
        log.info("echoed", echo=name)
        return {"echo": name, "function": context.function_name, "left": context.get_remaining_time_in_millis() > 0}

    @get("/threads")
    def threads():
        return {"thread": threading.current_thread().name[:7], "stage": os.environ["STAGE"], "pid": os.getpid()}
"""
TOLD = "203.0.113.7"  # by a proxy
# It says by a file that it has begun, and goes on when there is another one.
WAITS = """
    import asyncio, time
    from pathlib import Path
    from tight import get, log

    @get("/awaits")
    async def awaits():
        log.info("begun")
        while not Path("go").exists():
            await asyncio.sleep(0.01)
        return {"went": "on"}

    @get("/waits")
    def waits():
        log.info("begun")
        while not Path("go").exists():
            time.sleep(0.01)
        return {"went": "on"}
"""


def test_async_and_sync_handlers_answer_as_behind_the_gateway_of_tight_yml(host: Host) -> None:
    with host({"echo": ECHO}) as hosting:
        assert hosting.ask("/echo/a%20b") == (200, {"echo": "a b", "function": "echo", "left": True})
        status, answer = hosting.ask("/threads")
        assert (status, answer["thread"], answer["stage"]) == (200, "handler", "dev")
        assert hosting.ask("/unknown") == (404, {"message": "Not Found"})


@pytest.mark.parametrize("payload", ["1.0", "url", "alb"])
def test_every_event_shape_can_be_asked_for(host: Host, payload: str) -> None:
    with host({"echo": ECHO}, "--payload", payload) as hosting:
        assert hosting.ask("/echo/x")[1]["echo"] == "x"


@pytest.mark.parametrize(("payload", "seen"), [("1.0", TOLD), ("2.0", TOLD), ("alb", f"{TOLD}, 127.0.0.1")])
def test_a_proxy_in_front_has_told_of_the_caller(host: Host, payload: str, seen: str) -> None:
    source = "from tight import get\n\n@get('/way')\ndef way(headers):\n    return [headers[name] for name in NAMES]\n"
    way = {"X-Forwarded-For": TOLD, "X-Forwarded-Port": "8443", "X-Forwarded-Proto": "https"}
    hosted = host({"way": f"NAMES = {[*way]}\n{source}"}, "--payload", payload)
    with hosted as running, closing(running.connect()) as connection:
        connection.request("GET", "/way", headers=way)
        assert json.loads(connection.getresponse().read()) == [seen, "8443", "https"]


def test_every_line_of_the_log_is_json_and_names_its_request(host: Host) -> None:
    with host({"echo": ECHO}) as hosting:
        hosting.ask("/echo/one")
        line = hosting.line("echoed")

    assert (line["echo"], line["function"], line["level"]) == ("one", "echo", "INFO")
    assert len(line["requestId"]) == 36


def test_what_a_library_tells_of_its_connections_is_not_in_the_log(host: Host, broker: Broker) -> None:
    takes = """
        from tight import amqp, log, started

        @started
        def begin():
            log.info("begun")

        @amqp("quiet")
        def take(message):
            pass
    """
    with host({"takes": takes}, variables={"AMQP_URL": broker.url}) as hosting:
        hosting.end()
        hosting.line("ended")

        assert {line["logger"].partition(".")[0] for line in hosting.seen} == {"app", "tight_tasks"}


def test_health_and_readiness_are_told(host: Host) -> None:
    with host({"echo": ECHO}) as hosting:
        assert hosting.ask("/_tight/health") == (200, {"status": "ok"})
        assert hosting.ask("/_tight/ready") == (200, {"status": "ready"})
        assert hosting.ask("/_tight/console")[0] == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("path", ["/waits", "/awaits"])
def test_what_runs_is_answered_after_the_signal_and_the_exit_code_is_0(
    host: Host, tmp_path: Any, path: str, number: int
) -> None:
    with host({"echo": WAITS}) as hosting, ThreadPoolExecutor() as threads:
        asked = threads.submit(hosting.ask, path)
        hosting.line("begun")
        hosting.end(number)
        hosting.line("draining")
        while _connects(hosting.port):
            pass
        (tmp_path / "go").touch()

        assert asked.result() == (200, {"went": "on"})
        assert hosting.code() == 0
        assert hosting.line("ended")


def test_readiness_tells_of_the_end_for_as_long_as_notice_says(host: Host) -> None:
    with host({"echo": ECHO}, "--notice", "2") as hosting, closing(hosting.connect()) as connection:
        assert hosting.ask("/_tight/ready", connection)[0] == 200
        hosting.end()
        hosting.line("draining")

        assert hosting.ask("/_tight/ready", connection) == (503, {"status": "draining"})
        assert hosting.ask("/_tight/health", connection)[0] == 200
        assert hosting.ask("/echo/still")[1]["echo"] == "still"
        assert hosting.code() == 0
        assert not _connects(hosting.port)


@pytest.mark.parametrize("path", ["/waits", "/awaits"])
def test_what_does_not_end_within_the_grace_is_cut_and_the_exit_code_says_so(host: Host, path: str) -> None:
    with host({"echo": WAITS}, "--grace", "0.3") as hosting, ThreadPoolExecutor() as threads:
        asked = threads.submit(hosting.ask, path)
        hosting.line("begun")
        hosting.end()

        assert hosting.line("the grace ran out")["cut"] == 1
        assert asked.result() == (500, {"message": "Internal Server Error"})
        assert hosting.code() == 1


def test_a_second_signal_ends_it_at_once(host: Host) -> None:
    with host({"echo": WAITS}) as hosting, ThreadPoolExecutor() as threads:
        asked = threads.submit(hosting.ask, "/waits")
        hosting.line("begun")
        hosting.end()
        hosting.line("draining")
        hosting.end()

        assert hosting.code() == 1
        with pytest.raises(ConnectionError):
            asked.result()


def test_a_handler_that_is_over_its_time_is_given_up(host: Host) -> None:
    settings = "name: shop\nregion: eu-north-1\nruntime: python3.13\narchitecture: arm64\ndefaults: {timeout: 0.2}\n"
    with host({"echo": WAITS}, files={"tight.yml": settings}) as hosting:
        assert hosting.ask("/awaits") == (500, {"message": "Internal Server Error"})
        begun, line = hosting.line("begun"), hosting.line("echo failed")
        assert (line["level"], line["errorMessage"]) == ("ERROR", "Task timed out after 0.20 seconds")
        assert (line["requestId"], line["function"]) == (begun["requestId"], begun["function"])
        assert hosting.ask("/_tight/health")[0] == 200


def test_workers_share_the_port_and_one_that_dies_is_started_anew(host: Host) -> None:
    with host({"echo": ECHO}, workers=2) as hosting:
        pid = hosting.ask("/threads")[1]["pid"]
        os.kill(pid, signal.SIGKILL)
        assert hosting.line("a worker ended and is started anew")["exitCode"] == -signal.SIGKILL
        hosting.line("ready")

        assert hosting.ask("/threads")[1]["pid"] != pid
        hosting.end()
        assert hosting.code() == 0


def test_workers_end_as_one_and_the_worst_of_their_codes_counts(host: Host) -> None:
    with host({"echo": WAITS}, "--grace", "0.3", workers=2) as hosting, ThreadPoolExecutor() as threads:
        asked = threads.submit(hosting.ask, "/waits")
        hosting.line("begun")
        hosting.end()

        assert asked.result()[0] == 500
        assert hosting.code() == 1


def test_workers_of_a_killed_host_end(host: Host) -> None:
    with host({"echo": ECHO}, workers=2) as hosting:
        hosting.end(signal.SIGKILL)

        assert [hosting.line("ended")["level"] for _ in range(2)] == ["INFO", "INFO"]


def test_an_app_that_can_not_be_imported_is_refused_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, {**APP, "app/functions/echo/handler.py": "1 / 0"})
    command = [sys.executable, "-m", "tight_tasks", "host", "--port", "0"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    place = "app/functions/echo/handler.py:1"
    assert done.stderr == f"the app in {tmp_path} can't be read: {place}: ZeroDivisionError: division by zero\n"


def test_an_app_that_fails_in_a_worker_alone_ends_the_host(host: Host, tmp_path: Path) -> None:
    index = """
        import os
        from tight.app import controllers as _controllers

        if os.path.exists("read"):
            raise RuntimeError("no database")
        open("read", "w").close()
        __getattr__ = _controllers("app.functions")
    """
    write(tmp_path, {**APP, "app_index.py": index, "app/functions/echo/handler.py": ECHO})
    command = [sys.executable, "-m", "tight_tasks", "host", "--port", "0", "--workers", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 3
    assert json.loads(done.stderr.splitlines()[0])["message"] == "the app can't start: no database"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_source_that_can_never_be_is_refused_in_one_sentence(tmp_path: Path, workers: str) -> None:
    handler = "from tight import amqp\n\n@amqp('orders')\ndef take(message):\n    pass\n"
    write(tmp_path, {**APP, "app/functions/echo/handler.py": handler})
    command = [sys.executable, "-m", "tight_tasks", "host", "--port", "0", "--workers", workers]
    variables = {**os.environ, "AMQP_URL": "localhost:5672"}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    said = [json.loads(line) for line in done.stderr.splitlines() if "can't start" in line]
    assert said[0]["message"].startswith("the app can't start: amqp orders: AMQP_URL is no address of a broker")
    assert all("traceback" not in line for line in said)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("workers", "0", "0: write a number from 1 on"),
        ("grace", "inf", "inf: write a"),
        ("notice", "nan", "nan: write"),
    ],
)
def test_an_option_that_is_no_number_to_count_with_is_refused(
    tmp_path: Path, option: str, value: str, said: str
) -> None:
    write(tmp_path, {**APP, "app/functions/echo/handler.py": ECHO})
    command = [sys.executable, "-m", "tight_tasks", "host", "--port", "0", f"--{option}", value]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert f"--{option} {said}" in done.stderr


def test_a_variable_with_two_values_is_refused(tmp_path: Path) -> None:
    functions = "functions: {a: {env: {MODE: one}}, b: {env: {MODE: two}}}\n"
    handlers = {f"app/functions/{name}/handler.py": ECHO for name in "ab"}
    write(tmp_path, {**APP, **handlers, "tight.yml": APP["tight.yml"] + functions})
    command = [sys.executable, "-m", "tight_tasks", "host", "--port", "0"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "env.MODE differs between a and b" in done.stderr


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True
