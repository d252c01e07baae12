"""The embedded AWS: moto's server in a process of its own, holding everything in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class EmbeddedAws:
    """Where it listens, and its process."""

    endpoint: str
    pid: int


@contextmanager
def running() -> Iterator[EmbeddedAws]:
    """The embedded AWS for as long as the context lasts."""
    command = [sys.executable, "-m", "tight.testing", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # it is a pipe
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the embedded AWS did not start; its error is above")
        try:
            yield EmbeddedAws(json.loads(line)["endpoint"], process.pid)
        finally:
            process.communicate(timeout=10)  # it ends when its standard input is closed
