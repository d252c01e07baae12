"""Every command of the README, run as it stands there."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CLONE, OWN_APP, TASKS, ENGINES, ZIP = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def run(script: str, folder: Path, **environment: str) -> str:
    """What a shell prints that runs `script` in `folder` with a newcomer's bare environment."""
    bare = {name: os.environ[name] for name in ("HOME", "PATH", "SSL_CERT_FILE") if name in os.environ}
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={**bare, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def clone(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer") / "a clone"
    subprocess.run(["git", "clone", "--quiet", published, folder], check=True)
    return folder


def test_every_block_of_commands_is_known_here() -> None:
    assert [line.split("#")[0].strip() for line in CLONE.splitlines()] == ["./inv demo", "./inv test"]
    assert "copier copy" in OWN_APP
    assert "invoke update" in TASKS
    assert "cookiecutter" in ENGINES
    assert "invoke artifact" in ZIP


def test_the_demo_runs_in_a_fresh_clone(clone: Path, tmp_path: Path) -> None:
    printed = run("./inv demo", clone, TMPDIR=str(tmp_path))

    assert "An account was stored and read back." in printed
    assert r"{\"id\":\"ada\",\"name\":\"Ada Lovelace\"}" in printed


def test_the_tests_run_in_a_fresh_clone(clone: Path) -> None:
    # Whoever runs this has called `./inv test` itself, so here it is held to a part, not to run itself for ever.
    assert "passed" in run("./inv test", clone, PYTEST_ADDOPTS="tests/runtime")


def test_the_way_to_an_app_of_ones_own_and_on(published: Path, wheels: Path, tmp_path: Path) -> None:
    git = tmp_path / "gitconfig"
    git.write_text(
        f'[url "{published.as_uri()}"]\n\tinsteadOf = https://github.com/org/tight-templates.git\n'
        "[user]\n\tname = newcomer\n\temail = newcomer@example.org\n",
        encoding="utf-8",
    )
    cookiecutter = tmp_path / "cookiecutter.yml"
    cookiecutter.write_text(
        json.dumps({"cookiecutters_dir": str(tmp_path / "clones"), "replay_dir": str(tmp_path / "replay")}),
        encoding="utf-8",
    )
    environment = {
        "GIT_CONFIG_GLOBAL": str(git),
        "COOKIECUTTER_CONFIG": str(cookiecutter),
        "PIP_FIND_LINKS": wheels.as_uri(),
        "UV_FIND_LINKS": wheels.as_uri(),
    }
    if "SSL_CERT_FILE" in os.environ:
        environment["PIP_CERT"] = os.environ["SSL_CERT_FILE"]
    printed = run(OWN_APP + TASKS + ENGINES + ZIP, tmp_path, **environment)

    assert re.findall(r"\d+ passed", printed) == [
        *("2 passed", "1 passed", "6 passed", "9 passed"),  # of OWN_APP
        *("1 passed", "3 passed", "3 passed"),  # of TASKS
    ]
    assert printed.count("Nothing changed: v0.2.0 is the newest version.") == 2
    app = tmp_path / "my_app"
    answers = (app / ".copier-answers.yml").read_text(encoding="utf-8")
    assert '_commit: "v0.2.0"' in answers
    assert '_src_path: "gh:org/tight-templates"' in answers
    assert sorted(path.parent.name for path in app.glob("app/functions/*/handler.py")) == [
        *("accounts", "goodbye", "hello", "orders"),
    ]
    assert sorted(path.stem for path in app.glob("app/models/[A-Z]*.py")) == ["Account", "Invoice", "Order", "Payment"]
    assert (tmp_path / "other_app" / "tight.yml").exists()
    assert sorted(file.name for file in app.glob("schemas/dynamo/*.yml")) == [
        *("accounts.yml", "invoices.yml", "orders.yml", "payments.yml"),
    ]
    assert (app / "builds" / "my-app-artifact.zip").exists()
    assert re.search(r"^\d+ checks passed$", printed, re.MULTILINE)
