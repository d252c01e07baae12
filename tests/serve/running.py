"""`invoke serve` in a terminal of its own, for tests of what is typed and shown."""

import re
import signal
import sys
import termios
import urllib.request
from pathlib import Path

import pexpect
import psutil

from tight_tasks.services.ports import free_port

LIMIT_S = 30


def read(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=LIMIT_S) as reply:
        text: str = reply.read().decode()
        return text


class Running:
    """`invoke serve` in a terminal of its own."""

    def __init__(self, app: Path, *options: str) -> None:
        (app / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
        self.port = free_port()
        arguments = ["-m", "invoke", "serve", "--port", str(self.port), *options]
        self.terminal = pexpect.spawn(
            sys.executable, arguments, cwd=str(app), encoding="utf-8", timeout=LIMIT_S, dimensions=(50, 200)
        )
        self.processes: list[psutil.Process] = []

    def wait_for(self, text: str) -> str:
        self.terminal.expect(re.escape(text))
        return str(self.terminal.before)

    def get(self, path: str) -> str:
        text = read(self.port, path)
        self.processes = [self.process, *self.process.children(recursive=True)]
        return text

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.terminal.pid)

    @property
    def modes(self) -> list[int]:
        """How the terminal treats what is typed: whether it echoes it, for one."""
        modes: list[int] = termios.tcgetattr(self.terminal.child_fd)[:4]
        return modes

    def line(self) -> str:
        """The next one."""
        self.terminal.expect("\n")
        return str(self.terminal.before)

    def interrupt(self) -> int | None:
        self.terminal.sendintr()
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        code: int | None = self.terminal.exitstatus
        return code

    def kill(self) -> None:
        """End it however it is; its warden ends the workers."""
        if self.terminal.isalive():
            self.terminal.kill(signal.SIGKILL)
            self.terminal.wait()
        self.terminal.close()
