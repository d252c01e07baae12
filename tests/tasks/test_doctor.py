"""What this machine has and lacks."""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tight_tasks.doctor import Finding, examine

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
ANSWERS = "kind: app\n_commit: v0.2.0\n"

Run = Callable[..., "CompletedProcess[str]"]


def found(app: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(app)}


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is on PATH."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_what_is_there_is_ok(app: Path, programs: Path) -> None:
    (app / ".copier-answers.yml").write_text(ANSWERS, encoding="utf-8")
    program(programs, "git", "echo git version 2.40.1")
    program(programs, "java", "echo 'openjdk version \"21.0.1\" 2023-10-17' >&2")
    program(programs, "mvn", r"printf '\033[1mApache Maven 3.9.6\033[m\n'")  # in bold, as Debian's does
    (app / "dynamo_db" / "engine").mkdir(parents=True)
    (app / "dynamo_db" / "engine" / "DynamoDBLocal.jar").touch()
    findings = found(app)

    assert findings["tight.yml"] == Finding("tight.yml", "ok", "my-app, python3.13 on arm64")
    assert findings["git"] == Finding("git", "ok", "2.40.1")
    assert findings["Java"] == Finding("Java", "ok", "21")
    assert findings["Maven"] == Finding("Maven", "ok", "3.9.6")
    assert findings["DynamoDB Local"] == Finding("DynamoDB Local", "ok", "in dynamo_db/engine")
    assert findings["templates"] == Finding("templates", "ok", "v0.2.0")
    assert {findings[name].state for name in ("environment", "tight-runtime", "tight-tasks", "uv")} == {"ok"}


def test_what_only_costs_a_convenience_is_a_warning_with_its_remedy(app: Path, programs: Path) -> None:
    findings = found(app)
    states = {name: findings[name].state for name in ("git", "DynamoDB Local", "Java", "Maven", "templates")}

    assert states == dict.fromkeys(states, "warning")
    assert findings["DynamoDB Local"].remedy.startswith("invoke dynamo.install gets it")
    assert findings["Java"].remedy.startswith("install Java 17 or newer for DynamoDB Local")


@pytest.mark.parametrize("script", ["echo 'java version \"1.8.0_202\"' >&2", "echo no runtime >&2; exit 1"])
def test_a_java_that_is_too_old_or_does_not_start_is_a_warning(app: Path, programs: Path, script: str) -> None:
    program(programs, "java", script)
    assert found(app)["Java"].state == "warning"


@pytest.mark.skipif(HERE not in ("3.11", "3.12", "3.13"), reason="not a Python of Lambda's that is tested")
@pytest.mark.parametrize(("minor", "state"), [(HERE, "ok"), ("3.14", "warning")])
def test_a_python_other_than_lambdas_is_a_warning(app: Path, minor: str, state: str) -> None:
    settings = app / "tight.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("3.13", minor), encoding="utf-8")
    assert found(app)["Python"].state == state


def test_an_app_of_another_version_of_the_templates_is_told_how_to_update(app: Path) -> None:
    (app / ".copier-answers.yml").write_text("_commit: v0.1.0\n", encoding="utf-8")
    finding = found(app)["templates"]
    assert finding == Finding("templates", "warning", "v0.1.0, and v0.2.0 is installed", "invoke update --plan")


def test_an_app_that_was_updated_is_told_to_install_what_the_newer_templates_ask_for(app: Path) -> None:
    (app / ".copier-answers.yml").write_text("_commit: v0.10.0\n", encoding="utf-8")
    finding = found(app)["templates"]
    assert (finding.state, finding.found) == ("warning", "v0.10.0, and v0.2.0 is installed")
    assert finding.remedy == "pip install -r requirements.txt"


def test_an_app_of_templates_without_a_version_is_told_how_to_update(app: Path) -> None:
    (app / ".copier-answers.yml").write_text("_commit: 1b65f98\n", encoding="utf-8")
    assert found(app)["templates"].remedy == "invoke update --plan"


def test_without_moto_there_is_no_embedded_aws_and_it_is_said_what_brings_it(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(app)["embedded AWS"].state == "ok"

    monkeypatch.setitem(sys.modules, "moto", None)
    finding = found(app)["embedded AWS"]
    assert (finding.state, finding.remedy) == ("warning", "pip install 'tight-runtime[testing]'")
    assert finding.found.startswith("moto is not installed")


def test_settings_of_a_function_that_is_not_there_are_a_warning(app: Path) -> None:
    for folder in ("orders", "admin/users"):
        (app / "app" / "functions" / folder).mkdir(parents=True)
        (app / "app" / "functions" / folder / "handler.py").touch()
    settings = (app / "tight.yml").read_text(encoding="utf-8") + "functions: {orders: {}, admin_users: {}}\n"
    (app / "tight.yml").write_text(settings, encoding="utf-8")
    assert found(app)["functions"] == Finding("functions", "ok", "2")

    (app / "tight.yml").write_text(settings + "stages: {prod: {functions: {oders: {memory: 512}}}}\n", encoding="utf-8")
    assert found(app)["functions"] == Finding(
        "functions",
        "warning",
        "tight.yml sets functions.oders, but there is no such function",
        "correct its name, or remove its settings",
    )


def test_a_taken_port_is_a_warning(app: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (app / "tight.yml").open("a", encoding="utf-8") as settings:
            settings.write(f"serve: {{port: {port}}}\n")
        assert found(app)[f"port {port}"].state == "warning"
    assert found(app)[f"port {port}"].state == "ok"


def test_it_prints_a_line_for_each_and_ends_with_0(app: Path, invoke: Run) -> None:
    done = invoke("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "ok       tight.yml       my-app, python3.13 on arm64"


def test_a_broken_tight_yml_is_told_in_its_line_and_ends_with_1(app: Path, invoke: Run) -> None:
    (app / "tight.yml").write_text("colour: red\n", encoding="utf-8")
    done = invoke("doctor", "--json")

    assert (done.returncode, done.stderr) == (1, "")
    first, *others = json.loads(done.stdout)
    assert (first["what"], first["state"]) == ("tight.yml", "missing")
    assert first["found"].startswith(f"{app / 'tight.yml'}:1: ")
    assert "uv" in [finding["what"] for finding in others]


def test_a_variable_without_a_value_ends_with_1(app: Path, invoke: Run) -> None:
    (app / "env.dist.yml").write_text("NOWHERE_SET:\n", encoding="utf-8")
    done = invoke("doctor")
    assert done.returncode == 1
    assert "NOWHERE_SET has no value" in done.stdout
