"""The words of Tight 0.1, as today's tasks."""

import pytest

from tight_tasks.errors import BadWords
from tight_tasks.words import translate


@pytest.mark.parametrize(
    ("words", "today"),
    [
        ("generate app my_service", "generate.app my_service"),
        (
            "generate app --provider aws --type lambda my_service",
            "generate.app --provider aws --type lambda my_service",
        ),
        ("generate function hello --type lambda_proxy", "generate.function hello --type lambda_proxy"),
        ("generate model account", "generate.model account"),
        ("generate env --target other", "env --target other"),
        ("generate artifact", "artifact"),
        ("generate app --help", "generate.app --help"),
        ("pip install --requirements", "vendor"),
        ("pip install requests", "vendor --add requests"),
        ("pip install requests==2.32 attrs", "vendor --add requests==2.32 --add attrs"),
        ("pip install --no-requirements requests", "vendor --add requests"),
        ("pip install --requirements requests", "vendor --add requests"),
        ("pip install --requirements-file requirements-vendor.txt", "vendor"),
        ("pip install --requirements-file=requirements-vendor.txt", "vendor"),
        ("pip install requests --target other", "vendor --add requests --target other"),
        ("pip install --target=other requests", "vendor --target=other --add requests"),
        ("pip install --help", "vendor --help"),
        ("dynamo installdb", "dynamo.install"),
        ("dynamo rundb", "dynamo.run"),
        ("dynamo generateschema", "dynamo.schema"),
        ("--debug generate app x", "--debug generate.app x"),
    ],
)
def test_a_command_of_0_1_is_a_task_of_today(words: str, today: str) -> None:
    assert translate(words.split()) == today.split()


@pytest.mark.parametrize("words", ["generate", "generate --help", "pip", "pip -h", "dynamo", "dynamo --help"])
def test_a_group_alone_asks_for_help(words: str) -> None:
    assert translate(words.split()) == ["--help"]


@pytest.mark.parametrize(
    "words", ["", "--version", "--help", "generate.app x", "env --check", "test --options generate", "generate thing"]
)
def test_all_else_stays_as_it_is(words: str) -> None:
    assert translate(words.split()) == words.split()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("pip install", "tight pip install: name packages, or say --requirements"),
        ("pip install --no-requirements", "tight pip install: name packages, or say --requirements"),
        (
            "pip install --requirements-file other.txt",
            "tight pip install --requirements-file other.txt: it is always requirements-vendor.txt",
        ),
    ],
)
def test_what_did_nothing_in_0_1_is_refused(words: str, sentence: str) -> None:
    with pytest.raises(BadWords) as caught:
        translate(words.split())
    assert str(caught.value) == sentence


def test_a_packages_name_alone_is_no_group() -> None:
    assert translate(["vendor", "--add", "pip"]) == ["vendor", "--add", "pip"]
