"""tight.yml: what it may say, and what is said of what it may not."""

from pathlib import Path

import pytest

from tight_tasks.errors import BadSetting, NoProject
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
    ("text", "sentence"),
    [
        ("", "has no settings: write keys and values"),
        ("- a\n", "has no settings: write keys and values"),
        ("a: [", "is not YAML: "),
        ("name: my-app\narchitecture: arm64\n", "runtime is missing: add it"),
        (REQUIRED + "colour: red\n", "colour is no setting: there are name, provider, region, runtime, architecture"),
        (REQUIRED + "root: /etc\n", "root is no setting: there are name, provider"),
        (REQUIRED + "colour: 2026-99-99\n", "is not YAML: month must be in 1..12"),
        (REQUIRED + "functions: {a: {memry: 1}}\n", "functions.a.memry is no setting: there are memory, timeout, env"),
        (REQUIRED.replace("3.13", "2.7"), "runtime is 'python2.7': Input should be 'python3.11', 'python3.12'"),
        (REQUIRED + "defaults: {memory: 64}\n", "defaults.memory is 64: Input should be greater than or equal to 128"),
        (REQUIRED + "defaults: {memory: '256'}\n", "defaults.memory is '256': Input should be a valid integer"),
        (REQUIRED.replace("my-app", "My App"), "name is 'My App': String should match pattern"),
        (REQUIRED + "functions: {a: {env: {X: 1}}}\n", "functions.a.env.X is 1: Input should be a valid string"),
    ],
)
def test_what_can_not_be_used_is_named_with_file_key_value_and_remedy(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'tight.yml'}: {sentence}")
    assert "\n" not in str(caught.value)
