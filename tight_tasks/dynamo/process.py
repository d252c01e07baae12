"""The process of a database, from its start until it is down."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tight_tasks.errors import CanNotStart, PortTaken

_START_S = 60.0  # DynamoDB Local takes 1 to 3 seconds
_STOP_S = 10.0
_LAST_LINES = 15


def require_free(port: int) -> None:
    """Raises `PortTaken` where something listens on the port, on any interface."""
    for host in ("127.0.0.1", "::1"):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            continue
        raise PortTaken(port)
    try:
        # On some systems this succeeds beside a listener on one interface; hence the above.
        socket.create_server(("", port)).close()
    except OSError as error:
        raise PortTaken(port) from error


@contextmanager
def started(
    command: list[str], output: Path, answers: Callable[[], bool], title: str = "The database"
) -> Iterator["subprocess.Popen[bytes]"]:
    """The process of `command` from when `answers` is true; it is down when the context ends. `title` names it.

    The command has to end when its standard input is closed. What it prints goes to `output`. Raises `CanNotStart` with
    the last of that, where it ends or does not answer in a minute.
    """
    with output.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in a terminal is for the task alone, which then ends it
        )
    try:
        _wait_until_healthy(process, output, answers, title)
        yield process
    finally:
        _end(process)


def told(output: Path) -> str:
    """The last lines of what a process has printed."""
    lines = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:]) or "it has said nothing"


def _wait_until_healthy(
    process: "subprocess.Popen[bytes]", output: Path, answers: Callable[[], bool], title: str
) -> None:
    deadline = time.monotonic() + _START_S
    while not answers():
        if process.poll() is not None:
            raise CanNotStart(f"it has ended with exit code {process.returncode}:\n{told(output)}", title)
        if time.monotonic() > deadline:
            raise CanNotStart(f"it does not answer after {_START_S:.0f} seconds:\n{told(output)}", title)
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None  # it is a pipe
    process.stdin.close()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
