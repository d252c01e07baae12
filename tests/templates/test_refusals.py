"""What no engine and no task takes: the same sentence from each, and nothing written."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.exceptions import CookiecutterException

from dev.hooks import copies
from tight_tasks.errors import TaskError
from tight_tasks.generate import add_container, add_function, add_model, make_app

NAMES = [
    "",
    " ",
    "9lives",
    "1",
    "a-b",
    "a.b",
    "a/b",
    "a\\b",
    "../a",
    "/etc",
    ".",
    "..",
    "a b",
    "a'b",
    'a"b',
    "a;b",
    "a\nb",
    "hello\n",
    "{a}",
    "$a",
    "a+",
    "naïve",
    "名前",
    "ｆｕｌｌ",
    "class",
    "import",
    "None",
    "async",
    "lambda",
    "_controllers",
    "__getattr__",
    "__path__",
    "_",
]


@pytest.fixture
def refuse(engine: Any, tmp_path: Path, tree_of: Any, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The sentence with which an engine refuses, in an app with the model Account; nothing may be written."""

    def run(kind: str, answers: dict[str, str], app: str = "my_app") -> str:
        (tmp_path / app / "app" / "models").mkdir(parents=True, exist_ok=True)
        (tmp_path / app / "app" / "models" / "Account.py").touch()
        (tmp_path / app / "tight.yml").touch()
        folder = tmp_path / "apps" if kind == "app" else tmp_path
        folder.mkdir(exist_ok=True)
        before = tree_of(tmp_path)
        capfd.readouterr()
        with pytest.raises((ValueError, CookiecutterException)) as caught:
            engine.make(kind, answers, folder)
        assert tree_of(tmp_path) == before
        if engine.name == "cookiecutter":
            return capfd.readouterr().err.partition("\nTraceback")[0].strip("\n")
        return str(caught.value).partition("': ")[2]

    return run


def sentence_about(name: str) -> str:
    return f'"{name}" is not a usable name: a letter first, then letters, digits and _, and no word that is taken'


@pytest.mark.parametrize("name", [name for name in NAMES if name])
@pytest.mark.parametrize("kind", ["function", "model"])
def test_a_bad_name_is_refused(refuse: Any, kind: str, name: str) -> None:
    assert refuse(kind, {"name": name}) == sentence_about(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name])
@pytest.mark.parametrize("add", [add_function, add_model])
def test_a_bad_name_is_refused_by_the_task_too(
    add: Callable[[Path, str], object], tmp_path: Path, tree_of: Any, name: str
) -> None:
    with pytest.raises(TaskError) as caught:
        add(tmp_path, name)
    assert str(caught.value) == sentence_about(name)
    assert tree_of(tmp_path) == {}


@pytest.mark.parametrize("name", ["none", "true", "Model", "table_meta", "unicode_attribute"])
def test_a_model_may_not_be_called_as_what_its_file_uses(refuse: Any, tmp_path: Path, name: str) -> None:
    assert refuse("model", {"name": name}) == sentence_about(name)
    with pytest.raises(TaskError, match="no word that is taken"):
        add_model(tmp_path, name)


@pytest.mark.parametrize(
    ("kind", "answers", "sentence"),
    [
        ("app", {"app": "9lives"}, '"9lives" is not a usable name: a letter first, then letters and digits, parted by'),
        ("app", {"app": "my app"}, '"my app" is not a usable name'),
        ("app", {"app": "a--b"}, '"a--b" is not a usable name'),
        ("app", {"app": "naïve"}, '"naïve" is not a usable name'),
        ("app", {"app": "a" * 101}, f'"{"a" * 101}" is too long for a name: write 100 signs at most'),
        ("function", {"name": "a" * 101}, f'"{"a" * 101}" is too long for a name: write 100 signs at most'),
        ("function", {"name": "a" * 300}, f'"{"a" * 300}" is too long for a name'),
        ("function", {"model": "a" * 300}, f'There is no model "{"a" * 300}": make it first'),
        ("model", {"name": "a" * 101}, f'"{"a" * 101}" is too long for a name: write 100 signs at most'),
        ("model", {"name": "a" * 300, "table": "people"}, f'"{"a" * 300}" is too long for a name'),
        ("app", {"region": "moon"}, '"moon" is not the name of an AWS region, such as eu-north-1'),
        ("app", {"wheels": "dist"}, '"dist" is neither an absolute path nor a file:// address'),
        ("app", {"wheels": "https://example.org"}, '"https://example.org" is neither an absolute path nor a file://'),
        ("app", {"wheels": "file:///a b"}, '"file:///a b" is neither an absolute path nor a file:// address'),
        ("function", {"verbs": ""}, '"" are not usable verbs: some of get post put patch delete options head, each once'),
        ("function", {"verbs": "get get"}, '"get get" are not usable verbs'),
        ("function", {"verbs": "get,post"}, '"get,post" are not usable verbs'),
        ("function", {"verbs": "trace"}, '"trace" are not usable verbs'),
        ("function", {"path": "orders"}, '"orders" is not a usable path: / before each part, and parameters such as'),
        ("function", {"path": "/{a}/{a}"}, '"/{a}/{a}" is not a usable path'),
        ("function", {"path": "/{rest+}/a"}, '"/{rest+}/a" is not a usable path'),
        ("function", {"path": "/{class}"}, '"/{class}" is not a usable path'),
        ("function", {"path": "/a b"}, '"/a b" is not a usable path'),
        ("function", {"model": "order"}, 'There is no model "order": make it first'),
        ("function", {"model": "../x"}, 'There is no model "../x": make it first'),
        ("model", {"table": "a/b"}, '"a/b" is not a usable name of a table: up to 200 letters, digits, - _ and .'),
        ("model", {"table": "a" * 201}, f'"{"a" * 201}" is not a usable name of a table: up to 200 letters, digits,'),
        ("model", {"hash_key": "save"}, '"save" is not a usable key: a letter first, then letters, digits and _, and no'),
        ("model", {"hash_key": ""}, '"" is not a usable key'),
        ("model", {"range_key": "id"}, '"id" is not a usable key'),
        ("model", {"range_key": "from"}, '"from" is not a usable key'),
        ("model", {"name": "account"}, "Model already exists!"),
        ("container", {"port": "0"}, '"0" is not a usable port: a number from 1 to 65535'),
        ("container", {"port": "65536"}, '"65536" is not a usable port'),
        ("container", {"port": "http"}, '"http" is not a usable port'),
    ],
)
def test_a_bad_answer_is_refused(
    refuse: Any, tmp_path: Path, kind: str, answers: dict[str, str], sentence: str
) -> None:
    name = {"name": "hello"} if kind in ("function", "model") else {}
    said = refuse(kind, {**name, **answers})
    assert said.startswith(sentence)

    given = {**name, **answers}
    app = tmp_path / "my_app"
    with pytest.raises(TaskError) as caught:
        if kind == "app":
            make_app(tmp_path / "new", given)
        elif kind == "container":
            add_container(app, given)
        else:
            {"function": add_function, "model": add_model}[kind](app, given.pop("name"), given)
    assert str(caught.value) == said


def test_a_function_that_is_there_is_not_made_again(refuse: Any, tmp_path: Path) -> None:
    handler = tmp_path / "my_app" / "app" / "functions" / "hello" / "handler.py"
    handler.parent.mkdir(parents=True)
    handler.write_text("mine", encoding="utf-8")

    assert refuse("function", {"name": "hello"}) == "Function already exists!"


def test_a_function_of_the_name_that_nested_folders_give_is_not_made(refuse: Any, tmp_path: Path) -> None:
    handler = tmp_path / "my_app" / "app" / "functions" / "admin" / "old_users" / "handler.py"
    handler.parent.mkdir(parents=True)
    handler.touch()

    assert refuse("function", {"name": "admin_old_users"}) == "Function already exists!"


@pytest.mark.parametrize(
    ("kind", "answers"), [("function", {"name": "hello"}), ("model", {"name": "order"}), ("container", {})]
)
def test_nothing_is_added_to_a_folder_that_is_no_app(
    engine: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, answers: dict[str, str]
) -> None:
    folder = tmp_path / "my_app"
    folder.mkdir()

    with pytest.raises((ValueError, CookiecutterException)) as caught:
        engine.make(kind, answers, tmp_path)
    sentence = f'"{folder}" is not the folder of an app: there is no tight.yml in it'
    assert sentence in f"{caught.value}{capfd.readouterr().err}"
    assert list(tmp_path.rglob("*")) == [folder]


def test_a_container_that_is_there_is_not_made_again(refuse: Any, tmp_path: Path) -> None:
    (tmp_path / "my_app").mkdir()
    (tmp_path / "my_app" / "Dockerfile").write_text("FROM mine", encoding="utf-8")

    assert refuse("container", {}) == "Container already exists!"


def test_an_app_in_a_folder_with_signs_of_a_pattern_is_looked_into(
    engine: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "[shops] *?"
    models = folder / "my_app" / "app" / "models"
    models.mkdir(parents=True)
    (models / "Account.py").touch()
    (folder / "my_app" / "tight.yml").touch()

    engine.make("function", {"name": "hello", "model": "account"}, folder)
    with pytest.raises((ValueError, CookiecutterException)) as caught:
        engine.make("model", {"name": "account"}, folder)
    assert "Model already exists!" in f"{caught.value}{capfd.readouterr().err}"


def test_an_answer_never_becomes_code_of_a_hook(refuse: Any, tmp_path: Path) -> None:
    answer = '"""); open("planted", "w"); ("""'

    assert refuse("function", {"name": answer}) == sentence_about(answer)
    assert list(tmp_path.rglob("planted")) == []


@pytest.mark.parametrize(
    ("kind", "answers"), [("app", {}), ("function", {"name": "hello"}), ("model", {"name": "order"}), ("container", {})]
)
def test_both_engines_say_the_same_next_steps(
    templates: Path, engine_of: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, answers: Any
) -> None:
    said = []
    for name in ("copier", "cookiecutter"):
        folder = tmp_path / name
        folder.mkdir()
        if kind != "app":
            (folder / "my_app").mkdir()
            (folder / "my_app" / "tight.yml").touch()
        capfd.readouterr()
        engine = engine_of(name, templates)
        if name == "copier":
            from copier import run_copy

            run_copy(str(templates), folder / "my_app", data={"kind": kind, **answers}, defaults=True)
        else:
            engine.make(kind, answers, folder)
        printed = re.sub("\x1b\\[[0-9;]*m", "", "".join(capfd.readouterr()))
        said.append(printed[printed.index("is ready") :].strip())
    assert said[0] == said[1]
    assert ("docker compose up --build" if kind == "container" else "invoke test") in said[0]


def test_each_template_has_equal_copies_of_the_hooks() -> None:
    assert len(copies()) == 8
    for source, copy in copies():
        assert copy.read_bytes() == source.read_bytes(), f"{copy} differs: run ./inv hooks"
        assert not copy.is_symlink()
