"""The local Lambda, side by side with others that do its work; the targets stand here.

All servers run at once and take turns, so that other work on this machine meets all of them. Of each the best turn
counts.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from benchmarks.alone import alone
from benchmarks.answers import check_equal
from benchmarks.errors import BenchmarkFailed
from benchmarks.load import Run
from benchmarks.peers import OTHERS, Peer, ours
from benchmarks.report import Rates, Table
from benchmarks.running import Running, running

TURN_S = 0.5
AT_LEAST = {
    1: {"Smyth": 60.0, "serverless-offline": 1.5, "AWS's emulator": 1.5, "chalice local": 1.5},
    2: {"Smyth": 60.0, "serverless-offline": 1.2, "chalice local": 1.2},
}


class Printed(Protocol):
    """What a suite gives: a text, and a sentence for each target in it that is not met."""

    def missed(self) -> list[str]: ...


def install(folder: Path) -> tuple[list[Peer], list[str]]:
    """Ours first, and the others that this machine can have; a sentence for each that it can't."""
    peers, left_out = [ours(folder)], []
    for make in OTHERS:
        try:
            peers.append(make(folder))
        except BenchmarkFailed as error:  # noqa: PERF203  # each is an installation
            left_out.append(f"left out: {error}")
    return peers, left_out


def serving(peers: Sequence[Peer], *, rounds: int) -> Iterator[Printed]:
    """Each table as soon as it is measured. Raises `BenchmarkFailed`."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(peer)) for peer in peers]
        check_equal({server.peer.name: server.answer for server in servers})
        runs = _runs(servers, rounds)
        for count, best in runs.items():
            rates = {name: run.per_second for name, run in best.items()}
            failed = ", ".join(f"{name} {run.failed}" for name, run in best.items() if run.failed)
            title = f"Requests per second, {count} connection{'s' * (count != 1)}"
            yield Rates(title, rates, AT_LEAST[count], f"without a good answer: {failed}" if failed else "")
        for title, part in (("Latency of a warm request, p50", "p50_us"), ("Latency of a warm request, p99", "p99_us")):
            yield Table(title, "µs", {name: getattr(run, part) for name, run in runs[1].items()})
        yield alone(servers[0], rounds=rounds)


def _runs(servers: Sequence[Running], rounds: int) -> dict[int, dict[str, Run]]:
    """The best turn of each server, by its name, for each number of connections."""
    best: dict[int, dict[str, Run]] = {count: {} for count in AT_LEAST}
    for number in range(rounds):
        for count, found in best.items():
            for server in servers[:: -1 if number % 2 else 1]:
                if count in server.peer.connections:
                    run, name = server.load(count, TURN_S), server.peer.name
                    found[name] = max(run, found.get(name, run), key=lambda each: each.per_second)
    return best
