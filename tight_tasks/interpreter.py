"""Finds the Python of a Lambda runtime on this machine, which makes an artifact's bytecode and tries it out."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tight_tasks.target import Target

_PROBE = (
    "import json, sys, sysconfig; print(json.dumps(["
    "sys.implementation.cache_tag, '.'.join(map(str, sys.version_info[:3])), sys.version_info.releaselevel,"
    " bool(sysconfig.get_config_var('Py_GIL_DISABLED'))]))"
)
_LIMIT_S = 30


@dataclass(frozen=True)
class Interpreter:
    """`version` has three numbers; `tag` is what its bytecode's names end with: cpython-313."""

    path: Path
    version: str
    tag: str

    @property
    def python(self) -> str:
        """The minor version: 3.13."""
        return self.version.rpartition(".")[0]

    @property
    def is_own(self) -> bool:
        """Whether it is the one that runs the task."""
        return self.path == Path(sys.executable)

    def runs(self, target: Target) -> bool:
        """Whether machine code for `target` runs with it here."""
        machine, glibc = _host()
        return (
            sys.platform == "linux"
            and (machine, self.python) == (target.machine, target.python)
            and glibc >= target.glibc
        )


def own_interpreter() -> Interpreter:
    """The one that runs the task."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Interpreter(Path(sys.executable), version, sys.implementation.cache_tag or "")


def find_interpreter(target: Target) -> Interpreter | None:
    """A released CPython of the target's minor version: this one, one on PATH, of pyenv, or of uv. None without one."""
    for path in dict.fromkeys(_candidates(target.python)):
        found = _probe(path, f"cpython-{target.python.replace('.', '')}")
        if found:
            return found
    return None


def _host() -> tuple[str, tuple[int, int]]:
    """This machine's processor, named as by `Target`, and its glibc; (0, 0) where it has none."""
    machine = platform.machine().lower().replace("amd64", "x86_64").replace("arm64", "aarch64")
    name, text = platform.libc_ver()
    if name != "glibc":
        return machine, (0, 0)
    major, minor = text.split(".")[:2]
    return machine, (int(major), int(minor))


def _candidates(python: str) -> Iterator[Path]:
    if python == own_interpreter().python:
        yield Path(sys.executable)
    name = f"python{python}"
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        if found:
            yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{python}.*/bin/{name}"), reverse=True)
    yield from _of_uv(python)


def _of_uv(python: str) -> Iterator[Path]:
    from uv import find_uv_bin

    command = [find_uv_bin(), "python", "find", "--quiet", "--no-project", "--no-python-downloads", "--system", python]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        yield Path(done.stdout.strip())


def _probe(path: Path, tag: str) -> Interpreter | None:
    # A shim of pyenv is on PATH for versions that are not chosen, too: it fails.
    try:
        command = [str(path), "-I", "-S", "-c", _PROBE]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LIMIT_S)
        found, version, level, threaded = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    # Before its release a Python's bytecode still changes; one without the lock writes another.
    if (found, level, threaded) != (tag, "final", False):
        return None
    return Interpreter(path, version, tag)
