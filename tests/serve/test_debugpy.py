"""An editor at a breakpoint, by the Debug Adapter Protocol: `serve --debugpy`, and the app template's launch file."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.serve.running import LIMIT_S, Running, read
from tight_tasks.services.ports import free_port

pytest.importorskip("debugpy", reason="pip install debugpy")

MakeApp = Callable[..., Path]
Serving = Callable[..., Running]

LAUNCH = Path(__file__).parents[2] / "templates" / "app" / "{{cookiecutter.__to}}" / ".vscode" / "launch.json"
HELLO = """from tight import get


@get("/{name}")
def hello():
    name = "{name}"
    return {{"hello": name}}
"""
RETURN = 7  # the last line


class Editor:
    """As microsoft.github.io/debug-adapter-protocol/specification has it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self._stream = self._socket.makefile("rb")
        self._count = 0

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, command: str, **arguments: Any) -> None:
        self._count += 1
        request = {"seq": self._count, "type": "request", "command": command, "arguments": arguments}
        content = json.dumps(request).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n" % len(content) + content)

    def ask(self, command: str, **arguments: Any) -> Any:
        self.send(command, **arguments)
        return self.answer(command)

    def answer(self, command: str) -> Any:
        """The body of the answer to `command`, once it comes."""
        found = self._until(lambda message: message["type"] == "response" and message["command"] == command)
        assert found["success"], found
        return found.get("body")

    def event(self, name: str) -> Any:
        return self._until(lambda message: message["type"] == "event" and message["event"] == name).get("body")

    def _until(self, is_it: Callable[[Any], bool]) -> Any:
        while True:
            message = self._read()
            if is_it(message):
                return message

    def _read(self) -> Any:
        size = 0
        while line := self._stream.readline().strip():
            size = int(line.partition(b":")[2])
        assert size, "the debugger has hung up"
        return json.loads(self._stream.read(size))


def launch_file() -> Any:
    (configuration,) = json.loads(LAUNCH.read_text(encoding="utf-8"))["configurations"]
    return configuration


@contextmanager
def attached(port: int, handler: Path) -> Iterator[Editor]:
    """An editor as the launch file has it, with a breakpoint before the handler returns."""
    with closing(Editor(port)) as editor:
        editor.ask("initialize", adapterID="debugpy", pathFormat="path", linesStartAt1=True, columnsStartAt1=True)
        editor.send("attach", **{**launch_file(), "connect": {"host": "127.0.0.1", "port": port}})
        editor.event("initialized")
        found = editor.ask("setBreakpoints", source={"path": str(handler)}, breakpoints=[{"line": RETURN}])
        assert [each["verified"] for each in found["breakpoints"]] == [True]
        editor.ask("configurationDone")
        yield editor


def change_at_breakpoint(editor: Editor, value: str) -> Any:
    """Wait for the breakpoint, set the handler's `name`, and go on; gives what it was."""
    thread = editor.event("stopped")["threadId"]
    frame = editor.ask("stackTrace", threadId=thread)["stackFrames"][0]
    assert (frame["name"], frame["line"]) == ("hello", RETURN)
    was = editor.ask("evaluate", expression="name", frameId=frame["id"])["result"]
    scope = editor.ask("scopes", frameId=frame["id"])["scopes"][0]
    editor.ask("setVariable", variablesReference=scope["variablesReference"], name="name", value=repr(value))
    editor.ask("continue", threadId=thread)
    return was


def stop_and_change(running: Running, port: int, app: Path, name: str, value: str) -> tuple[str, str]:
    """What a handler's variable was at the breakpoint, and what it answers once an editor has changed that."""
    handler = app / "app" / "functions" / name / "handler.py"
    with ThreadPoolExecutor() as callers, attached(port, handler) as editor:
        reply = callers.submit(read, running.port, f"/{name}")
        was = change_at_breakpoint(editor, value)
        return was, reply.result(LIMIT_S)


def two_free_ports() -> int:
    """The first of them."""
    for _ in range(20):
        port = free_port()
        with socket.socket() as probe:
            if port < 65535 and probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port
    raise AssertionError("no two free ports in a row")


def test_an_editor_stops_each_function_before_its_first_answer(make_app: MakeApp, serving: Serving) -> None:
    app = make_app("defaults: {timeout: 1}\n", **{name: HELLO.format(name=name) for name in ("hello", "other")})
    port = two_free_ports()
    running = serving(app, "--debugpy", str(port))
    running.wait_for(f"an editor may attach to hello 127.0.0.1:{port}, other 127.0.0.1:{port + 1}")

    assert stop_and_change(running, port, app, "hello", "editor") == ("'hello'", '{"hello":"editor"}')
    assert stop_and_change(running, port + 1, app, "other", "second") == ("'other'", '{"hello":"second"}')
    assert read(running.port, "/hello") == '{"hello":"hello"}'  # the editor is gone

    processes = running.process.children(recursive=True)
    assert running.interrupt() == 0
    assert psutil.wait_procs(processes, timeout=10)[1] == []


def test_after_a_reload_an_editor_attaches_to_the_new_code(make_app: MakeApp, serving: Serving) -> None:
    app = make_app(hello=HELLO.format(name="hello"))
    port = free_port()
    running = serving(app, "--debugpy", str(port))
    running.wait_for("an editor may attach")
    handler = app / "app" / "functions" / "hello" / "handler.py"
    handler.write_text(HELLO.format(name="hello").replace('= "hello"', '= "new"'))
    running.wait_for("changed: reloaded")

    assert stop_and_change(running, port, app, "hello", "editor") == ("'new'", '{"hello":"editor"}')


def test_the_launch_file_of_an_app_attaches_where_its_name_says() -> None:
    configuration = launch_file()
    named = re.fullmatch(r"Attach to invoke serve --debugpy (\d+)", configuration["name"])

    assert named is not None
    assert configuration["connect"] == {"host": "127.0.0.1", "port": int(named[1])}
    assert (configuration["type"], configuration["request"]) == ("debugpy", "attach")
