"""The test kit: isolation, expectations, tables."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tight.models import models_of
from tight.testing import Answer, Expectation, LambdaContext
from tight.testing.errors import BadExpectation
from tight.testing.isolation import NOWHERE, isolate
from tight.testing.variables import settings, variables

Write = Callable[[dict[str, str]], None]


def test_nothing_of_an_account_is_left() -> None:
    shell = {
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.example.org",
        "AWS_REGION": "eu-north-1",
        "NO_PROXY": "example.org",
        "HOME": "/home/ada",
    }
    isolate(shell)

    assert shell["AWS_ENDPOINT_URL"] == NOWHERE
    assert (shell["AWS_ACCESS_KEY_ID"], shell["AWS_SECRET_ACCESS_KEY"]) == ("testing", "testing")
    assert {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB"}.isdisjoint(shell)
    assert (shell["AWS_REGION"], shell["HOME"]) == ("eu-north-1", "/home/ada")
    assert shell["NO_PROXY"] == "example.org,127.0.0.1,localhost"


def test_an_apps_variables_are_its_files_and_its_name_and_region_those_of_tight_yml(tmp_path: Path) -> None:
    (tmp_path / "tight.yml").write_text("name: shop\nregion: eu-north-1\n", encoding="utf-8")
    (tmp_path / "env.dist.yml").write_text('CI: false\nSTAGE: dev\nLIMIT: 3\nEMPTY: ""\n', encoding="utf-8")
    (tmp_path / "env.yml").write_text("STAGE: test\n", encoding="utf-8")

    assert variables(tmp_path, {}) == {"CI": "false", "EMPTY": "", "LIMIT": "3", "STAGE": "test"}
    assert settings(tmp_path) == {"NAME": "shop", "AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-north-1"}


def test_the_shell_sets_names_of_env_dist_yml_alone_and_nothing_empty(tmp_path: Path) -> None:
    (tmp_path / "env.dist.yml").write_text("CI: false\nSTAGE: dev\n", encoding="utf-8")
    (tmp_path / "env.yml").write_text("MINE: 1\nSTAGE:\n", encoding="utf-8")
    shell = {"CI": "true", "STAGE": "", "MINE": "2", "HOME": "/home/ada"}

    assert variables(tmp_path, shell) == {"CI": "true", "STAGE": "dev", "MINE": "1"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("API_KEY:\n", "API_KEY has no value: set it in env.yml or in the shell, or give it a default"),
        ("AWS_REGION: eu-north-1\n", "AWS_REGION is no name that a function in Lambda can set: choose another"),
        ("X: a\n", "X is no name that a function in Lambda can set"),
        ("1: a\n", "1 is no name that a function in Lambda can set"),
        ("AWS_ENDPOINT_URL_SQS: https://x\n", "AWS_ENDPOINT_URL_SQS would lead tests to an account or a service: set"),
        ("AWS_PROFILE: prod\n", "AWS_PROFILE would lead tests to an account"),
        ("WHEN: 2026-01-01\n", "WHEN is a date: a variable is text, a number or a boolean"),
        ("LIST: [hunter2]\n", "LIST is a list: a variable is text, a number or a boolean"),
        ("- a\n", "write names and values"),
        ("STAGE: dev\nTOKEN: [hunter2\n", "not valid YAML in line 3"),
    ],
)
def test_a_variable_that_can_not_reach_a_function_ends_pytest(tested_app: Any, text: str, sentence: str) -> None:
    tested_app.write({"env.dist.yml": text, "tests/test_it.py": "def test_it(): pass\n"})
    done = tested_app.run()

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"{tested_app.folder / 'env.dist.yml'}: {sentence}" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_context_runs_out_of_time() -> None:
    assert 0 < LambdaContext(timeout_s=5).get_remaining_time_in_millis() <= 5000
    assert LambdaContext(timeout_s=-1).get_remaining_time_in_millis() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_a_context_has_what_awss_own_has(capsys: pytest.CaptureFixture[str]) -> None:
    original = import_module("awslambdaric.lambda_context").LambdaContext("id", None, None, 0)
    own = LambdaContext("orders")
    names = {name for name in dir(original) if not name.startswith("_") and name != "w3c"}  # which no handler reads

    assert names == {name for name in dir(own) if not name.startswith("_")}
    assert own.identity.cognito_identity_id is None
    assert (own.function_name, own.invoked_function_arn.rpartition(":")[2]) == ("orders", "orders")
    own.log("as it is")
    assert capsys.readouterr().out == "as it is"


ANSWER = {"statusCode": 200, "headers": {"Content-Type": "application/json", "X-Other": "1"}, "body": '{"a":1}'}


@pytest.mark.parametrize(
    "expected",
    [
        "statusCode: 200\nheaders: {content-type: application/json}\nbody: '{\"a\": 1}'\n",
        "statusCode: 200\n",
        "body: {a: 1}\n",
    ],
)
def test_what_an_expectation_names_has_to_be_so(tmp_path: Path, expected: str) -> None:
    (tmp_path / "expected.yml").write_text(expected, encoding="utf-8")

    Expectation(tmp_path / "expected.yml").check(ANSWER)


def test_an_expectation_takes_what_the_client_gives(tmp_path: Path) -> None:
    (tmp_path / "expected.yml").write_text("statusCode: 200\nbody: {a: 1}\n", encoding="utf-8")
    check = Expectation(tmp_path / "expected.yml").check

    check(Answer(ANSWER))
    with pytest.raises(AssertionError, match=r"expected\.yml"):
        check(Answer({**ANSWER, "statusCode": 201}))


@pytest.mark.parametrize(
    "expected",
    [
        "status: 200\n",
        "statusCode: 200\ncookies: [a=1]\n",
        "statusCode: 201\n",
        "headers: {X-Missing: 1}\n",
        "body: '{\"a\": 2}'\n",
        "headers: {}\n",
        "",
        "- a\n",
        None,
    ],
)
def test_an_expectation_never_passes_for_want_of_one(tmp_path: Path, expected: str | None) -> None:
    if expected is not None:
        (tmp_path / "expected.yml").write_text(expected, encoding="utf-8")

    with pytest.raises(AssertionError, match=r"expected\.yml"):
        Expectation(tmp_path / "expected.yml").check(ANSWER)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (b"statusCode: 200\nbody: {'a\n", "is not valid YAML in line 3: write down"),
        (b"body: \xff\n", "is not valid YAML: write down"),
        (b"headers:\n", "has headers that are no names and values: write down"),
        (b"headers: [Content-Type]\n", "has headers that are no names and values"),
        (b"headers: {1: x}\n", "has headers that are no names and values"),
    ],
)
def test_an_expectation_that_can_not_be_read_is_named(tmp_path: Path, expected: bytes, said: str) -> None:
    (tmp_path / "expected.yml").write_bytes(expected)

    with pytest.raises(BadExpectation) as caught:
        Expectation(tmp_path / "expected.yml").check(ANSWER)
    assert str(caught.value).startswith(f"{tmp_path / 'expected.yml'} {said}")


MODEL = """
    from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
    from tight.clients.dynamo import Model, TableMeta, TableName

    class Base(Model):
        id = UnicodeAttribute(hash_key=True)

    class Animal(Base):
        class Meta(TableMeta):
            table_name = TableName("animals")

        kind = DiscriminatorAttribute()

    class Cat(Animal, discriminator="cat"):
        pass
"""


def test_models_of_one_table_make_one_table(write_app: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "zoo")
    monkeypatch.setenv("STAGE", "dev")
    write_app({"app/models/__init__.py": "", "app/models/pets/__init__.py": "", "app/models/pets/Animal.py": MODEL})

    assert [model.__name__ for model in models_of()] == ["Animal"]


def test_an_app_without_models_needs_no_pynamodb(write_app: Write) -> None:
    write_app({"app/models/__init__.py": ""})

    assert models_of() == []
