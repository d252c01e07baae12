"""One cold start: a process of AWS's runtime client, from its beginning to its first answer.

The Runtime API here is the least that the client needs: the event for the first who asks, and a place for the answer.
Paths and headers: "Using the Lambda runtime API for custom runtimes" in the Lambda developer guide.
"""

import os
import queue
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.errors import StartFailed

REGION = "us-west-2"
_LIMIT_S = 60.0


@dataclass(frozen=True)
class Start:
    """What one start came to. `seconds` from before the process exists to the last byte of its answer; `peak_mib` is
    the most memory that it held until then (VmHWM).
    """

    seconds: float
    peak_mib: float
    answer: bytes


class _RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, event: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.event = event
        self.pid = 0
        self.posts: queue.SimpleQueue[tuple[float, str, bytes, float]] = queue.SimpleQueue()


class _Connection(BaseHTTPRequestHandler):
    server: _RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.event)))
        self.send_header("Lambda-Runtime-Aws-Request-Id", "6f1c2b0a-93ce-4f0e-8b5c-6a1d1f0a7a11")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + _LIMIT_S) * 1000)))
        arn = f"arn:aws:lambda:{REGION}:123456789012:function:orders"
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
        self.end_headers()
        self.wfile.write(self.server.event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        at = time.perf_counter()
        # The client waits for an answer that never comes, so its memory can be read; then it is killed.
        self.server.posts.put((at, self.path, body, peak_mib(self.server.pid)))
        threading.Event().wait(_LIMIT_S)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def peak_mib(pid: int) -> float:
    """The most memory that a process has held so far; needs Linux's /proc."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None  # every process with memory has it
    return int(found[1]) / 1024


def start(python: Path, folder: Path, handler: str, event: bytes, environment: Mapping[str, str]) -> Start:
    """Start `handler` of the code `folder`, and stop it after its first answer. Raises `StartFailed`."""
    with _RuntimeApi(event) as api, tempfile.TemporaryFile() as printed:
        threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        variables = {**_lambda_environment(folder, handler), **environment}
        variables["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{api.server_port}"
        command = [str(python), "-m", "awslambdaric", handler]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=printed, stderr=printed)
        api.pid = process.pid
        try:
            ended, path, answer, peak = api.posts.get(timeout=_LIMIT_S)
        except queue.Empty:
            path, answer = f"no answer within {_LIMIT_S:.0f} s", b""
        finally:
            process.kill()
            process.wait()
            api.shutdown()
        if not path.endswith("/response"):
            printed.seek(0)
            raise StartFailed(folder.name, f"{path} {answer.decode()}", printed.read().decode())
    return Start(ended - began, peak, answer)


def _lambda_environment(folder: Path, handler: str) -> dict[str, str]:
    """What Lambda sets, and nothing of the shell. Code is read-only there, so no bytecode is written here either."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "local",
        "LAMBDA_TASK_ROOT": str(folder),
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": ":UTC",
        "_HANDLER": handler,
    }
