"""Bytecode beside the source, made by the target's Python: a function in a read-only folder could never write it."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from tight_tasks.artifact.entries import Entry, Files
from tight_tasks.interpreter import Interpreter

CODE_ROOT, LAYER_ROOT = "/var/task", "/opt/python"  # where Lambda unpacks code, and the packages of a layer

Job = tuple[str, str, str]


@dataclass(frozen=True)
class Uncompiled:
    """A file that is no source of the target's Python, by its path in the artifact."""

    path: str
    line: int
    reason: str


def compile_files(files: Files, root: str, python: Interpreter) -> tuple[list[Entry], list[Uncompiled]]:
    """Bytecode for each module of `files`, which stand below `root` in Lambda, and what can't be compiled.

    The same bytes for the same source, root and version of Python, whatever else is compiled (on Windows: for the
    same files together). Tracebacks name the path in Lambda.
    """
    modules = [entry for entry in files if _is_module(entry)]
    with TemporaryDirectory(prefix="tight-") as name:
        folder = Path(name)
        jobs: list[Job] = []
        for number, entry in enumerate(modules):
            source = folder / f"{number}.py"
            source.write_bytes(entry.read())
            jobs.append((str(source), f"{root}/{entry.path}", str(folder / f"{number}.pyc")))
        problems = [
            Uncompiled(name.removeprefix(f"{root}/"), line, reason) for name, line, reason in _run(jobs, python)
        ]
        compiled = [
            Entry(compiled_path(entry.path, python.tag), Path(written).read_bytes())
            for entry, (_, _, written) in zip(modules, jobs, strict=True)
            if Path(written).exists()
        ]
    return compiled, sorted(problems, key=lambda problem: problem.path)


def compiled_path(path: str, tag: str) -> str:
    """Where Python looks for the bytecode of a source."""
    source = PurePosixPath(path)
    return str(source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc")


def _is_module(entry: Entry) -> bool:
    path = PurePosixPath(entry.path)
    # Templates and test data of packages have names that nobody can import.
    return path.suffix == ".py" and all(part.isidentifier() for part in (*path.parts[:-1], path.stem))


def _run(jobs: list[Job], python: Interpreter) -> Iterator[tuple[str, int, str]]:
    processes = min(os.cpu_count() or 1, 8)
    shares = [jobs[number::processes] for number in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        for printed in pool.map(lambda share: _share(share, python), [share for share in shares if share]):
            for line in printed.splitlines():
                name, number, reason = json.loads(line)
                yield name, number, reason


def _share(jobs: list[Job], python: Interpreter) -> str:
    # -P and -s and no site: nothing of this machine is imported. The seed orders the sets in constants; `-I` would
    # ignore it.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    done = subprocess.run(
        [str(python.path), "-P", "-s", "-S", "-B", "-W", "ignore", str(Path(__file__).with_name("compiler.py"))],
        input="".join(f"{json.dumps(job)}\n" for job in jobs),
        env={**kept, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout
