"""Who runs an app on a machine of its own: `tight host`, and tomodachi, as their users start them."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.image import HANDLERS, run
from benchmarks.peers import Peer

HOST = HANDLERS / "host"
OWN, OTHER, KEEPING = "tight host", "tomodachi", "tomodachi, told to keep connections"
_REQUEST = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
_HELLO, _READY = _REQUEST.format("/hello/world").encode(), _REQUEST.format("/_tight/ready").encode()
TOMODACHI = "tomodachi 0.29.0"
# By itself, tomodachi closes a connection after each answer and writes a line for each request.
_LIKE_OURS = {"access_log": False, "keepalive_timeout": 75}


def install_tomodachi(folder: Path) -> Path:
    """Its program, in an environment of its own with uvloop. Raises `CommandFailed`."""
    program = folder / "bin" / "tomodachi"
    if not program.exists():
        run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        wanted = (TOMODACHI.replace(" ", "=="), "uvloop")
        run("uv", "pip", "install", "--quiet", "--system-certs", "--python", str(folder), *wanted)
    return program


def hello_hosts(program: Path) -> tuple[Peer, ...]:
    """Ours first; those that answer a hello."""
    return (
        _ours(HOST / "hello", _HELLO, {}),
        _tomodachi(OTHER, program, HOST / "hello", _HELLO, {"HTTP_OPTIONS": "{}"}),
        _tomodachi(KEEPING, program, HOST / "hello", _HELLO, {"HTTP_OPTIONS": json.dumps(_LIKE_OURS)}),
    )


def message_hosts(program: Path, variables: dict[str, str]) -> tuple[Peer, ...]:
    """Ours first; those that count messages. `variables` lead to the queues."""
    folder = HOST / "messages"
    told = {**variables, "PYTHONPATH": str(folder)}
    return _ours(folder, _READY, told), _tomodachi(OTHER, program, folder, _READY, told)


def _ours(folder: Path, request: bytes, variables: dict[str, str]) -> Peer:
    command = (sys.executable, "-m", "tight_tasks", "host", "--port", "{port}")
    named = f"tight-tasks {version('tight-tasks')}"
    return Peer(OWN, named, folder / "tight", command, request, variables=variables)


def _tomodachi(name: str, program: Path, folder: Path, request: bytes, variables: dict[str, str]) -> Peer:
    start = (str(program), "run", "service.py", "--production", "--loop", "uvloop")
    command = ("env", "PORT={port}", *start)
    return Peer(name, TOMODACHI, folder / "tomodachi", command, request, variables=variables)
