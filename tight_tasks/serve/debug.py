"""Stopping in a handler: pdb in this terminal, or an editor that speaks to debugpy."""

import importlib.util
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tight_tasks.errors import BadOption
from tight_tasks.serve.worker import runtime_client

UNLIMITED_S = 24 * 3600.0  # a day: long enough to think, short enough for the header of the deadline


@dataclass(frozen=True)
class Debug:
    """`terminal` gives each worker the terminal; `port` is where the first function's debugpy listens, the second's is
    one more, and so on.
    """

    terminal: bool = False
    port: int = 0

    def launch(self, place: int) -> tuple[str, ...] | None:
        """What starts the runtime of the function at `place`; None for the usual way."""
        if not self.port:
            return None
        listen = ("--listen", f"127.0.0.1:{self.port + place}")
        return (sys.executable, "-Xfrozen_modules=off", "-m", "debugpy", *listen, "-m", runtime_client())


def check_debugpy(port: int) -> None:
    """Raises `BadOption` where debugpy is not installed, or can't listen on `port`."""
    if not 0 < port < 65536:
        raise BadOption("debugpy", str(port), "give a port, such as 5678")
    if importlib.util.find_spec("debugpy") is None:
        raise BadOption("debugpy", str(port), "debugpy is not installed: pip install debugpy")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise BadOption("debugpy", str(port), os.strerror(error.errno or 0)) from error


@contextmanager
def terminal_kept() -> Iterator[None]:
    """The terminal is afterwards as it is now: a pdb that is ended at its prompt leaves it without an echo."""
    try:
        import termios
    except ImportError:  # Windows has none
        yield
        return
    try:
        before = termios.tcgetattr(sys.stdin)
    except (OSError, termios.error):  # it is no terminal
        yield
        return
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
