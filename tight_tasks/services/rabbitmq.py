"""RabbitMQ: a broker of the user's own in a folder of the app, of what the system's package has installed."""

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 5672
# Debian's wrapper insists on the system's user and folders, the server itself does not.
_SERVERS = ("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server", "opt/homebrew/sbin/rabbitmq-server")


def find_server() -> str | None:
    return next((str(found) for each in _SERVERS for found in Path("/").glob(each)), None)


def why_not() -> str | None:
    """Why it can't run here, and what to do; None where it can."""
    if find_server() is None or shutil.which("epmd") is None:
        return "RabbitMQ is not installed: apt-get install rabbitmq-server, or brew install rabbitmq, gets it."
    return None


@dataclass(frozen=True)
class Broker:
    """A node on 127.0.0.1, as guest, with everything in `folder`. `names_port` is that of Erlang's epmd."""

    folder: Path
    port: int
    names_port: int
    other_port: int

    @classmethod
    def new(cls, folder: Path, port: int, names_port: int, other_port: int) -> "Broker":
        """Without what the last one kept."""
        shutil.rmtree(folder / "node", ignore_errors=True)
        (folder / "node").mkdir(parents=True)
        return cls(folder / "node", port, names_port, other_port)

    @property
    def address(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def names_command(self) -> list[str]:
        """Starts epmd, in the foreground: the one that a node starts by itself would outlive it."""
        return [shutil.which("epmd") or "epmd", "-address", "127.0.0.1", "-port", str(self.names_port)]

    def command(self) -> list[str]:
        """Starts the broker as one process, which ends in order on SIGTERM."""
        plugins = self.folder / "plugins"
        plugins.write_text("[].", encoding="utf-8")
        variables = {
            "HOME": self.folder,  # of Erlang's cookie
            "PATH": os.environ["PATH"],
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self.names_port,
            "RABBITMQ_ALLOW_INPUT": "1",  # else a shell stands between, which does not hand signals on
            "RABBITMQ_CONFIG_FILE": self.folder / "rabbitmq",
            "RABBITMQ_DIST_PORT": self.other_port,
            "RABBITMQ_ENABLED_PLUGINS_FILE": plugins,
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": self.folder / "log",
            "RABBITMQ_MNESIA_BASE": self.folder / "mnesia",
            "RABBITMQ_NODENAME": "tight@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port,
            "RABBITMQ_PID_FILE": self.folder / "pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        }
        return ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), find_server() or ""]

    def names_answer(self) -> bool:
        return is_open(self.names_port)

    def answers(self) -> bool:
        return is_open(self.port)


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
