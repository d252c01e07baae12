"""One tree for two engines: Copier and Cookiecutter, told the same, make the same."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template

Make = Callable[[str, dict[str, str]], None]

# Answers to the questions that offer no choices, beside the defaults.
SPOKEN: dict[str, list[dict[str, str]]] = {
    "app": [
        {"app": "myHTTPService", "region": "eu-north-1", "wheels": "/tmp/some wheels/é"},
        {"app": "my-app", "wheels": "file:///tmp/wheels"},
        {"wheels": "C:\\wheels"},
    ],
    "function": [
        {"name": "hello"},
        {"name": "hello", "verbs": "post"},
        {"name": "hello", "verbs": "get", "path": "/orders/{order_id}"},
        {"name": "hello", "verbs": "delete head get", "path": "/a/{b}/{c+}", "model": "account"},
        {"name": "hello", "model": "account"},
        {"name": "home", "path": "/"},
        {"name": "search", "path": "/search/{query}", "model": "account"},
    ],
    "model": [
        *({"name": name} for name in ("category", "bus", "day", "box", "UserProfile", "my_model", "HTTPRoute")),
        {"name": "person", "table": "people", "hash_key": "number", "range_key": "born"},
    ],
    "container": [{"port": "80"}],
}


def combinations(questions: dict[str, Any], kind: str) -> Iterator[dict[str, str]]:
    """Every combination of the choices that copier.yml offers for this kind."""
    offered = {
        name: list(question["choices"])
        for name, question in questions.items()
        if "choices" in question and name != "kind" and Template(question["when"]).render(kind=kind) == "True"
    }
    for chosen in itertools.product(*offered.values()):
        yield dict(zip(offered, chosen, strict=True))


@pytest.fixture
def both(
    templates: Path, engine_of: Any, tree_of: Any, tmp_path: Path
) -> Callable[..., tuple[dict[str, Any], dict[str, Any]]]:
    """What each engine makes of the same answers; Cookiecutter from `other` templates where they are given."""

    def make(kind: str, answers: dict[str, str], other: Path | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        trees = []
        for name, source in (("copier", templates), ("cookiecutter", other or templates)):
            folder = tmp_path / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            engine = engine_of(name, source)
            if kind != "app":
                models = folder / "my_app" / "app" / "models"
                models.mkdir(parents=True)
                (models / "Account.py").touch()
                (folder / "my_app" / "tight.yml").touch()
            trees.append(tree_of(engine.make(kind, answers, folder)))
        return trees[0], trees[1]

    return make


@pytest.mark.parametrize("kind", ["app", "function", "model", "container"])
def test_every_combination_of_choices_gives_identical_trees(both: Any, questions: dict[str, Any], kind: str) -> None:
    name = {"name": "hello"} if kind in ("function", "model") else {}
    keys = {"range_key": "created"} if kind == "model" else {}
    compared = 0
    for answers in combinations(questions, kind):
        by_copier, by_cookiecutter = both(kind, {**name, **keys, **answers})
        assert by_copier == by_cookiecutter, answers
        compared += 1
    assert compared == {"app": 24, "function": 1, "model": 9, "container": 4}[kind]


@pytest.mark.parametrize(("kind", "answers"), [(kind, answers) for kind, spoken in SPOKEN.items() for answers in spoken])
def test_spoken_answers_give_identical_trees(both: Any, kind: str, answers: dict[str, str]) -> None:
    by_copier, by_cookiecutter = both(kind, answers)

    assert by_copier == by_cookiecutter


def test_the_answers_that_are_recorded_are_all_of_the_apps(both: Any) -> None:
    tree, _ = both("app", {"ci": "none", "architecture": "x86_64"})

    assert tree[".copier-answers.yml"][1].decode().splitlines() == [
        "# Changes here will be overwritten by Copier; NEVER EDIT MANUALLY",
        "kind: app",
        '_commit: "v0.2.0"',
        '_src_path: "gh:org/tight-templates"',
        'app: "my_app"',
        'architecture: "x86_64"',
        'ci: "none"',
        'region: "us-west-2"',
        'runtime: "python3.13"',
        'wheels: ""',
    ]


@pytest.mark.parametrize(
    ("ci", "files"), [("GitHub", [".github/workflows/ci.yml"]), ("GitLab", [".gitlab-ci.yml"]), ("none", [])]
)
def test_only_the_chosen_ci_leaves_files_and_no_other_a_folder(both: Any, ci: str, files: list[str]) -> None:
    tree, _ = both("app", {"ci": ci})
    found = [name for name in tree if name.startswith((".github", ".gitlab")) and not name.endswith("/")]

    assert found == files
    assert (".github/" in tree) == (ci == "GitHub")


def plant_byte(templates: Path) -> None:
    file = templates / "templates" / "app" / "{{cookiecutter.__to}}" / "conftest.py"
    file.write_bytes(file.read_bytes() + b" ")


def plant_mode(templates: Path) -> None:
    (templates / "templates" / "app" / "{{cookiecutter.__to}}" / "app_index.py").chmod(0o755)


def plant_answer(templates: Path) -> None:
    questions = templates / "templates" / "app" / "cookiecutter.json"
    questions.write_text(questions.read_text(encoding="utf-8").replace("us-west-2", "us-west-1"), encoding="utf-8")


@pytest.mark.parametrize("plant", [plant_byte, plant_mode, plant_answer])
def test_a_planted_difference_is_found(
    both: Any, templates: Path, tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(templates, other)
    plant(other)

    by_copier, by_cookiecutter = both("app", {}, other)
    assert by_copier != by_cookiecutter
