"""The task `serve`, as it is typed: what it prints, how it reloads, and how it ends."""

import asyncio
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pexpect
import psutil
import pytest

from tests.serve.running import LIMIT_S, Running, read
from tight_tasks.serve import Serve
from tight_tasks.serve.task import _reload
from tight_tasks.serve.terminal import Terminal

MakeApp = Callable[..., Path]

ACCOUNT = """
from pynamodb.attributes import UnicodeAttribute
from tight.clients.dynamo import Model, TableMeta, TableName

class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)
"""
NOT_HERE = os.strerror(errno.EADDRNOTAVAIL)
HELLO = 'from tight import get\n\n\n@get("/hello")\ndef hello():\n    return {"hello": "world"}\n'


def test_the_start_tells_the_app_its_functions_and_where_they_are(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    app = make_app("functions: {hello: {memory: 512, timeout: 3, concurrency: 2}}\n", hello=HELLO)
    running = serving(app)

    first = running.wait_for("environments")
    assert f"my-app · python3.13 arm64 (this machine: {sys.version_info[0]}.{sys.version_info[1]} " in first
    assert f"http://127.0.0.1:{running.port} · console /_tight/" in first
    assert re.search(r"hello   GET /hello   512 MB  3 s  2 $", first)


def test_settings_of_a_function_that_the_app_has_not_are_told(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    running = serving(
        make_app("functions: {helo: {memory: 512}}\nstages: {prod: {functions: {hi: {}, hello: {}}}}\n", hello=HELLO)
    )

    running.wait_for("tight.yml sets functions.helo, but there is no such function: is it misspelt?")
    running.wait_for("tight.yml sets functions.hi, but there is no such function: is it misspelt?")


@pytest.mark.parametrize(
    ("variables", "is_told"), [("STAGE: dev\n", True), ("STAGE: dev\nUSE_LOCAL_DB: true\n", False)]
)
def test_models_without_a_database_are_told(
    make_app: MakeApp, serving: Callable[..., Running], variables: str, is_told: bool
) -> None:
    app = make_app(hello=HELLO)
    (app / "env.dist.yml").write_text(variables, encoding="utf-8")
    (app / "app" / "models").mkdir()
    (app / "app" / "models" / "Account.py").write_text(ACCOUNT, encoding="utf-8")
    running = serving(app)
    running.wait_for("1 environment")
    running.get("/hello")

    assert is_told == ("no database runs for the models: invoke dynamo.run in another" in running.wait_for("REPORT"))


def test_each_invocation_is_a_line(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    running = serving(make_app(hello=HELLO))
    running.wait_for("1 environment")
    assert running.get("/hello") == '{"hello":"world"}'
    running.get("/hello")

    running.terminal.expect(r"REPORT hello [0-9a-f]{8}  GET /hello  200  [0-9.]+ ms  init [0-9]+ ms  [0-9]+ MB")
    running.terminal.expect(r"REPORT hello [0-9a-f]{8}  GET /hello  200  [0-9.]+ ms  [0-9]+ MB")


def test_json_is_one_object_for_each_line(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    running = serving(make_app(hello="print('starting')\n" + HELLO), "--json")
    started = json.loads(running.line())
    running.get("/hello")
    log, report = (json.loads(running.line()) for _ in range(2))

    assert (started["event"], started["functions"]) == ("started", ["hello"])
    assert (log["event"], log["line"], log["function"]) == ("log", "starting", "hello")
    assert (report["event"], report["cause"], report["result"]) == ("report", "GET /hello", "200")
    assert log["request_id"] == report["request_id"]


def test_quiet_shows_what_functions_print_alone(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    running = serving(make_app(hello=HELLO.replace("    return", "    print('printed')\n    return")), "--quiet")
    for _ in range(100):  # it says nothing when it is there
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", running.port)) == 0:
                break
        time.sleep(0.1)
    running.get("/hello")
    running.wait_for("hello | printed")
    assert running.interrupt() == 0
    assert str(running.terminal.before).replace("^C", "").strip() == ""


def test_ctrl_c_leaves_no_process_and_no_busy_port(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    slow = 'import time\n\nfrom tight import get\n\n\n@get("/slow")\ndef slow():\n    time.sleep(60)\n'
    running = serving(make_app("defaults: {timeout: 90}\n", hello=HELLO, slow=slow))
    running.wait_for("1 environment")
    running.get("/hello")
    with ThreadPoolExecutor() as callers:
        failing = callers.submit(running.get, "/slow")
        time.sleep(0.5)
        processes = [running.process, *running.process.children(recursive=True)]
        assert running.interrupt() == 0
        assert failing.exception(LIMIT_S) is not None

    assert "Traceback" not in str(running.terminal.before)
    assert len(processes) >= 4  # invoke, its warden, two workers
    assert psutil.wait_procs(processes, timeout=5)[1] == []
    with socket.create_server(("127.0.0.1", running.port)):
        pass


def test_two_ctrl_c_end_it_as_one_does(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    # It ignores the first signal, so the end takes a while.
    deaf = HELLO.replace("from", "import signal\n\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\nfrom", 1)
    running = serving(make_app(hello=deaf))
    running.wait_for("1 environment")
    running.get("/hello")
    running.terminal.sendintr()
    time.sleep(0.5)
    assert running.interrupt() == 0

    assert "Traceback" not in str(running.terminal.before)
    assert psutil.wait_procs(running.processes, timeout=5)[1] == []


def test_ctrl_c_ends_it_while_it_starts(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    app = make_app(hello=f"from pathlib import Path\nimport time\n\nPath('begun').touch()\ntime.sleep(60)\n\n{HELLO}")
    running = serving(app)
    for _ in range(LIMIT_S * 10):
        if (app / "begun").exists():
            break
        time.sleep(0.1)
    processes = [running.process, *running.process.children(recursive=True)]
    assert running.interrupt() == 0

    assert str(running.terminal.before).strip() in ("", "^C")
    assert psutil.wait_procs(processes, timeout=5)[1] == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_serve_that_is_killed_leaves_no_process(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    slow = 'import time\n\nfrom tight import get\n\n\n@get("/slow")\ndef slow():\n    time.sleep(60)\n'
    running = serving(make_app("defaults: {timeout: 90}\n", slow=slow))
    running.wait_for("1 environment")
    with ThreadPoolExecutor() as callers:
        failing = callers.submit(running.get, "/slow")
        time.sleep(0.7)
        processes = running.process.children(recursive=True)
        running.process.kill()
        assert failing.exception(LIMIT_S) is not None

    assert len(processes) >= 2
    assert psutil.wait_procs(processes, timeout=5)[1] == []


def test_a_change_is_served_and_a_syntax_error_keeps_what_ran(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    app = make_app(hello=HELLO)
    handler = app / "app" / "functions" / "hello" / "handler.py"
    running = serving(app)
    running.wait_for("1 environment")
    running.get("/hello")

    handler.write_text(HELLO.replace("world", "earth"))
    running.wait_for("app/functions/hello/handler.py changed: reloaded")
    assert running.get("/hello") == '{"hello":"earth"}'

    handler.write_text(HELLO.replace("world", "earth") + "def broken(:\n")
    running.wait_for("app/functions/hello/handler.py changed: ")
    assert "SyntaxError" in running.wait_for("what ran before goes on")
    assert running.get("/hello") == '{"hello":"earth"}'

    handler.write_text(HELLO.replace("world", "mars"))
    running.wait_for("changed: reloaded")
    assert running.get("/hello") == '{"hello":"mars"}'


def test_unchanged_content_reloads_nothing(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    app = make_app(hello=HELLO)
    handler = app / "app" / "functions" / "hello" / "handler.py"
    running = serving(app)
    running.wait_for("1 environment")
    running.get("/hello")
    before = json.loads(running.get("/_tight/status"))["functions"]["hello"]["environments"][0]["pid"]
    handler.write_text(HELLO)
    (app / "app" / "functions" / "hello" / "notes.txt~").write_text("a backup")
    time.sleep(1)

    assert json.loads(running.get("/_tight/status"))["functions"]["hello"]["environments"][0]["pid"] == before


def test_a_link_to_nothing_as_emacs_locks_files_does_not_end_the_reloading(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    app = make_app(hello=HELLO)
    handler = app / "app" / "functions" / "hello" / "handler.py"
    running = serving(app)
    running.wait_for("1 environment")

    (handler.parent / ".#handler.py").symlink_to("ada@machine.4711:1795000000")
    handler.write_text(HELLO.replace("world", "earth"))
    running.wait_for("app/functions/hello/handler.py changed: reloaded")
    assert running.get("/hello") == '{"hello":"earth"}'


def test_that_changes_are_not_served_any_more_is_said(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def too_many(*_: object) -> AsyncIterator[list[Path]]:
        raise OSError("OS file watch limit reached")
        yield []

    monkeypatch.setattr("tight_tasks.serve.reload.changes", too_many)
    serving = Serve(make_app(hello=HELLO))
    asyncio.run(_reload(serving, Terminal("text"), {}))

    told = "changes are not served any more: OSError: OS file watch limit reached; start invoke serve anew"
    assert told in capsys.readouterr().out


def test_a_new_function_and_a_new_setting_are_served_without_a_restart(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    app = make_app(hello=HELLO)
    running = serving(app)
    running.wait_for("1 environment")
    make_app("functions: {other: {memory: 1024}}\n", other=HELLO.replace("hello", "other"))
    running.wait_for("changed: reloaded")

    assert running.get("/other") == '{"other":"world"}'


def test_a_breakpoint_opens_pdb_in_the_terminal(make_app: MakeApp, serving: Callable[..., Running]) -> None:
    source = HELLO.replace("    return", "    name = 'world'\n    breakpoint()\n    return").replace('"world"', "name")
    running = serving(make_app("defaults: {timeout: 1}\n", hello=source), "--pdb")
    running.wait_for("1 environment")
    with ThreadPoolExecutor() as callers:
        reply = callers.submit(read, running.port, "/hello")
        running.wait_for("(Pdb)")
        time.sleep(1.5)  # longer than the function's timeout
        running.terminal.sendline("name = 'changed in pdb'")
        running.wait_for("(Pdb)")
        running.terminal.sendline("continue")
        assert reply.result(LIMIT_S) == '{"hello":"changed in pdb"}'
    assert running.interrupt() == 0


def test_functions_get_the_credentials_of_a_profile(
    make_app: MakeApp, serving: Callable[..., Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = HELLO.replace('"world"', 'os.environ["AWS_ACCESS_KEY_ID"]').replace("from", "import os\n\nfrom", 1)
    app = make_app(hello=source)
    (tmp_path / "credentials").write_text("[shop]\naws_access_key_id = of-the-shop\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    running = serving(app, "--profile", "shop")
    running.wait_for("1 environment")

    assert running.get("/hello") == '{"hello":"of-the-shop"}'


def test_an_app_that_can_not_be_read_is_told_in_one_sentence(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    app = make_app(hello="import nowhere\n")
    running = serving(app)
    place = "app/functions/hello/handler.py:1"

    assert (
        running.line() == f"the app in {app} can't be read: {place}: ModuleNotFoundError: No module named 'nowhere'\r"
    )
    assert running.terminal.wait() == 2


def test_ctrl_c_at_the_prompt_of_pdb_leaves_the_terminal_as_it_was(
    make_app: MakeApp, serving: Callable[..., Running]
) -> None:
    running = serving(make_app(hello=HELLO.replace("    return", "    breakpoint()\n    return")), "--pdb")
    running.wait_for("1 environment")
    before = running.modes
    with ThreadPoolExecutor() as callers:
        callers.submit(read, running.port, "/hello")
        running.wait_for("(Pdb)")
        for _ in range(LIMIT_S * 10):
            if running.modes != before:  # the prompt has the terminal
                break
            time.sleep(0.1)
        running.terminal.sendintr()
        running.terminal.expect(pexpect.EOF)

    assert running.modes == before
    assert running.terminal.wait() == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--payload", "3.0"], "--payload 3.0: there are 1.0, 2.0, url, alb, alb multi-value"),
        (["--chaos", "kill=9"], "--chaos kill=9: kill=9 is none of kill, freeze, delay, duplicate"),
        (["--debugpy", "70000"], "--debugpy 70000: give a port, such as 5678"),
        (["--debugpy", "{busy}"], "--debugpy {busy}: Address already in use"),
        (["--profile", "nobody"], "--profile nobody: The config profile (nobody) could not be found"),
        (["--port", "{busy}"], "can't listen on 127.0.0.1:{busy}: Address already in use; choose another with --port"),
        (["--port", "99999"], "can't listen on 127.0.0.1:99999: ports end at 65535; choose another with --port\n"),
        (["--host", "192.0.2.1", "--port", "0"], f"can't listen on 192.0.2.1:0: {NOT_HERE}; name an address of this"),
        (["--host", "1.2.3.4.5", "--port", "0"], "can't listen on 1.2.3.4.5:0: "),
    ],
)
def test_what_can_not_be_done_is_one_sentence(make_app: MakeApp, options: list[str], sentence: str) -> None:
    app = make_app(hello=HELLO)
    (app / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        busy = str(listener.getsockname()[1])
        arguments = [option.format(busy=busy) for option in options]
        command = [sys.executable, "-m", "invoke", "serve", *arguments]
        done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=LIMIT_S)

    assert done.returncode == 2
    assert done.stderr.startswith(sentence.format(busy=busy))
    assert len(done.stderr.splitlines()) == 1
