"""The questions of both front doors: the same names, defaults, choices and words."""

import json
import keyword
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template
from pynamodb.models import Model

from tight_tasks.release import PUBLISHED, tag

ROOT = Path(__file__).parent.parent.parent
KINDS = ("app", "function", "model", "container")


def asked_by_copier(questions: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: question
        for name, question in questions.items()
        if question.get("when") and Template(question["when"]).render(kind=kind) == "True"
    }


def front_door(kind: str) -> dict[str, Any]:
    text = (ROOT / "templates" / kind / "cookiecutter.json").read_text(encoding="utf-8")
    settings: dict[str, Any] = json.loads(text)
    return settings


@pytest.mark.parametrize("kind", KINDS)
def test_both_ask_the_same_in_the_same_order(questions: dict[str, Any], kind: str) -> None:
    asked = [name for name in front_door(kind) if not name.startswith("_")]

    assert asked == list(asked_by_copier(questions, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_choices_and_help_agree(questions: dict[str, Any], kind: str) -> None:
    door = front_door(kind)
    for name, question in asked_by_copier(questions, kind).items():
        assert Template(question["help"]).render(kind=kind) == door["__prompts__"][name]
        if "choices" in question:
            # Cookiecutter's default is the first choice.
            assert (question["choices"], question["default"]) == (door[name], door[name][0])
        elif name != "table":  # worked out from the name: compared in test_engines.py
            assert Template(question.get("default", "")).render(_folder_name="my_app") == door[name]


def test_the_menu_offers_every_kind(questions: dict[str, Any]) -> None:
    menu = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))["templates"]

    assert list(menu) == list(questions["kind"]["choices"].values()) == list(KINDS)
    assert [entry["path"] for entry in menu.values()] == [f"./templates/{kind}" for kind in KINDS]
    assert [entry["title"] for entry in menu.values()] == list(questions["kind"]["choices"])


def test_a_release_and_its_address_are_the_same_everywhere() -> None:
    door = front_door("app")

    assert (door["_commit"], door["_src_path"]) == (tag(), PUBLISHED)
    for file in ("README.md", "copier.yml"):
        mentioned = (ROOT / file).read_text(encoding="utf-8")
        assert PUBLISHED in mentioned
        assert "gh:" not in mentioned.replace(PUBLISHED, "")


def test_pythons_words_are_those_of_this_python(questions: dict[str, Any]) -> None:
    assert questions["keywords"]["default"].split() == keyword.kwlist


def test_the_names_that_no_key_may_have_are_pynamodbs_own(questions: dict[str, Any]) -> None:
    own = {name for name in dir(Model) if not name.startswith("_")}

    assert set(questions["attributes"]["default"].split()) == own | {"Meta", "attribute_values"}


def test_the_names_that_no_model_may_have_are_those_that_its_files_import(questions: dict[str, Any]) -> None:
    taken = questions["taken"]["default"].split()
    (source,) = (ROOT / "templates" / "model").glob("*/app/models/*.py")

    assert [name for name in taken if name not in source.read_text(encoding="utf-8")] == []


def test_neither_front_door_runs_code(questions: dict[str, Any]) -> None:
    copier = (ROOT / "copier.yml").read_text(encoding="utf-8")

    assert [key for key in ("_tasks", "_migrations", "_jinja_extensions", "_external_data") if key in copier] == []
    assert [kind for kind in KINDS if "_extensions" in front_door(kind)] == []
