"""The program `tight`: its help, its words, and what it says of what it can't do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TIGHT = Path(sys.executable).parent / "tight"
LEAST = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


def tight(*arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    command = [str(TIGHT), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_its_version_is_the_packages() -> None:
    assert tight("--version").stdout.strip() == "tight 0.2.0"


def test_it_offers_the_tasks_of_an_app() -> None:
    done = tight("--list")

    assert done.returncode == 0
    offered = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line[2] != " "]
    assert {"doctor", "env", "test", "update", "generate.app", "generate.function", "generate.model"} <= set(offered)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["generate"], ["pip", "--help"]])
def test_alone_it_prints_its_help_with_a_sentence_for_each_task(arguments: list[str]) -> None:
    done = tight(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: tight ")
    assert "Make an app in a folder of its name." in done.stdout


def test_the_help_of_a_task_is_in_plain_words() -> None:
    done = tight("generate", "env", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: tight [--core-opts] env ")
    assert ":param" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "No idea what 'nonsense' is!"),
        (["--nonsense"], "No idea what '--nonsense' is!"),
        (["env", "--nonsense"], "No idea what '--nonsense' is!"),
        (["env", "--format"], "Flag '--format' needed value and was not given one!"),
        (["vendor", "--add"], "Flag '--add' needed value and was not given one!"),
        (["serve", "--port", "80a"], "--port 80a: write a whole number"),
        (["host", "--grace", "soon"], "--grace soon: write a number"),
        (["generate", "app"], "'generate.app' did not receive required positional arguments: 'name'"),
        (["generate.app", "--help"], "--help stands in the place of name: write it before the task's name"),
        (["serve.tick", "-h"], "-h stands in the place of by: write it before the task's name"),
        (["--help", "nonsense"], "No idea what 'nonsense' is!"),
        (["pip", "install"], "tight pip install: name packages, or say --requirements"),
        (
            ["generate", "app", "x", "--provider", "azure"],
            "--provider azure: aws is the only provider currently supported",
        ),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = tight(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


def test_an_app_is_made_by_the_words_of_0_1(tmp_path: Path) -> None:
    done = tight("generate", "app", "--provider", "aws", "--type", "lambda", "my_service", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "  app_index.py\n" in done.stdout

    app = tmp_path / "my_service"
    assert yaml.safe_load(tight("generate", "env", cwd=app).stdout)["NAME"] == "my-service"
    assert tight("generate", "model", "account", "--no-test", cwd=app).returncode == 0
    assert tight("generate", "function", "hello", "--no-test", cwd=app).returncode == 0
    assert (app / "app" / "models" / "Account.py").exists()

    again = tight("generate", "function", "hello", cwd=app)
    assert (again.returncode, again.stderr) == (2, "Function already exists!\n")


def test_the_app_is_that_of_the_current_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "tight.yml").write_text(LEAST.replace("my-app", name), encoding="utf-8")
        (folder / "env.dist.yml").write_text("STAGE: dev\n", encoding="utf-8")
        assert f"NAME: {name} " in tight("env", cwd=folder).stdout


@pytest.mark.parametrize("task", [["env"], ["update"], ["generate.model", "account"], ["generate.function", "hello"]])
def test_without_tight_yml_every_task_of_an_app_says_so_in_a_sentence(tmp_path: Path, task: list[str]) -> None:
    done = tight(*task, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"there is no tight.yml in {tmp_path}: run this in the folder of an app made with Tight\n"


def test_a_refusal_shows_its_traceback_to_debug_alone(tmp_path: Path) -> None:
    plain, debugged = tight("env", cwd=tmp_path), tight("--debug", "env", cwd=tmp_path)

    assert "Traceback" not in plain.stderr
    assert "Traceback" in debugged.stderr
    assert debugged.stderr.endswith(plain.stderr)
    assert debugged.returncode == 2


def test_a_file_that_may_not_be_read_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, path = tmp_path / "app", tmp_path / "path"
    secret = app / "app" / "secret.py"
    for file, text in {
        app / "tight.yml": LEAST,
        app / "env.dist.yml": "STAGE: dev\n",
        secret: "",
        # Taken up by the program's Python. Rights alone would keep nobody who is root out.
        path / "sitecustomize.py": f"""
import sys

def refuse(event, arguments):
    if event == "open" and str(arguments[0]) == {str(secret)!r}:
        raise PermissionError(13, "Permission denied", arguments[0])

sys.addaudithook(refuse)
""",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(path))
    done = tight("env", "--check", cwd=app)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{secret} can't be used: Permission denied; give this user the right to it\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize("arguments", ["generate.app shop", "--list", "--help"])
def test_a_reader_that_has_read_enough_ends_it_without_a_word(tmp_path: Path, arguments: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # gone before anything is written
    try:
        done = subprocess.run(
            [str(TIGHT), *arguments.split()],
            cwd=tmp_path,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_prints_a_script_that_completes_its_tasks(shell: str) -> None:
    done = tight("--print-completion-script", shell)
    assert done.returncode == 0
    assert "_complete_tight" in done.stdout


def test_bash_completes_tasks_and_their_options() -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not on PATH: install it, with your system's packages")
    script = """
        eval "$(tight --print-completion-script bash)"
        COMP_WORDS=(tight gen)
        _complete_tight tight gen
        echo "${COMPREPLY[@]}"
        COMP_WORDS=(tight env --f)
        _complete_tight tight --f
        echo "${COMPREPLY[@]}"
    """
    shell = {**os.environ, "PATH": f"{TIGHT.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=shell, capture_output=True, text=True, check=True, timeout=60)
    tasks, options = done.stdout.splitlines()

    assert set(tasks.split()) == {"generate.app", "generate.container", "generate.function", "generate.model"}
    assert set(options.split()) == {"--format", "--fresh"}
