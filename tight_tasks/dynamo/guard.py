"""Runs a command for as long as its own standard input is open: `python -m tight_tasks.dynamo.guard COMMAND...`.

Whoever starts it holds the other end. However that ends, the system closes it, and so the command never outlives it.
"""

import os
import signal
import subprocess
import sys
from threading import Thread

_PATIENCE_S = 5.0  # after which the command is ended the hard way


def guarded(command: list[str]) -> list[str]:
    """What runs the command so."""
    return [sys.executable, "-m", __name__, *command]


def guard(command: list[str]) -> int:
    """The exit code of the command, as shells tell it."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        Thread(target=_end_with_stdin, args=(process,), daemon=True).start()
        code = process.wait()
    return code if code >= 0 else 128 - code


def _end_with_stdin(process: "subprocess.Popen[bytes]") -> None:
    # Not by sys.stdin: a thread that waits in it makes the interpreter's own end fail.
    while os.read(0, 1024):
        pass
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1:]))
