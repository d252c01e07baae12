"""What a container has to carry: an environment with nothing but the extra `host` and the runtime."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.serve.served import APP, write

DEVELOPERS = {"cookiecutter", "copier", "inflection", "jinja2", "moto", "psutil", "pytest", "rich", "uv", "watchfiles"}
LIMIT_S = 300

HANDLER = """
    import sys
    from tight import get

    @get("/modules")
    async def modules():
        return sorted({name.partition(".")[0] for name in sys.modules})
"""


def test_a_container_carries_nothing_of_a_developer(environment: Path) -> None:
    command = ["uv", "pip", "list", "--format", "json", "--python", str(environment / "python")]
    listed = subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_S)
    names = {package["name"] for package in json.loads(listed.stdout)}

    assert {"tight-runtime", "tight-tasks", "uvicorn"} <= names
    assert names & DEVELOPERS == set()


def test_the_host_runs_there_and_loads_neither_boto3_nor_brokers_unless_an_app_asks(
    environment: Path, tmp_path: Path
) -> None:
    write(tmp_path, {**APP, "app/functions/told/handler.py": HANDLER})
    command = [str(environment / "tight"), "host", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = json.loads(process.stderr.readline())["address"]
        ask = f"import urllib.request; print(urllib.request.urlopen('http://{address}/modules').read().decode())"
        asked = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, timeout=LIMIT_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0
    modules = set(json.loads(asked.stdout))

    assert {"tight", "tight_tasks", "uvicorn", "uvloop"} <= modules
    assert modules & (DEVELOPERS | {"aio_pika", "boto3", "botocore", "cryptography"}) == set()


def test_the_other_tasks_say_what_they_need(environment: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(environment / "tight"), "--list"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "pip install 'tight-tasks[app]'" in done.stderr
