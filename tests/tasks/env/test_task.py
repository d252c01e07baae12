"""The task `env`, as a user runs it."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing that continuous integration sets."""
    for name in ("CI", "STAGE", "NAME"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def dist(app: Path) -> Path:
    file = app / "env.dist.yml"
    file.write_text("CI: false\nSTAGE: dev\n", encoding="utf-8")
    return file


def own(app: Path) -> object:
    return yaml.safe_load((app / "env.yml").read_text(encoding="utf-8"))


def test_it_merges_the_files_writes_env_yml_and_prints_the_result(app: Path, dist: Path, invoke: Run) -> None:
    done = invoke("env")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "CI: false  # default\nNAME: my-app  # tight.yml\nSTAGE: dev  # default\n"
    assert yaml.safe_load(done.stdout) == own(app) == {"CI": False, "NAME": "my-app", "STAGE": "dev"}


def test_a_value_of_the_shell_is_kept_in_its_type(
    app: Path, dist: Path, invoke: Run, shell: pytest.MonkeyPatch
) -> None:
    shell.setenv("CI", "true")
    assert "CI: true  # shell\n" in invoke("env").stdout
    shell.delenv("CI")
    assert "CI: true  # file\n" in invoke("env").stdout
    assert "CI: false  # default\n" in invoke("env", "--fresh").stdout
    assert own(app) == {"CI": False, "NAME": "my-app", "STAGE": "dev"}


def test_a_secret_is_masked_on_the_screen_and_whole_in_the_file(
    app: Path, dist: Path, invoke: Run, shell: pytest.MonkeyPatch
) -> None:
    dist.write_text("API_KEY:\n", encoding="utf-8")
    shell.setenv("API_KEY", "hunter2")
    done = invoke("env")

    assert "hunter2" not in done.stdout + done.stderr
    assert done.stderr == "Masked, but whole in env.yml: API_KEY (--show prints them).\n"
    assert own(app) == {"API_KEY": "hunter2", "NAME": "my-app"}
    assert "hunter2" in invoke("env", "--show").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_may_read_the_file(app: Path, dist: Path, invoke: Run) -> None:
    (app / "env.yml").write_text("", encoding="utf-8")
    assert invoke("env").returncode == 0
    assert stat.S_IMODE((app / "env.yml").stat().st_mode) == 0o600


def test_what_is_refused_leaves_the_file_as_it_was(app: Path, dist: Path, invoke: Run) -> None:
    (app / "env.yml").write_text("STAGE: mine  # my note\n", encoding="utf-8")
    dist.write_text("AWS_REGION: eu-north-1\n", encoding="utf-8")
    done = invoke("env")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{dist}:1: AWS_REGION is reserved")
    assert (app / "env.yml").read_text(encoding="utf-8") == "STAGE: mine  # my note\n"
    assert not list(app.glob(".env.yml*"))


def test_a_folder_in_the_place_of_the_file_is_one_sentence(app: Path, dist: Path, invoke: Run) -> None:
    (app / "env.yml").mkdir()
    done = invoke("env", "--fresh")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"{app / 'env.yml'} can't be written: Is a directory")
    assert not list(app.glob(".env.yml*"))


def test_a_second_run_writes_the_same_bytes(app: Path, dist: Path, invoke: Run) -> None:
    invoke("env")
    first = (app / "env.yml").read_bytes()
    invoke("env")
    assert (app / "env.yml").read_bytes() == first


def test_a_new_name_of_env_dist_yml_appears(app: Path, dist: Path, invoke: Run) -> None:
    invoke("env")
    dist.write_text("CI: false\nSTAGE: dev\nSOME_API: https://example.org\n", encoding="utf-8")
    invoke("env")
    assert own(app) == {"CI": False, "NAME": "my-app", "SOME_API": "https://example.org", "STAGE": "dev"}


def test_without_env_dist_yml_it_says_what_to_write(app: Path, invoke: Run) -> None:
    done = invoke("env")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"{app / 'env.dist.yml'} is not there: write the app's variables and their defaults into it"
    )


def test_an_empty_env_dist_yml_leaves_the_name(app: Path, dist: Path, invoke: Run) -> None:
    dist.write_text("", encoding="utf-8")
    assert invoke("env").stdout == "NAME: my-app  # tight.yml\n"


def test_without_tight_yml_it_is_no_app(app: Path, dist: Path, invoke: Run) -> None:
    (app / "tight.yml").unlink()
    done = invoke("env")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("there is no tight.yml in ")


@pytest.mark.parametrize("option", ["--project", "--target"])
def test_the_app_may_be_another_folder(app: Path, dist: Path, invoke: Run, tmp_path: Path, option: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("tight.yml", "env.dist.yml"):
        (app / name).rename(other / name)

    assert invoke("env", option, "other").returncode == 0
    assert (other / "env.yml").exists()
    assert not (app / "env.yml").exists()


def test_it_prints_json_and_dotenv(app: Path, dist: Path, invoke: Run) -> None:
    assert json.loads(invoke("env", "--format", "json").stdout) == {"CI": False, "NAME": "my-app", "STAGE": "dev"}
    assert "CI='false'\n" in invoke("env", "--format", "dotenv").stdout
    done = invoke("env", "--format", "toml")
    assert (done.returncode, done.stderr) == (2, "--format toml: choose one of yaml, dotenv, json\n")


def test_check_names_what_is_read_and_not_declared_and_writes_nothing(app: Path, dist: Path, invoke: Run) -> None:
    handler = app / "app" / "functions" / "orders" / "handler.py"
    handler.parent.mkdir(parents=True)
    handler.write_text("import os\n\nTABLE = os.environ['TABLE_NAME']\n", encoding="utf-8")
    done = invoke("env", "--check")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "app/functions/orders/handler.py:3: TABLE_NAME is read, but not in env.dist.yml\n"
    assert not (app / "env.yml").exists()

    dist.write_text("TABLE_NAME: shop\nUNUSED: x\n", encoding="utf-8")
    done = invoke("env", "--check")
    assert done.returncode == 0
    assert "UNUSED is in env.dist.yml, but the app's code does not read it\n" in done.stdout
