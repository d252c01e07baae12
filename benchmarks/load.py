"""Asks one address as fast as it answers, in a process of its own: python load.py HOST PORT CONNECTIONS SECONDS

The bytes of the request come on standard input. Each connection has a thread, waits for an answer before it asks again,
and is kept for as long as the server keeps it. Prints what came of it as JSON, the fields of `Run`.
"""

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from statistics import quantiles
from threading import Barrier

import httptools

_LIMIT_S = 60.0


@dataclass(frozen=True)
class Run:
    """Good answers in a second, and percentiles of their latency. `failed` counts what came instead of one."""

    per_second: float
    p50_us: float
    p99_us: float
    failed: int


class Answer:
    """One response, as httptools' parser reads it; `is_kept` says whether the connection may be used again."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.content = b""
        self.is_kept = False
        self.is_whole = False
        self._parser = httptools.HttpResponseParser(self)
        self.feed = self._parser.feed_data

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.content += body

    def on_message_complete(self) -> None:
        # Only here: afterwards the parser is at the next response.
        self.status, self.is_kept, self.is_whole = (
            self._parser.get_status_code(),
            self._parser.should_keep_alive(),
            True,
        )


class Connection:
    """A connection that is made anew where the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Raises OSError."""
        answer = Answer()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, _LIMIT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        while not answer.is_whole:
            data = self._socket.recv(65536)
            if not data:
                self.close()
                raise ConnectionError("the server closed the connection before it had answered")
            answer.feed(data)
        if not answer.is_kept:
            self.close()
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def load(request: bytes, host: str, port: int, connections: int, seconds: float) -> Run:
    """The time begins once each connection has had an answer. Raises OSError where there is none."""
    ready = Barrier(connections)

    def ask_on() -> tuple[list[float], int]:
        connection = Connection(host, port)
        connection.ask(request)
        took: list[float] = []
        failed = 0
        ready.wait(_LIMIT_S)
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            try:
                good = connection.ask(request).status == 200
            except OSError:
                good = False
                connection.close()
            if good:
                took.append(time.perf_counter() - began)
            else:
                failed += 1
        connection.close()
        return took, failed

    with ThreadPoolExecutor(connections) as threads:
        parts = [each.result() for each in [threads.submit(ask_on) for _ in range(connections)]]
    took = [each for part, _ in parts for each in part]
    cuts = quantiles(took, n=100, method="inclusive") if len(took) > 1 else [0.0] * 99
    return Run(len(took) / seconds, cuts[49] * 1e6, cuts[98] * 1e6, sum(failed for _, failed in parts))


def main(host: str, port: str, connections: str, seconds: str) -> None:
    request = sys.stdin.buffer.read()
    print(json.dumps(asdict(load(request, host, int(port), int(connections), float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
