"""The embedded AWS: moto's server in a process of its own, holding everything in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running() -> Iterator[str]:
    """The embedded AWS for as long as the context lasts; gives its endpoint."""
    command = [sys.executable, "-m", "tight.testing", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # both are pipes
        assert process.stdin is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the embedded AWS did not start; its error is above")
        try:
            yield json.loads(line)["endpoint"]
        finally:
            process.stdin.close()
            process.wait(timeout=10)
