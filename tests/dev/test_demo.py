"""`./inv demo`, as a newcomer runs it."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from dev.demo import ROOT, DemoFailed, Story, answer_events


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one demo prints; its app stays in a folder of this test run."""
    environment = {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("demo")), "COLUMNS": "300"}
    done = subprocess.run([ROOT / "inv", "demo"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def app(output: str) -> Path:
    return Path(re.findall(r"Look into (\S+)", output)[0])


def test_the_account_is_created_and_read_back_through_both_gateways(output: str) -> None:
    created, from_http_api, from_rest_api = (line for line in output.splitlines() if '"statusCode"' in line)

    assert '"statusCode": 201' in created
    for read in (from_http_api, from_rest_api):
        assert '"statusCode": 200' in read
        assert r"{\"id\":\"ada\",\"name\":\"Ada Lovelace\"}" in read


def test_every_step_is_told_with_its_time_and_the_worker_with_its_command_line(output: str) -> None:
    assert len(re.findall(r"^✓ +\d+\.\d s  ", output, re.MULTILINE)) == 10
    assert re.search(r"process \d+: .* -m (awslambdaric|tight_tasks\.serve\.client) app_index\.accounts", output)


def test_nothing_is_left_running(output: str) -> None:
    for pid in re.findall(r"process (\d+):", output):
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_the_app_that_is_left_is_clean(app: Path) -> None:
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--strict", "app"]):
        done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_fails_when_the_database_stops_between_post_and_get(app: Path) -> None:
    def stop(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    with pytest.raises(DemoFailed, match="GET /accounts/ada, through an HTTP API: expected 200"):
        answer_events(Story(Console(quiet=True)), app, after_creating=stop)
