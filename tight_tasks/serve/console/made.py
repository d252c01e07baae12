"""Makes a test of an invocation: writes it, records the calls to AWS that were made then, and runs it."""

import asyncio
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.project import Project
from tight_tasks.serve.console.replay import Calls, replayed
from tight_tasks.serve.console.source import NotTestable, source_of
from tight_tasks.serve.journal import Entry

_LIMIT_S = 120.0
_PROFILE = "served"
_SECRET = ("authorization", "cookie", "cookies", "proxy-authorization", "x-api-key")


@dataclass(frozen=True)
class Made:
    """A test that was written to `path`, relative to the app; `recorded` is how many calls to AWS stand beside.

    `problem` is what pytest says where the test does not pass as it is. `secrets` are headers that it holds as they
    were sent.
    """

    path: str
    command: str
    recorded: int
    secrets: tuple[str, ...]
    problem: str = ""


async def make_test(project: Project, entry: Entry) -> Made:
    """The test of an invocation. Raises `NotTestable`, and OSError where it can't be written; then nothing is."""
    return await asyncio.to_thread(_make, project, entry)


def _make(project: Project, entry: Entry) -> Made:
    calls = Calls.read(entry.calls)
    if calls.lost:
        raise NotTestable(
            f"The answer to {calls.lost[0]} was not kept (it failed, was a stream or large), so it can't be played "
            "back: write this test by hand, with the fixture `recording`."
        )
    path = _write(project.root, entry, records=bool(calls.kept))
    shown = path.relative_to(project.root).as_posix()
    problem = ""
    if calls.kept:
        problem = _record(project, shown, calls)
    problem = problem or _run(project, shown, {})
    placebos = path.parent / "placebos" / path.stem
    return Made(
        shown,
        shlex.join(["pytest", shown]),
        len([*placebos.glob("*.json")]) if calls.kept else 0,
        tuple(name for name in _SECRET if f'"{name}": ' in path.read_text(encoding="utf-8").lower()),
        problem,
    )


def _write(root: Path, entry: Entry, *, records: bool) -> Path:
    """A file of its own, with the next number that is free."""
    folder = root / "tests" / "functions" / "integration" / entry.function
    source = source_of(entry, f"test_{entry.function}_0", records=records)  # refused before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        number += 1
        name = f"test_{entry.function}_{number}"
        if (folder / "placebos" / name).exists():
            continue
        source = source_of(entry, name, records=records)
        try:
            with (folder / f"{name}.py").open("x", encoding="utf-8") as file:
                file.write(source)
        except FileExistsError:
            continue
        return folder / f"{name}.py"


def _record(project: Project, path: str, calls: Calls) -> str:
    """Have pytest record the test's calls, answered as they were when it was served."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(replayed(calls))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tight-record-")))
        config = folder / "config"
        config.write_text(
            f"[profile {_PROFILE}]\nregion = {project.region}\nendpoint_url = {endpoint}\n"
            "aws_access_key_id = local\naws_secret_access_key = local\n",
            encoding="utf-8",
        )
        variables = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        return _run(project, path, variables, f"--record-profile={_PROFILE}")


def _run(project: Project, path: str, variables: Mapping[str, str], *options: str) -> str:
    """What pytest says of a test that does not pass; empty for one that does."""
    # The test gets what a shell without an account has: neither AWS's variables nor pytest's options of this process.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        path,
        "--no-header",
        "-q",
        "--tb=short",
        "-p",
        "no:cacheprovider",
        *options,
    ]
    try:
        done = subprocess.run(
            command,
            cwd=project.root,
            env={**kept, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return f"pytest has not ended within {_LIMIT_S:.0f} seconds"
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip()
