"""The runtime and the local Lambda on every supported Python that this machine has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTED_WITH = (
    *(
        "aws-lambda-powertools",
        "cfn-lint",
        "croniter",
        "cronsim",
        "debugpy",
        "hypothesis",
        "msgspec",
        "orjson",
        "pexpect",
    ),
    *("pyawscron", "python-dotenv", "websockets"),
)
# What starts many processes, or a browser, is the same for every Python. The oldest stands for the others in the tasks,
# and in recordings, each of which starts an embedded AWS of its own.
SERVED = [
    f"tests/serve/test_{name}.py" for name in ("client", "logs", "pool", "runtime_api", "server", "task", "worker")
]
TASKS = [
    "tests/tasks/env",
    *sorted(
        f"tests/tasks/{file.name}"
        for file in (ROOT / "tests" / "tasks").glob("test_*.py")
        if file.name != "test_settings.py"  # it reads what a developer of Tight has
    ),
]
# 3.14 is supported too, and tested where it is found; few machines have it yet.
MINORS = [minor for minor in (10, 11, 12, 13) if minor != sys.version_info.minor]
if shutil.which("python3.14") and sys.version_info.minor != 14:
    MINORS.append(14)


def find_python(minor: int) -> str:
    """A Python 3.`minor` on PATH that starts; skips where there is none."""
    for folder in os.environ["PATH"].split(os.pathsep):
        python = Path(folder, f"python3.{minor}")
        if python.exists() and subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0:
            return str(python)
    pytest.skip(f"there is no python3.{minor} on PATH: install it, with pyenv or your system's packages")


@pytest.mark.parametrize("minor", MINORS)
def test_the_tests_of_the_runtime_and_the_local_lambda_pass(minor: int, wheels: Path, tmp_path: Path) -> None:
    python = str(tmp_path / "venv" / "bin" / "python")
    create = ["uv", "venv", "--quiet", "--python", find_python(minor), str(tmp_path / "venv")]
    install = ["uv", "pip", "install", "--quiet", "--system-certs", "--python", python]
    install += ["--constraint", str(ROOT / "constraints.txt"), "--find-links", str(wheels)]
    wanted = ("tight-tasks[app]", "tight-events", "tight-runtime[amqp,dynamo,opentelemetry,protobuf,testing]")
    for command in (create, [*install, *wanted, *TESTED_WITH]):
        subprocess.run(command, check=True, timeout=300)
    # The tests and what they read: what they import has to come from the wheels.
    for folder in ("tests", "docs", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)

    tests = ["tests/runtime", *SERVED, *(TASKS if minor == 10 else ["--ignore-glob=tests/runtime/test_recording*"])]
    done = subprocess.run(
        [python, "-m", "pytest", "-q", *tests],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=2400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
