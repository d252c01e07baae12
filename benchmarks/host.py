"""`tight host` against tomodachi: a hello over HTTP, by one client, in turn."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkFailed
from benchmarks.image import HANDLERS, ROOT
from benchmarks.load import Run
from benchmarks.report import Table

PEER = "tomodachi"
OWN = "tight host"
AT_MOST = 0.5  # twice as many requests in the same time
TURN_S = 1.0
PATH = "/hello/world"
ANSWER = b'{"hello":"world"}'
_START_S = 30
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    name: str
    pid: int
    port: int

    @property
    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK_S

    @property
    def most_mb(self) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def install_peer(folder: Path) -> Path:
    """The programs of an environment with tomodachi and uvloop, made once."""
    python = folder / "bin" / "python"
    if not (folder / "bin" / "tomodachi").exists():
        for command in (
            ["uv", "venv", "--quiet", "--python", sys.executable, str(folder)],
            ["uv", "pip", "install", "--quiet", "--system-certs", "--python", str(python), PEER, "uvloop"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                raise BenchmarkFailed(done.stderr.strip())
    return folder / "bin"


def hosting(rounds: int) -> list[Table]:
    """Time and processor time of a request, and memory. Raises `BenchmarkFailed`."""
    peer = install_peer(ROOT / "benchmarks" / ".build" / PEER)
    port, other = _free_port(), _free_port()
    own_command = [sys.executable, "-m", "tight_tasks", "host", "--port", str(other)]
    peer_command = [str(peer / PEER), "run", "service.py", "--production", "--loop", "uvloop"]
    with (
        _started(PEER, peer_command, HANDLERS / PEER, port) as first,
        _started(OWN, own_command, HANDLERS / "hello", other) as second,
    ):
        both = (first, second)
        tables = [table for connections in (1, 16) for table in _compare(both, connections, rounds)]
        memory = {each.name: each.most_mb for each in both}
    return [*tables, Table("Memory, the most that was held", "MB", memory)]


def _compare(both: tuple[Running, Running], connections: int, rounds: int) -> Iterator[Table]:
    """Of each the best round counts; they take turns."""
    wall: dict[str, float] = {}
    cpu: dict[str, float] = {}
    for _ in range(rounds):
        for each in both:
            before = each.cpu_s
            run = _load(each.port, connections)
            if run.failed:
                raise BenchmarkFailed(f"{each.name} failed {run.failed} times")
            used = (each.cpu_s - before) / (run.per_second * TURN_S) * 1e6
            wall[each.name] = min(1e6 / run.per_second, wall.get(each.name, float("inf")))
            cpu[each.name] = min(used, cpu.get(each.name, float("inf")))
    on = f"Hello on {connections} connection{'s' * (connections > 1)}"
    rates = ", ".join(f"{name} {1e6 / value:,.0f}" for name, value in wall.items())
    yield Table(f"{on}: a request", "µs", wall, {OWN: AT_MOST}, f"requests per second: {rates}")
    yield Table(f"{on}: the server's processor time for it", "µs", cpu)


def _load(port: int, connections: int) -> Run:
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n"
    program = str(ROOT / "benchmarks" / "load.py")
    command = [sys.executable, program, "127.0.0.1", str(port), str(connections), str(TURN_S)]
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise BenchmarkFailed(done.stderr.strip().splitlines()[-1])
    return Run(**json.loads(done.stdout))


@contextlib.contextmanager
def _started(name: str, command: list[str], folder: Path, port: int) -> Iterator[Running]:
    variables = {**os.environ, "PORT": str(port)}
    process = subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_S
        while (answer := _ask(port)) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkFailed(f"{name} does not start: {' '.join(command)}")
            time.sleep(0.1)
        if answer != ANSWER:
            raise BenchmarkFailed(f"{name} answers {answer!r}")
        yield Running(name, process.pid, port)
    finally:
        process.terminate()
        process.wait(_START_S)


def _ask(port: int) -> bytes | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().read()
    except OSError:
        return None
    finally:
        connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
