"""Every function of an artifact, imported and tried out by AWS's runtime client, with no network."""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tight_tasks.env import read_environment
from tight_tasks.errors import BadEnvironment
from tight_tasks.inspection.example import example_event
from tight_tasks.inspection.image import command, make_image
from tight_tasks.inspection.report import Check, Fault
from tight_tasks.inspection.subject import Subject
from tight_tasks.inspection.twin import NoTwin, runnable
from tight_tasks.inspection.unpacking import unpacked
from tight_tasks.inspection.verdict import fault_of, told_of
from tight_tasks.interpreter import find_interpreter, own_interpreter
from tight_tasks.manifest import Function, Manifest
from tight_tasks.serve.variables import lambda_environment
from tight_tasks.serve.worker import AWS_CLIENT, Worker

NAME = "handlers"
_AT_ONCE = 2
_LONGEST_S = 30.0  # a function that may take longer is left alone after that
_MANIFEST_S = 30.0


@dataclass(frozen=True)
class _Stage:
    """How a function is started. `launch` lacks the handler string."""

    task: Path
    launch: list[str]
    environment: Mapping[str, str]


def check(subject: Subject) -> Check:
    """Starts each function once. An artifact that can't be run here is not checked, and the check says why."""
    try:
        variables = read_environment(subject.project)
    except BadEnvironment as error:
        return Check(NAME, skipped=f"not executed: {error}")
    with unpacked(subject.contents) as folders:
        interpreter = find_interpreter(subject.target) or own_interpreter()
        try:
            found = runnable(subject, folders, interpreter)
        except NoTwin as error:
            return Check(
                NAME,
                skipped=f"not executed: for this machine, with Python {interpreter.python}, there is no twin: {error}",
            )
        image = folders.scratch / "image"
        client = make_image(interpreter, image)
        path = (*found.path, image)
        with _refusing_endpoint() as endpoint:
            environment = _environment(variables, folders.scratch, folders.task, endpoint)
            manifest = _manifest(subject, command(interpreter, path, "tight.manifest"), folders.task, environment)
            stage = _Stage(folders.task, command(interpreter, path, client), environment)
            tried = asyncio.run(_try_all(subject, stage, manifest))
    player = "AWS's runtime client" if client == AWS_CLIENT else "Tight's stand-in for AWS's runtime client"
    faults = [fault for fault, _ in tried if fault]
    return Check.of(NAME, faults, (f"run {found.told}, with {player}", *(note for _, note in tried if note)))


async def _try_all(subject: Subject, stage: _Stage, manifest: Mapping[str, Function]) -> list[tuple[Fault | None, str]]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str, file: str) -> tuple[Fault | None, str]:
        async with places:
            return await _try(subject, stage, name, file, manifest.get(name))

    return await asyncio.gather(*(one(name, file) for name, file in subject.functions.items()))


async def _try(
    subject: Subject, stage: _Stage, name: str, file: str, function: Function | None
) -> tuple[Fault | None, str]:
    what, event = example_event(function, name, subject.project.region)
    log: list[str] = []
    worker = Worker(subject.project, name, stage.environment, root=stage.task, launch=stage.launch, log=log.append)
    async with worker:
        try:
            # Lambda's own limits are the worker's.
            outcome = await asyncio.wait_for(worker.invoke(event), _LONGEST_S)
        except asyncio.TimeoutError:
            return None, f"{name}: no answer to {what} in {_LONGEST_S:.0f} s, and it may take longer: not a pass"
        is_init = outcome is worker.init_error
    is_http = function is not None and "http" in function.triggers
    if sentence := fault_of(outcome, is_init=is_init, is_http=is_http, log=log):
        return Fault(file, sentence), ""
    return None, f"{name}: {told_of(outcome, log)} to {what}"


def _manifest(subject: Subject, launch: list[str], task: Path, environment: Mapping[str, str]) -> dict[str, Function]:
    """What the artifact's own code declares; nothing where it can't be read: each function then tells why itself."""
    variables = lambda_environment(subject.project, "", environment, "")
    del variables["AWS_LAMBDA_RUNTIME_API"]
    try:
        done = subprocess.run(launch, cwd=task, env=variables, capture_output=True, check=False, timeout=_MANIFEST_S)
        functions = Manifest.model_validate(json.loads(done.stdout)).functions if done.returncode == 0 else ()
    except (subprocess.TimeoutExpired, ValueError, ValidationError):
        functions = ()
    return {function.name: function for function in functions}


def _environment(variables: Mapping[str, str], scratch: Path, task: Path, endpoint: str) -> dict[str, str]:
    """The app's own, with keys that are none, and AWS where nobody listens."""
    writable = scratch / "tmp"
    writable.mkdir()
    return {
        **{name: text for name, text in variables.items() if name != "AWS_PROFILE"},
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_SESSION_TOKEN": "none",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_MAX_ATTEMPTS": "1",
        "HOME": str(writable),
        "TMPDIR": str(writable),
        "LAMBDA_TASK_ROOT": str(task),
    }


@contextmanager
def _refusing_endpoint() -> Iterator[str]:
    """An address of this machine that refuses connections at once: it is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
