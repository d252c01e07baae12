"""Ports of 127.0.0.1."""

import socket


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found: int = listener.getsockname()[1]
    return found


def port_near(wanted: int) -> int:
    """The port, or any other that is free where something listens on it."""
    try:
        socket.create_server(("127.0.0.1", wanted)).close()
    except OSError:
        return free_port()
    return wanted
