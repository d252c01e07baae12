"""The container of `generate.container`, without a container engine: what its Dockerfile copies, installs and runs."""

import json
import re
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.serve.served import APP, write
from tight_tasks.generate import add_container

HANDLER = """
    from tight import get

    @get("/hello")
    async def hello():
        return {"hello": "container"}
"""


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """An app with a container."""
    folder = tmp_path / "app"
    more = {"requirements-vendor.txt": "tight-runtime[dynamo]~=0.2.0\n", "env.yml": "SECRET: mine\n"}
    write(folder, {**APP, **more, "app/functions/hello/handler.py": HANDLER})
    add_container(folder, {"port": "8099"})
    return folder


def test_it_has_the_runtime_of_lambda_and_the_hosts_own_extra(container: Path) -> None:
    text = (container / "Dockerfile").read_text(encoding="utf-8")

    assert text.startswith("FROM python:3.13-slim\n")
    assert 'pip install --no-cache-dir -r requirements-vendor.txt "tight-tasks[host]~=0.2.0"\n' in text
    assert "\nUSER nobody\n" in text


def test_what_the_dockerfile_copies_runs_as_it_says(container: Path, environment: Path, tmp_path: Path) -> None:
    text = (container / "Dockerfile").read_text(encoding="utf-8")
    image = tmp_path / "srv"
    image.mkdir()
    for names, place in re.findall(r"^COPY (.+) (\S+)$", text, re.MULTILINE):
        for name in names.split():
            copy = shutil.copytree if (container / name).is_dir() else shutil.copy2
            copy(container / name, image / place if (container / name).is_dir() else image / place / name)
    (found,) = re.findall(r"^CMD (.+)$", text, re.MULTILINE)
    program, *arguments = json.loads(found)
    assert arguments[:5] == ["host", "--host", "0.0.0.0", "--port", "8099"]  # noqa: S104  # only compared
    arguments[2] = "127.0.0.1"
    arguments[4] = "0"

    with subprocess.Popen([environment / program, *arguments], cwd=image, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = json.loads(process.stderr.readline())["address"]
        with urllib.request.urlopen(f"http://{address}/hello", timeout=60) as answer:
            assert json.load(answer) == {"hello": "container"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert not (image / "env.yml").exists()


def test_whoever_stops_it_waits_longer_than_its_grace(container: Path) -> None:
    compose = yaml.safe_load((container / "compose.yml").read_text(encoding="utf-8"))
    (grace,) = re.findall(r'"--grace", "(\d+)"', (container / "Dockerfile").read_text(encoding="utf-8"))

    assert compose["services"]["app"]["ports"] == ["127.0.0.1:8099:8099"]
    assert int(compose["services"]["app"]["stop_grace_period"].removesuffix("s")) > int(grace)


def test_docker_is_sent_no_more_than_what_is_copied(container: Path) -> None:
    ignored = (container / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", (container / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert "*" in ignored
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert kept == {name for names in copied for name in names.split()}
