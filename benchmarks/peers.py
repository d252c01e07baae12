"""Who serves the hello function on this machine: how each is had by a package manager, and started as its users do."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.errors import PeerMissing
from benchmarks.image import HANDLERS, ROOT, run

HELLO = HANDLERS / "hello"
ASK = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
_SMYTH, _CHALICE, _SAM = "smyth==0.7.1", "chalice==1.34.0", "aws-sam-cli==1.170.0"
# AWS's client does more from Python 3.12 on, where it knows the runtime: it is told the Python that it runs in.
RUNTIME = "python{}.{}".format(*sys.version_info[:2])
_NODE = {"osls": "4.3.1", "serverless-offline": "14.8.2"}


@dataclass(frozen=True)
class Peer:
    """A server that is installed. In `command`, {port} and {second} stand for two free ports.

    `request` is what it is sent, and `connections` how many at once it is asked to bear. An `is_invoked` one is given
    an event, and answers what the function returns; the others make a response of that.
    """

    name: str
    version: str
    folder: Path
    command: tuple[str, ...]
    request: bytes = ASK
    connections: tuple[int, ...] = (1, 2)
    is_invoked: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """This shell's, with the Python that measures as everybody's `python3`."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        shell = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        return {**shell, "PATH": path, **self.variables}


def ours(folder: Path) -> Peer:
    code = _copy("tight", folder / "tight")
    settings = (code / "tight.yml").read_text(encoding="utf-8")
    (code / "tight.yml").write_text(settings.replace("python3.13", RUNTIME), encoding="utf-8")
    command = (sys.executable, "-m", "invoke", "serve", "--port", "{port}")
    return Peer("Tight", f"tight-tasks {version('tight-tasks')}", code, command)


def smyth(folder: Path) -> Peer:
    code = _copy("plain", folder / "smyth")
    python = _environment(folder / "environments" / "smyth", _SMYTH)
    return Peer("Smyth", _SMYTH.replace("==", " "), code, (str(python), "-m", "smyth", "--port", "{port}"))


def serverless_offline(folder: Path) -> Peer:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise PeerMissing("serverless-offline", f"there is no {program} on PATH")
    code = _copy("plain", folder / "serverless")
    wanted = json.dumps({"private": True, "dependencies": _NODE})
    (code / "package.json").write_text(wanted, encoding="utf-8")
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
    run("npm", "install", "--legacy-peer-deps", *quiet, folder=code)
    # Its script itself: a wrapper's child would survive it.
    start = ("node", "node_modules/.bin/osls", "offline", "start", "--host", "127.0.0.1")
    ports = ("--httpPort", "{port}", "--lambdaPort", "{second}")
    versions = ", ".join(f"{name} {number}" for name, number in _NODE.items())
    return Peer("serverless-offline", versions, code, (*start, *ports))


def emulator(folder: Path) -> Peer:
    """AWS's runtime interface emulator, which takes one request at a time."""
    code = _copy("plain", folder / "emulator")
    tool = folder / "environments" / "sam"
    _install("--no-deps", "--target", str(tool), _SAM)
    machine = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    binary = tool / "samcli" / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    if not binary.is_file():
        raise PeerMissing("AWS's emulator", f"{_SAM} has none for {machine}")
    binary.chmod(0o755)
    ports = ("--runtime-interface-emulator-address", "127.0.0.1:{port}", "--runtime-api-address", "127.0.0.1:{second}")
    command = (str(binary), *ports, "--log-level", "error", sys.executable, "-m", "awslambdaric", "app.hello")
    event = json.dumps(json.loads((HELLO / "event.json").read_bytes()), separators=(",", ":")).encode()
    head = "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n"
    request = head.format(len(event)).encode() + event
    named = f"aws-lambda-rie of {_SAM.replace('==', ' ')}"
    told = {"AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}"}
    return Peer("AWS's emulator", named, code, command, request, (1,), is_invoked=True, variables=told)


def chalice(folder: Path) -> Peer:
    code = _copy("chalice", folder / "chalice")
    python = _environment(folder / "environments" / "chalice", _CHALICE)
    command = (str(python.parent / "chalice"), "local", "--port", "{port}")
    return Peer("chalice local", _CHALICE.replace("==", " "), code, command)


OTHERS: tuple[Callable[[Path], Peer], ...] = (smyth, serverless_offline, emulator, chalice)


def _copy(name: str, folder: Path) -> Path:
    shutil.copytree(HELLO / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _environment(folder: Path, *packages: str) -> Path:
    """The Python of an environment with these packages: away from the code, whose folder a server may watch."""
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    _install("--python", str(python), *packages)
    return python


def _install(*arguments: str) -> None:
    constraints = str(ROOT / "constraints.txt")
    run("uv", "pip", "install", "--quiet", "--system-certs", "--constraint", constraints, *arguments)
