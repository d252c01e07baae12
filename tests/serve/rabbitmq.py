"""A RabbitMQ broker of the tests' own: an unprivileged node in a folder, on free ports of 127.0.0.1."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pika
import psutil

from tight_tasks.services.ports import free_port

HOW_TO = "RabbitMQ is not installed: apt-get install --no-install-recommends rabbitmq-server"
# Debian's own script insists on the system's user and folders.
_SERVERS = ("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server", "/opt/homebrew/sbin/rabbitmq-server")
_LIMIT_S = 90


class Broker:
    """`url` is for AMQP clients. What is durable outlives `kill` and `start`."""

    def __init__(self, folder: Path, server: str, epmd_port: int) -> None:
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        self._folder = folder
        self._server = server
        self._epmd_port = epmd_port
        self._dist_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self._folder / "plugins").write_text("[].", encoding="utf-8")
        variables = {
            "HOME": str(self._folder),  # of Erlang's cookie
            "PATH": os.environ["PATH"],
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq"),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_NODENAME": "tests@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [self._server], env=variables, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        _until_open(self.port, self._process, self._folder / "output")

    def take_all(self, queue: str) -> list[str]:
        """What waits in a queue, which is empty then."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            channel = connection.channel()
            taken = iter(lambda: channel.basic_get(queue, auto_ack=True), (None, None, None))
            return [body.decode() for _, _, body in taken]

    def kill(self) -> None:
        """End the broker at once, by its id, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self._process is not None:
            self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        # The shell script waits for the broker itself, whose helpers go when it does.
        family = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)]
        for process in family:
            if number == signal.SIGKILL or process.name().startswith("beam"):
                process.send_signal(number)
        self._process.wait(_LIMIT_S)
        psutil.wait_procs(family, timeout=_LIMIT_S)
        self._process = None


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """Raises LookupError with how to get what is missing."""
    server = next((str(found) for each in _SERVERS for found in Path("/").glob(each[1:])), None)
    epmd = shutil.which("epmd")
    if server is None or epmd is None:
        raise LookupError(HOW_TO)
    port = free_port()
    # In the foreground: the one that a node starts by itself would outlive it.
    names = subprocess.Popen(
        [epmd, "-address", "127.0.0.1", "-port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_open(port, names, folder / "output")
        broker = Broker(folder, server, port)
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()
    finally:
        names.kill()
        names.wait(_LIMIT_S)


async def until(condition: Callable[[], object], limit_s: int = _LIMIT_S) -> None:
    for _ in range(limit_s * 50):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


def _until_open(port: int, process: "subprocess.Popen[bytes]", output: Path) -> None:
    until = time.monotonic() + _LIMIT_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = output.read_text(encoding="utf-8", errors="replace") if output.exists() else ""
    raise AssertionError(f"nothing listens on port {port}: {said[-2000:]}")
