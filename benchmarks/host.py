"""`tight host` against tomodachi: a hello over HTTP, in turn."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.errors import AnswersDiffer, ServerFailed
from benchmarks.hosts import OTHER, hello_hosts
from benchmarks.report import Rates, Table
from benchmarks.running import Running, running
from benchmarks.start import peak_mib

TURN_S = 0.5
AT_LEAST = 2.0


def hosting(program: Path, rounds: int) -> Iterator[Rates | Table]:
    """Requests per second, the processor time of each, and memory. Raises `BenchmarkFailed`."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(peer)) for peer in hello_hosts(program)]
        first, *others = [(server.peer.name, json.loads(server.answer)["body"]) for server in servers]
        for name, body in others:
            if body != first[1]:
                raise AnswersDiffer(name, "body", first[1], body)
        for connections in (1, 16):
            yield from _compare(servers, connections, rounds)
        memory = {server.peer.name: peak_mib(server.pid) for server in servers}
    yield Table("Memory, the most that was held", "MiB", memory)


def _compare(servers: list[Running], connections: int, rounds: int) -> Iterator[Rates | Table]:
    """Of each the best turn counts."""
    rates: dict[str, float] = {}
    spent: dict[str, float] = {}
    for number in range(rounds):
        for server in servers[:: -1 if number % 2 else 1]:
            name, process = server.peer.name, psutil.Process(server.pid)
            before = sum(process.cpu_times()[:2])
            run = server.load(connections, TURN_S)
            if run.failed:
                raise ServerFailed(name, f"{run.failed} requests got no good answer", "")
            used = (sum(process.cpu_times()[:2]) - before) / (run.per_second * TURN_S) * 1e6
            rates[name] = max(run.per_second, rates.get(name, 0.0))
            spent[name] = min(used, spent.get(name, used))
    on = f"{connections} connection{'s' * (connections > 1)}"
    yield Rates(f"Requests per second, {on}", rates, {OTHER: AT_LEAST})
    yield Table(f"The server's processor time of a request, {on}", "µs", spent)
