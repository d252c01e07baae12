"""Ports of 127.0.0.1."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def claimed_ports(*wanted: int) -> Iterator[list[int]]:
    """For each that is wanted that port, or any other where something listens on it or has claimed it; 0 is any.

    Until the context ends nobody else gets one of them here. What is to listen on a port can't while it is held for it,
    so a claim holds the same number of UDP, on which none of the services listens.
    """
    with ExitStack() as claims:
        yield [_claim(port, claims) for port in wanted]


def free_ports(*wanted: int) -> list[int]:
    """The same for a moment. No two are equal."""
    with claimed_ports(*wanted) as found:
        return found


def free_port() -> int:
    return free_ports(0)[0]


def _claim(wanted: int, claims: ExitStack) -> int:
    while True:
        with _listener(wanted) as listener:
            port: int = listener.getsockname()[1]
            claim = claims.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                claim.bind(("127.0.0.1", port))
            except OSError:
                wanted = 0
            else:
                return port


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))
