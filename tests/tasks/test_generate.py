"""`invoke generate.function` and `generate.model`: what they write, and what they refuse."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tight_tasks.errors import AlreadyExists, BadName, FileInTheWay
from tight_tasks.generate import add_function, add_model

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_a_function_is_a_handler_with_its_tests_and_its_expectation(app: Path) -> None:
    assert [path.as_posix() for path in add_function(app, "ping")] == [
        "app/functions/ping/__init__.py",
        "app/functions/ping/handler.py",
        "tests/functions/integration/ping/expectations/test_get_method.yml",
        "tests/functions/integration/ping/test_integration_ping.py",
        "tests/functions/unit/ping/test_unit_ping.py",
    ]


@pytest.mark.parametrize(
    ("name", "class_name", "table"),
    [
        ("account", "Account", "accounts"),
        ("my_model", "MyModel", "my-models"),
        ("MyModel", "MyModel", "my-models"),
        ("person", "Person", "people"),
        ("category", "Category", "categories"),
        ("bus", "Bus", "buses"),
        ("status", "Status", "statuses"),
        ("user_profile", "UserProfile", "user-profiles"),
    ],
)
def test_a_models_file_and_class_have_one_name_and_its_table_the_plural(
    app: Path, name: str, class_name: str, table: str
) -> None:
    assert [path.as_posix() for path in add_model(app, name)] == [
        f"app/models/{class_name}.py",
        f"tests/models/test_{class_name}.py",
    ]
    source = (app / "app" / "models" / f"{class_name}.py").read_text(encoding="utf-8")
    assert f"class {class_name}(Model):" in source
    assert f'table_name = TableName("{table}")' in source


def test_a_second_function_of_a_name_is_refused_and_no_file_changed(app: Path, invoke: Invoke) -> None:
    add_function(app, "ping")
    (app / "app" / "functions" / "ping" / "handler.py").write_text("edited", encoding="utf-8")
    before = files_in(app)
    done = invoke("generate.function", "ping")

    assert (done.returncode, done.stderr) == (2, "Function already exists!\n")
    assert files_in(app) == before


def test_a_second_model_of_a_name_is_refused(app: Path) -> None:
    add_model(app, "user_profile")

    with pytest.raises(AlreadyExists, match="Model already exists!"):
        add_model(app, "UserProfile")


def test_a_file_in_the_way_is_named_and_nothing_is_written(app: Path) -> None:
    test = app / "tests" / "functions" / "unit" / "ping" / "test_unit_ping.py"
    test.parent.mkdir(parents=True)
    test.write_text("mine", encoding="utf-8")
    before = files_in(app)

    with pytest.raises(FileInTheWay, match=r"test_unit_ping\.py is there already: move it away"):
        add_function(app, "ping")
    assert files_in(app) == before


@pytest.mark.parametrize("name", ["", "9x", "a-b", "a.b", "a/b", "../a", "a b", "_private", "é"])
@pytest.mark.parametrize("add", [add_function, add_model])
def test_a_name_that_is_no_identifier_is_refused_and_nothing_is_written(
    app: Path, add: Callable[[Path, str], list[Path]], name: str
) -> None:
    before = files_in(app)

    with pytest.raises(BadName):
        add(app, name)
    assert files_in(app) == before


def test_a_failure_while_writing_takes_back_what_was_written(app: Path) -> None:
    (app / "tests").write_text("a file where a folder has to be", encoding="utf-8")
    before = files_in(app)

    with pytest.raises(OSError, match="tests"):
        add_function(app, "ping")
    assert files_in(app) == before


def test_outside_an_app_nothing_is_generated(app: Path, invoke: Invoke) -> None:
    (app / "tight.yml").unlink()
    done = invoke("generate.function", "ping")

    assert done.returncode == 2
    assert done.stderr == f"there is no tight.yml in {app}: run this in the folder of an app made with Tight\n"
    assert not (app / "app").exists()


def test_the_exit_code_is_that_of_the_new_tests(app: Path, invoke: Invoke) -> None:
    # This app has no conftest.py, so the new integration test fails.
    done = invoke("generate.function", "ping")

    assert done.returncode == 1
    assert "fixture 'app' not found" in done.stdout
    assert "Successfully" not in done.stdout
    assert (app / "app" / "functions" / "ping" / "handler.py").exists()


def test_new_tests_are_left_alone_when_asked(invoke: Invoke) -> None:
    done = invoke("generate.function", "ping", "--no-test")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Next: edit app/functions/ping/handler.py"


def test_a_task_tells_a_mistake_in_tight_yml_in_one_sentence(app: Path, invoke: Invoke) -> None:
    (app / "tight.yml").write_text("name: my-app\nruntime: python3.13\narchitecture: riscv\n", encoding="utf-8")
    done = invoke("generate.model", "account")

    assert done.returncode == 2
    assert done.stderr == f"{app / 'tight.yml'}: architecture is 'riscv': Input should be 'arm64' or 'x86_64'\n"
