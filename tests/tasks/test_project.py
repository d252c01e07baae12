"""tight.yml: what it may say, and what is said of what it may not."""

from pathlib import Path

import pytest

from tight_tasks.env import read_environment
from tight_tasks.errors import BadDocument, BadSetting, NoProject
from tight_tasks.project import Function, Project

REQUIRED = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


def load(folder: Path, text: str) -> Project:
    (folder / "tight.yml").write_text(text, encoding="utf-8")
    return Project.load(folder)


def test_what_is_not_set_has_a_default(tmp_path: Path) -> None:
    project = load(tmp_path, REQUIRED)

    assert (project.root, project.provider, project.region) == (tmp_path, "aws", "us-west-2")
    assert project.vendor_dir == "app/vendored"
    assert project.function("anything") == Function(memory=256, timeout=10, env={})


def test_the_folder_of_packages_has_one_spelling(tmp_path: Path) -> None:
    assert load(tmp_path, REQUIRED + "vendor_dir: ./app//vendored/\n").vendor_dir == "app/vendored"


def test_a_function_has_its_own_settings_over_the_defaults(tmp_path: Path) -> None:
    text = "defaults: {memory: 512, timeout: 3}\nfunctions: {accounts: {timeout: 0.5, env: {FEATURE: 'on'}}}\n"
    project = load(tmp_path, REQUIRED + text)

    assert project.function("accounts") == Function(memory=512, timeout=0.5, env={"FEATURE": "on"})
    assert project.function("orders") == Function(memory=512, timeout=3)


def test_a_folder_without_a_tight_yml_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(NoProject, match="run this in the folder of an app made with Tight") as caught:
        Project.load(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", "", "has no settings: write keys and values"),
        ("- a\n", "", "has no settings: write keys and values"),
        ("name: my-app\narchitecture: arm64\n", ":1", "runtime is missing: add it"),
        (
            REQUIRED + "colour: red\n",
            ":4",
            "colour is no setting: there are name, provider, region, runtime, architecture",
        ),
        (REQUIRED + "root: /etc\n", ":4", "root is no setting: there are name, provider"),
        (REQUIRED + "stage: prod\n", ":4", "stage is no setting: did you mean stages?"),
        (REQUIRED + "functions:\n  a:\n    memry: 1\n", ":6", "functions.a.memry is no setting: did you mean memory?"),
        (
            REQUIRED + "functions: {a: {x: 1}}\n",
            ":4",
            "functions.a.x is no setting: there are memory, timeout, concurrency",
        ),
        (REQUIRED + "serve: {prot: 1}\n", ":4", "serve.prot is no setting: did you mean port?"),
        (
            REQUIRED + "stages: {prod: {function: {}}}\n",
            ":4",
            "stages.prod.function is no setting: did you mean functions?",
        ),
        (REQUIRED.replace("3.13", "2.7"), ":2", "runtime is 'python2.7': Input should be 'python3.11', 'python3.12'"),
        (
            REQUIRED + "defaults: {memory: 64}\n",
            ":4",
            "defaults.memory is 64: Input should be greater than or equal to 128",
        ),
        (REQUIRED + "defaults: {memory: '256'}\n", ":4", "defaults.memory is '256': Input should be a valid integer"),
        (
            REQUIRED + "defaults: {concurrency: 0}\n",
            ":4",
            "defaults.concurrency is 0: Input should be greater than or equal",
        ),
        (REQUIRED.replace("my-app", "My App"), ":1", "name is 'My App': String should match pattern"),
        (
            REQUIRED + "functions: {a: {env: {XX: 1}}}\n",
            ":4",
            "functions.a.env.XX is 1: Input should be a valid string",
        ),
        (
            REQUIRED + "functions:\n  a:\n    env: {yes: a}\n",
            ":6",
            "functions.a.env.True is read as bool, not as text: put the name in quotes",
        ),
        (REQUIRED + "1: a\n", ":4", "1 is read as int, not as text: put the name in quotes"),
        (REQUIRED + "functions:\n  a:\n", ":5", "functions.a has nothing below it: write keys and values there, or"),
        (REQUIRED + "functions: [a]\n", ":4", "functions is ['a']: write keys and values below it"),
        (REQUIRED + "functions: {a: {env: {X: a}}}\n", ":4", "functions.a.env.X is no name that Lambda takes"),
        (
            REQUIRED + "stages:\n  prod:\n    env:\n      OK: a\n      AWS_REGION: a\n",
            ":8",
            "stages.prod.env.AWS_REGION is reserved: Lambda sets it itself; choose another name",
        ),
        (
            REQUIRED + "defaults:\n  include:\n  - a\n  - ../b\n",
            ":7",
            "defaults.include.1 is '../b', which leads out of the app",
        ),
        (
            REQUIRED + "defaults: {include: [/etc/*]}\n",
            ":4",
            "defaults.include.0 is '/etc/*', which leads out of the app",
        ),
        (REQUIRED + "vendor_dir: ../lib\n", ":4", "vendor_dir is '../lib', which leads out of the app"),
        (REQUIRED + "vendor_dir: .\n", ":4", "vendor_dir is '.', which is the app itself: choose a folder in it"),
        (
            REQUIRED + "serve: {host: 0.0.0.0}\n",
            ":4",
            "serve.host is '0.0.0.0', which is not this machine alone: choose",
        ),
        (
            REQUIRED + "serve: {payload: 2.0}\n",
            ":4",
            "serve.payload is 2.0: Input should be '1.0', '2.0', 'url', 'alb' or 'alb multi-value'",
        ),
    ],
)
def test_what_can_not_be_used_is_named_with_file_line_key_value_and_remedy(
    tmp_path: Path, text: str, line: str, sentence: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'tight.yml'}{line}: {sentence}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", ":1: not valid YAML: expected the node content"),
        (REQUIRED + "colour: 2026-99-99\n", ": not valid YAML: month must be in 1..12"),
        (REQUIRED + "name: other\n", ":4: name is also in line 1: keep one"),
        (REQUIRED + "defaults: {memory: 256, memory: 512}\n", ":4: memory is also in line 4: keep one"),
    ],
)
def test_what_is_no_yaml_is_named_with_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadDocument) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'tight.yml'}{sentence}")


def test_a_secret_is_not_shown_in_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        load(tmp_path, REQUIRED + "defaults: {env: {PASSWORD: 4711}}\n")
    assert "4711" not in str(caught.value)


STAGES = """
defaults: {memory: 512, env: {AA: defaults, BB: defaults, CC: defaults, DD: defaults}}
functions:
  accounts: {memory: 1024, timeout: 20, env: {BB: function, CC: function, DD: function}}
stages:
  prod:
    timeout: 30
    env: {CC: stage, DD: stage}
    functions:
      accounts: {memory: 2048, env: {DD: "stage's function"}}
"""


def test_a_stages_function_stands_over_the_stage_over_the_function_over_the_defaults(
    tmp_path: Path,
) -> None:
    load(tmp_path, REQUIRED + STAGES)
    project = Project.load(tmp_path, stage="prod")

    assert project.function("accounts") == Function(
        memory=2048, timeout=30, env={"AA": "defaults", "BB": "function", "CC": "stage", "DD": "stage's function"}
    )
    assert project.function("orders") == Function(
        memory=512, timeout=30, env={"AA": "defaults", "BB": "defaults", "CC": "stage", "DD": "stage"}
    )


def test_a_stage_that_tight_yml_does_not_name_sets_nothing(tmp_path: Path) -> None:
    load(tmp_path, REQUIRED + STAGES)
    accounts = Project.load(tmp_path, stage="alice").function("accounts")

    assert (accounts.memory, accounts.timeout) == (1024, 20)


def test_the_stage_is_that_of_the_shell_else_of_env_yml_else_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAGE", raising=False)
    assert load(tmp_path, REQUIRED + STAGES).stage is None
    (tmp_path / "env.dist.yml").write_text("STAGE: dev\n", encoding="utf-8")
    assert Project.load(tmp_path).stage == "dev"
    (tmp_path / "env.yml").write_text("STAGE: test\n", encoding="utf-8")
    assert Project.load(tmp_path).stage == "test"
    monkeypatch.setenv("STAGE", "prod")
    assert Project.load(tmp_path).stage == "prod"
    assert Project.load(tmp_path, stage="alice").stage == "alice"


def test_the_stage_that_is_asked_for_is_that_of_the_environment(tmp_path: Path) -> None:
    load(tmp_path, REQUIRED)
    (tmp_path / "env.dist.yml").write_text("STAGE: dev\n", encoding="utf-8")

    assert read_environment(Project.load(tmp_path, stage="prod"), {})["STAGE"] == "prod"


def test_an_app_without_stages_does_not_look_at_its_environment(tmp_path: Path) -> None:
    (tmp_path / "env.dist.yml").write_text("[", encoding="utf-8")
    assert load(tmp_path, REQUIRED).stage is None
