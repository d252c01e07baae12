"""A server in a process of its own, from its start to its end, and runs of the load generator against it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import ServerFailed
from benchmarks.load import Connection, Run
from benchmarks.peers import Peer

_LOAD = Path(__file__).parent / "load.py"
_START_S = 60.0
_STOP_S = 10.0


@dataclass(frozen=True)
class Running:
    """A peer that answers on `port` of 127.0.0.1; `answer` is its first, as Lambda would give it to API Gateway."""

    peer: Peer
    port: int
    pid: int
    answer: bytes

    def load(self, connections: int, seconds: float) -> Run:
        """Raises `ServerFailed`."""
        command = (sys.executable, _LOAD, "127.0.0.1", str(self.port), str(connections), str(seconds))
        done = subprocess.run(command, input=self.peer.request, capture_output=True, check=False)
        if done.returncode:
            raise ServerFailed(self.peer.name, "a connection got no answer", done.stderr.decode())
        return Run(**json.loads(done.stdout))


@contextmanager
def running(peer: Peer) -> Iterator[Running]:
    """Started, and asked until it answers; all of it is gone afterwards. Raises `ServerFailed`."""
    port, second = _free_ports(2)
    command = [part.format(port=port, second=second) for part in peer.command]
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            command,
            cwd=peer.folder,
            env=peer.environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
        try:
            answer = _first_answer(peer, port, process)
            if answer is None:
                printed.seek(0)
                what = f"no answer within {_START_S:.0f} s, or its end"
                raise ServerFailed(peer.name, what, printed.read().decode("utf-8", "replace"))
            yield Running(peer, port, process.pid, answer)
        finally:
            _stop(process)


def _first_answer(peer: Peer, port: int, process: "subprocess.Popen[bytes]") -> bytes | None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), closing(Connection("127.0.0.1", port)) as connection:
            answer = connection.ask(peer.request)
            if answer.status == 200 and answer.content:
                if peer.is_invoked:
                    return answer.content
                kind = answer.headers.get("content-type", "").partition(";")[0]  # serverless-offline adds a charset
                headers = {**answer.headers, "content-type": kind}
                return json.dumps({"statusCode": 200, "headers": headers, "body": answer.content.decode()}).encode()
        time.sleep(0.1)
    return None


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Gently, then with all of its group: some leave their children behind."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
