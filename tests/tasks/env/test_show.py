"""An environment as YAML, dotenv and JSON, which their readers read back as it was."""

import json
import subprocess
from io import StringIO

import pytest
import yaml
from dotenv import dotenv_values

from tight_tasks.env.merge import Variable
from tight_tasks.env.show import render
from tight_tasks.errors import BadOption

AWKWARD: dict[str, bool | float | str] = {
    "PLAIN": "dev",
    "EMPTY": "",
    "SPACES": "  two  words ",
    "HASH": "a # b",
    "DOLLARS": "$HOME $(echo no) `echo no`",
    "DOUBLE": 'say "hi"',
    "SINGLE": "it's",
    "BACKSLASH": "a\\nb\\",
    "LINES": "one\ntwo: #\n",
    "UMLAUT": "ä€",
    "WORD": "yes",
    "NUMBER": "099",
    "EQUALS": "a=b: {c}",
}


def variables(**values: bool | float | str) -> list[Variable]:
    return [Variable(name, value, "default") for name, value in values.items()]


def test_yaml_is_in_block_style_and_says_whose_each_value_is() -> None:
    given = [
        Variable("CI", value=False, source="default"),
        Variable("STAGE", "prod", "shell"),
        Variable("NO", 3, "file"),
    ]
    assert render(given, "yaml") == "CI: false  # default\nSTAGE: prod  # shell\n'NO': 3  # file"


def test_yaml_reads_back_as_it_was() -> None:
    assert yaml.safe_load(render(variables(**AWKWARD), "yaml")) == AWKWARD


def test_json_reads_back_with_its_types() -> None:
    values: dict[str, bool | float | str] = {"FLAG": True, "LIMIT": 3, "RATE": 0.5, "STAGE": "dev"}
    assert json.loads(render(variables(**values), "json")) == values


def test_a_dotenv_library_reads_back_what_was_written() -> None:
    text = render(variables(**(AWKWARD | {"FLAG": True})), "dotenv")
    assert dotenv_values(stream=StringIO(text), interpolate=False) == {**AWKWARD, "FLAG": "true"}


def test_a_shell_reads_back_what_was_written() -> None:
    text = render(variables(**AWKWARD), "dotenv")
    script = f"{text}\n" + "\n".join(f"printf '%s\\0' \"${name}\"" for name in AWKWARD)
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, env={})
    assert done.stdout.decode().split("\0")[:-1] == list(AWKWARD.values())


def test_what_readers_of_dotenv_take_differently_is_refused() -> None:
    with pytest.raises(BadOption, match="--format dotenv: MIXED has quotes or backslashes with \\$ or `"):
        render(variables(MIXED="it's $5"), "dotenv")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "k"),
        ("apiKey", "k"),
        ("GITHUB_TOKEN", "t"),
        ("DB_PASSWORD", "p"),
        ("MY_SECRETS", "s"),
        ("SENTRY_DSN", "https://x"),
        ("DATABASE_URL", "postgres://ada:hunter2@db.example.org/shop"),
        ("PASSWORD", 1234),
    ],
)
@pytest.mark.parametrize("form", ["yaml", "dotenv", "json"])
def test_what_looks_secret_is_masked_unless_it_is_to_be_shown(name: str, value: str | int, form: str) -> None:
    assert "********" in render(variables(**{name: value}), form)
    assert "********" not in render(variables(**{name: value}), form, show=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("STAGE", "dev"), ("MONKEY", "m"), ("AUTHOR", "ada"), ("URL", "https://example.org/a:b@c"), ("TABLE", "shop")],
)
def test_what_does_not_look_secret_is_shown(name: str, value: str) -> None:
    assert value in render(variables(**{name: value}), "yaml")
