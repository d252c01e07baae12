"""The JSON schema of tight.yml, which editors complete it by."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dev.checks import SCHEMA, schema_text
from tight_tasks.release import schema_address

ROOT = Path(__file__).parent.parent.parent
REQUIRED = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


@pytest.fixture(scope="module")
def published() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_published_schema_is_that_of_the_settings() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run ./inv schema"


def test_the_template_of_an_app_names_the_schema_of_its_version() -> None:
    template = ROOT / "templates" / "app" / "{{cookiecutter.__to}}" / "tight.yml"
    first = template.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={schema_address()}"


def test_every_key_says_what_it_is(published: Any) -> None:
    Draft202012Validator.check_schema(published)
    objects = [published, *published["$defs"].values()]
    keys = {name: key for found in objects for name, key in found["properties"].items()}
    assert [name for name, key in keys.items() if "description" not in key] == []


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        (REQUIRED, True),
        (REQUIRED + "stages: {prod: {memory: 512, functions: {accounts: {env: {FEATURE: 'on'}}}}}\n", True),
        (REQUIRED + "serve: {host: 127.0.0.1, port: 0, payload: '1.0', dispatch: round_robin}\n", True),
        (REQUIRED + "colour: red\n", False),
        (REQUIRED + "defaults: {memory: 64}\n", False),
        (REQUIRED + "defaults: {env: {AWS_REGION: eu-north-1}}\n", False),
        (REQUIRED + "defaults: {env: {X: a}}\n", False),
    ],
)
def test_an_editor_finds_what_the_tasks_refuse(published: Any, text: str, is_valid: bool) -> None:
    assert Draft202012Validator(published).is_valid(yaml.safe_load(text)) is is_valid
