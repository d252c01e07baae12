"""`./inv wheels`: what is published of this work tree."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from invoke.context import Context
from invoke.tasks import task

ROOT = Path(__file__).parent.parent
MINORS = range(10, 15)


@task(help={"output": "The folder that the wheels go to."})
def wheels(c: Context, output: str = "dist") -> None:  # noqa: ARG001  # Invoke's signature
    """Build the three wheels, and the runtime's with bytecode for each Python on PATH."""
    for wheel in build_wheels(ROOT / output):
        print(f"{wheel.stat().st_size:9,} bytes  {wheel.name}")


def build_wheels(folder: Path) -> list[Path]:
    """Every wheel, in `folder`."""
    return [
        build_wheel(ROOT, folder),
        build_wheel(ROOT / "runtime", folder),
        build_wheel(ROOT / "runtime" / "events", folder),
        *(build_wheel(ROOT / "runtime", folder, bytecode=python) for python in pythons_on_path()),
    ]


def build_wheel(project: Path, folder: Path, *, bytecode: str = "") -> Path:
    """The wheel of `project`, new in `folder`; that of the runtime with bytecode for the Python at `bytecode`."""
    folder.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.whl")}
    command = ("uv", "build", "--quiet", "--system-certs", "--wheel", "--out-dir", str(folder), str(project))
    subprocess.run(command, env={**os.environ, "TIGHT_BYTECODE": bytecode}, check=True)
    (wheel,) = (path for path in folder.glob("*.whl") if before.get(path) != path.stat().st_mtime_ns)
    return wheel


def pythons_on_path() -> Iterator[str]:
    """A Python of each supported version that starts, where there is one."""
    for minor in MINORS:
        for folder in os.environ["PATH"].split(os.pathsep):
            python = shutil.which(f"python3.{minor}", path=folder)
            if python and subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0:
                yield python
                break
