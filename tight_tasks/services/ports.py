"""Ports of 127.0.0.1."""

import socket
from contextlib import ExitStack


def free_ports(*wanted: int) -> list[int]:
    """For each that is wanted that port, or any other where something listens on it; 0 is any. No two are the same."""
    found: list[int] = []
    with ExitStack() as held:
        for port in wanted:
            listener = held.enter_context(_listener(port))
            found.append(listener.getsockname()[1])
    return found


def free_port() -> int:
    return free_ports(0)[0]


def port_near(wanted: int) -> int:
    """The port, or any other that is free where something listens on it."""
    return free_ports(wanted)[0]


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))
