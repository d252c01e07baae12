"""The local Lambda by itself: what it adds to a cold start, what it takes while nobody asks, what a function holds."""

import http.client
import json
import os
import signal
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.errors import ServerFailed
from benchmarks.peers import HELLO
from benchmarks.report import Figure, Figures
from benchmarks.running import Running
from benchmarks.start import start

_IDLE_S = 10.0
_COLD_S = 10.0
_MIB = 1024 * 1024


def alone(server: Running, *, rounds: int) -> Figures:
    """Of our server, which has answered. Raises `BenchmarkFailed`."""
    idle = idle_percent(server.pid, _IDLE_S)
    memory = psutil.Process(_workers(server)[0]).memory_full_info()
    starts, requests = cold_starts_ms(server, rounds)
    bare, served = min(starts), min(requests)
    figures = (
        Figure("cold start, bare awslambdaric", bare, "ms"),
        Figure("cold start, through serve", served, "ms"),
        Figure("added to a cold start", served - bare, "ms", 5.0),
        Figure("processor while idle, all its processes", idle, "%", 1.0),
        Figure("memory of an environment, RSS", memory.rss / _MIB, "MiB"),
        Figure("memory of an environment, PSS", memory.pss / _MIB, "MiB"),
    )
    unrest = median(starts) / bare
    note = f"bare awslambdaric: {len(starts)} starts, the median {unrest:.2f} times the best"
    return Figures("The local Lambda by itself", figures, note)


def idle_percent(pid: int, seconds: float) -> float:
    """Of one processor, over so many seconds, by a process and all that it has started."""
    process = psutil.Process(pid)
    some = [process, *process.children(recursive=True)]

    def spent() -> float:
        return sum(sum(each.cpu_times()[:2]) for each in some)  # user and system

    time.sleep(1)  # what the last request has left to do
    before, began = spent(), time.perf_counter()
    time.sleep(seconds)
    return (spent() - before) / (time.perf_counter() - began) * 100


def cold_starts_ms(server: Running, rounds: int) -> tuple[list[float], list[float]]:
    """Both in turn: of the bare runtime client, until its first answer is posted; and of the server, from a request
    while the function has no process until the answer.
    """
    event = (HELLO / "event.json").read_bytes()
    bare, served = [], []
    for _ in range(rounds):
        bare.append(start(Path(sys.executable), server.peer.folder, "app_index.hello", event, {}).seconds * 1000)
        _make_cold(server)
        began = time.perf_counter()
        _get(server, "/hello")
        served.append((time.perf_counter() - began) * 1000)
    return bare, served


def _make_cold(server: Running) -> None:
    """End its workers, and wait until it has seen that."""
    for pid in _workers(server):
        os.killpg(pid, signal.SIGKILL)
    end = time.monotonic() + _COLD_S
    while _workers(server):
        if time.monotonic() > end:
            raise ServerFailed(server.peer.name, f"its environments are not cold after {_COLD_S:.0f} s", "")
        time.sleep(0.05)


def _workers(server: Running) -> list[int]:
    """The process of each environment that has one."""
    status: Any = json.loads(_get(server, "/_tight/status"))
    some = (each for function in status["functions"].values() for each in function["environments"])
    return [each["pid"] for each in some if each["pid"]]


def _get(server: Running, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise ServerFailed(server.peer.name, f"{path} was answered {answer.status}", content.decode())
    return content
