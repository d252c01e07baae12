"""Looks whether this machine has what an app needs, and says what to do where it has not."""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks import embedded
from tight_tasks.dynamo.local import JAVA, find_java, is_installed, java_version
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.run import DEFAULT_PORT
from tight_tasks.env import read_environment
from tight_tasks.errors import TaskError
from tight_tasks.project import FILE, Project, folders_of_functions
from tight_tasks.release import tag
from tight_tasks.serve.worker import AWS_CLIENT, STAND_IN, runtime_client
from tight_tasks.task import task
from tight_tasks.update import ANSWERS, recorded_version

_INSTALL = "pip install -r requirements.txt"
_STYLES = {"ok": "green", "warning": "yellow", "missing": "red"}


@dataclass(frozen=True)
class Finding:
    """One line. A warning costs a convenience; what is missing is needed. `remedy` is empty where all is well."""

    what: str
    state: Literal["ok", "warning", "missing"]
    found: str
    remedy: str = ""


def examine(root: Path) -> Iterator[Finding]:
    """What there is for the app in `root`, in the order of CHECKS."""
    project: Project | None = None
    try:
        project = Project.load(root)
        yield Finding(FILE, "ok", f"{project.name}, {project.runtime} on {project.architecture}")
    except TaskError as error:
        yield Finding(FILE, "missing", str(error), "correct it, or run this in the folder of an app")
    for check in CHECKS:
        yield from check(root, project)


def _environment(_root: Path, project: Project | None) -> Iterator[Finding]:
    if project is None:
        return
    try:
        stage = read_environment(project).get("STAGE", "none")
    except TaskError as error:
        yield Finding("environment", "missing", str(error), "correct it, then see it by invoke env")
    else:
        yield Finding("environment", "ok", f"stage {stage}")


def _functions(root: Path, project: Project | None) -> Iterator[Finding]:
    if project is None:
        return
    functions = folders_of_functions(root)
    strangers = ", ".join(f"functions.{stranger}" for stranger in project.strangers(functions))
    if strangers:
        found = f"{FILE} sets {strangers}, but there is no such function"
        yield Finding("functions", "warning", found, "correct its name, or remove its settings")
    else:
        yield Finding("functions", "ok", f"{len(functions)}")


def _python(_root: Path, project: Project | None) -> Iterator[Finding]:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = project.target.python if project else here
    if here == wanted:
        yield Finding("Python", "ok", f"{here}, in {sys.prefix}")
    else:
        remedy = f"make the virtual environment with python{wanted}, to test on what runs in Lambda"
        yield Finding("Python", "warning", f"{here}, and {FILE} says {wanted}", remedy)


def _packages(_root: Path, _project: Project | None) -> Iterator[Finding]:
    for package in ("tight-runtime", "tight-tasks", "uv"):
        installed = _version(package)
        if installed:
            yield Finding(package, "ok", installed)
        else:
            yield Finding(package, "missing", "not installed in this environment", _INSTALL)


def _client(_root: Path, _project: Project | None) -> Iterator[Finding]:
    if runtime_client() == STAND_IN:
        remedy = "none needed; it has wheels for Linux only" if sys.platform != "linux" else _INSTALL
        yield Finding(AWS_CLIENT, "warning", "not installed: Tight's stand-in takes its place", remedy)
    else:
        yield Finding(AWS_CLIENT, "ok", version(AWS_CLIENT))


def _git(_root: Path, _project: Project | None) -> Iterator[Finding]:
    found = _says("git", "--version")
    if found:
        yield Finding("git", "ok", found.splitlines()[0].removeprefix("git version "))
    else:
        yield Finding("git", "warning", "not on PATH", "install it: invoke update compares versions with it")


def _templates(root: Path, project: Project | None) -> Iterator[Finding]:
    recorded = recorded_version(root)
    if project is None:
        return
    if not recorded:
        yield Finding(
            "templates", "warning", f"{ANSWERS} records no version", "invoke update needs it: restore the file"
        )
    elif recorded != tag():
        # Either an update waits to be made, or it was, and the packages that it asks for are not installed yet.
        remedy = _INSTALL if _is_newer(recorded, tag()) else "invoke update --plan"
        yield Finding("templates", "warning", f"{recorded}, and {tag()} is installed", remedy)
    else:
        yield Finding("templates", "ok", recorded)


def _database(root: Path, _project: Project | None) -> Iterator[Finding]:
    place = Place.of(root)
    if is_installed(place.engine):
        yield Finding("DynamoDB Local", "ok", f"in {place.engine.relative_to(root).as_posix()}")
    else:
        remedy = "invoke dynamo.install gets it; until then invoke dynamo.run runs the embedded database"
        yield Finding("DynamoDB Local", "warning", "not installed in this app", remedy)
    java = find_java()
    version = java_version(java) if java else None
    if version is not None and version >= JAVA:
        yield Finding("Java", "ok", f"{version}")
    else:
        found = f"{version}" if version else "not working" if java else "not on PATH"
        remedy = f"install Java {JAVA} or newer for DynamoDB Local; the embedded database needs none"
        yield Finding("Java", "warning", found, remedy)
    maven = re.search(r"Apache Maven ([\w.-]+)", _says("mvn", "--version"))
    if maven:
        yield Finding("Maven", "ok", maven[1])
    else:
        remedy = "install it for invoke dynamo.install --maven; without that option none is needed"
        yield Finding("Maven", "warning", "not on PATH", remedy)


def _embedded(_root: Path, _project: Project | None) -> Iterator[Finding]:
    package = embedded.lacks()
    if package:
        found = f"{package} is not installed: tests, serve and the embedded database have no AWS of their own"
        yield Finding("embedded AWS", "warning", found, embedded.INSTALL)
    else:
        yield Finding("embedded AWS", "ok", f"moto {version('moto')}")


def _ports(_root: Path, project: Project | None) -> Iterator[Finding]:
    served = project.serve.port if project else 8080
    for port, user, remedy in (
        (DEFAULT_PORT, "the local database", "end what listens there, unless it is the local database"),
        (served, "invoke serve", f"end what listens there, or set serve.port in {FILE}"),
    ):
        if _is_free(port):
            yield Finding(f"port {port}", "ok", f"free for {user}")
        else:
            yield Finding(f"port {port}", "warning", f"taken, and {user} listens there", remedy)


# What is examined, one after the other: a function of the app's folder and its settings, None where they are broken.
CHECKS: tuple[Callable[[Path, Project | None], Iterator[Finding]], ...] = (
    _environment,
    _functions,
    _templates,
    _python,
    _packages,
    _client,
    _git,
    _database,
    _embedded,
    _ports,
)


def _is_newer(tag: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version  # not for those who only list the tasks

    try:
        return Version(tag) > Version(other)
    except InvalidVersion:  # a branch, or a tag of somebody's own
        return False


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _says(program: str, argument: str) -> str:
    """What a program prints; nothing where it is not there, fails or does not end."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run([path, argument], capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do, or a port would count as taken for a minute after its last connection.
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@task(help={"json": "Print it as JSON.", "target": "The app's folder (here)."})
def doctor(c: Context, json: bool = False, target: str = "") -> None:  # noqa: ARG001  # Invoke's signature
    """Say what this machine has and lacks for the app; the exit code is 1 where something needed is missing."""
    findings = list(examine(Path(target).absolute()))
    _print_json(findings) if json else _print_table(findings)
    if any(finding.state == "missing" for finding in findings):
        raise Exit(code=1)


def _print_json(findings: list[Finding]) -> None:
    print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))


def _print_table(findings: list[Finding]) -> None:
    from rich.console import Console  # 0.1 s of import, which no other task should wait for
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        console.print(
            Text(f"{finding.state:8}", _STYLES[finding.state]), f"{finding.what:{width}}  {finding.found}", markup=False
        )
        if finding.remedy:
            console.print(" " * (11 + width) + finding.remedy, markup=False)
