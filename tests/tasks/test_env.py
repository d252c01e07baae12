"""The environment of an app: which file and which setting a variable comes from."""

from pathlib import Path

import pytest

from tight_tasks.env import read_environment
from tight_tasks.errors import BadEnvironment
from tight_tasks.project import Project


def environment(app: Path, **files: str) -> dict[str, str]:
    for name, text in files.items():
        (app / f"{name.replace('_', '.')}.yml").write_text(text, encoding="utf-8")
    return read_environment(Project.load(app))


def test_values_of_env_yml_stand_over_the_defaults_as_text(app: Path) -> None:
    merged = environment(app, env_dist="CI: false\nSTAGE: dev\nLIMIT: 3\nEMPTY:\n", env="STAGE: test\n")

    assert merged == {
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_REGION": "us-west-2",
        "CI": "false",
        "LIMIT": "3",
        "NAME": "my-app",
        "STAGE": "test",
    }


def test_name_and_region_are_those_of_tight_yml(app: Path) -> None:
    assert environment(app, env_dist="NAME: other\n")["NAME"] == "my-app"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "not valid YAML: "),
        ("- a\n", "write names and values"),
        ("1: a\n", "write names and values"),
        ("A: {b: c}\n", "A is {'b': 'c'}: a variable is text, a number or a boolean"),
    ],
)
def test_a_file_that_can_not_be_used_is_named(app: Path, text: str, reason: str) -> None:
    with pytest.raises(BadEnvironment) as caught:
        environment(app, env_dist=text)
    assert str(caught.value).startswith(f"{app / 'env.dist.yml'}: {reason}")
