"""Runs a module with nothing on Python's path but the standard library and the folders given, and no network.

`python -I -S clean.py FOLDERS MODULE ARGUMENTS...`; `FOLDERS` are separated as in PATH. It imports nothing of Tight: it
runs in the Python of the functions, which may be another than the task's.
"""

import errno
import os
import runpy
import socket
import sys

_LOOPBACK = ("127.", "::1", "localhost")
_RUNTIME_API = os.environ.get("AWS_LAMBDA_RUNTIME_API", "")


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: whatever leaves loopback, or connects to a service there, fails as if there were no network."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not (_is_local(address[0]) and _is_harmless(event, address)):
            place = f"{address[0]}:{address[1]}"
            raise OSError(errno.ENETUNREACH, f"{place} is not reached: artifacts are examined without a network")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_local(arguments[0]):
        name = arguments[0]
        raise socket.gaierror(socket.EAI_AGAIN, f"{name!r} is not looked up: artifacts are examined without a network")


def _is_local(host: object) -> bool:
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    return host is None or (isinstance(host, str) and host.startswith(_LOOPBACK))


def _is_harmless(event: str, address: tuple[object, ...]) -> bool:
    # On Windows a pair of sockets, which asyncio needs, is made by such a connection.
    is_own = f"{address[0]}:{address[1]}" == _RUNTIME_API or sys.platform == "win32"
    return is_own or event != "socket.connect"


def main(folders: str, module: str, *arguments: str) -> None:
    """Does not return where the module doesn't."""
    sys.path[:0] = folders.split(os.pathsep)
    sys.argv = [module, *arguments]
    sys.addaudithook(refuse_network)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
