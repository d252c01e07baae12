"""`invoke generate.function` and `generate.model`: what they write, and what they refuse."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tight_tasks.errors import AlreadyExists, BadAnswer, CanNotWrite, FileInTheWay
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


def test_a_second_function_of_the_name_that_nested_folders_give_is_refused(app: Path, invoke: Invoke) -> None:
    handler = app / "app" / "functions" / "admin" / "users" / "handler.py"
    handler.parent.mkdir(parents=True)
    handler.touch()
    before = files_in(app)
    done = invoke("generate.function", "admin_users")

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

    with pytest.raises(BadAnswer):
        add(app, name)
    assert files_in(app) == before


def test_a_failure_while_writing_takes_back_what_was_written(app: Path) -> None:
    (app / "tests").write_text("a file where a folder has to be", encoding="utf-8")
    before = sorted(app.rglob("*"))

    with pytest.raises(CanNotWrite, match=r"can't be written: .*; nothing was changed"):
        add_function(app, "ping")
    assert sorted(app.rglob("*")) == before


@pytest.mark.parametrize(
    ("task", "length"),
    [
        ("generate.function", 101),
        ("generate.function", 260),
        ("generate.model --table people", 260),
        ("generate.app", 260),
    ],
)
def test_a_name_that_is_too_long_is_refused_and_nothing_is_written(
    app: Path, invoke: Invoke, task: str, length: int
) -> None:
    before = sorted(app.rglob("*.py"))
    done = invoke(*task.split(), "a" * length)

    assert done.returncode == 2
    assert done.stderr == f'"{"a" * length}" is too long for a name: write 100 signs at most\n'
    assert sorted(app.rglob("*.py")) == before


def test_half_a_file_is_taken_back_too(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(app.rglob("*"))
    copy = shutil.copy2

    def copy_half(source: Path, target: Path) -> None:
        copy(source, target)
        if Path(target).name == "test_unit_ping.py":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tight_tasks.templates.shutil.copy2", copy_half)
    with pytest.raises(CanNotWrite, match="No space left on device; nothing was changed"):
        add_function(app, "ping")
    assert sorted(app.rglob("*")) == before


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
    assert done.stderr == f"{app / 'tight.yml'}:3: architecture is 'riscv': Input should be 'arm64' or 'x86_64'\n"


def test_a_plan_shows_the_files_and_writes_none(app: Path, invoke: Invoke) -> None:
    before = sorted(app.rglob("*"))
    done = invoke("generate.model", "person", "--plan")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"Would be written into {app}:",
        "  app/models/Person.py",
        "  tests/models/test_Person.py",
    ]
    assert sorted(path for path in app.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__") == before


def test_options_of_a_function_and_a_model_are_handed_to_the_template(app: Path, invoke: Invoke) -> None:
    keys = ["--hash-key", "owner", "--hash-type", "number", "--range-key", "placed", "--range-type", "date"]
    made = invoke("generate.model", "order", "--table", "sales", *keys, "--no-test")
    assert made.returncode == 0, made.stderr
    options = ["--verbs", "GET,post", "--path", "/orders/{order_id}", "--model", "order", "--no-test"]
    made = invoke("generate.function", "orders", *options)
    assert made.returncode == 0, made.stderr

    source = (app / "app" / "models" / "Order.py").read_text(encoding="utf-8")
    assert 'TableName("sales")' in source
    assert "owner = NumberAttribute(hash_key=True)" in source
    assert "placed = UTCDateTimeAttribute(range_key=True)" in source
    handler = (app / "app" / "functions" / "orders" / "handler.py").read_text(encoding="utf-8")
    assert "from tight import get, post\n" in handler
    assert '@get("/orders/{order_id}")\ndef get_handler(order_id: str, query: dict[str, str])' in handler
    assert "Order.scan(limit=limit)" in handler


def test_a_function_of_the_root_answers_there(app: Path, invoke: Invoke) -> None:
    invoke("generate.app", "shop")
    made = invoke("generate.function", "home", "--path", "/", "--verbs", "get", "--target", "shop")

    assert made.returncode == 0, made.stderr
    assert "2 passed" in made.stdout
    handler = (app / "shop" / "app" / "functions" / "home" / "handler.py").read_text(encoding="utf-8")
    assert '@get("/")\ndef get_handler() -> dict[str, str]:' in handler


def test_a_function_of_head_alone_expects_an_answer_without_a_body(app: Path, invoke: Invoke) -> None:
    invoke("generate.app", "shop")
    made = invoke("generate.function", "probe", "--verbs", "head", "--target", "shop")

    assert made.returncode == 0, made.stdout
    assert "2 passed" in made.stdout


def test_a_parameter_of_the_path_may_be_named_query_though_a_list_of_a_models_items_reads_the_query(
    app: Path, invoke: Invoke
) -> None:
    invoke("generate.app", "shop")
    invoke("generate.model", "order", "--no-test", "--target", "shop")
    options = ["--path", "/search/{query}", "--verbs", "get", "--model", "order", "--target", "shop"]
    made = invoke("generate.function", "search", *options)

    assert made.returncode == 0, made.stdout + made.stderr
    assert "2 passed" in made.stdout
    handler = (app / "shop" / "app" / "functions" / "search" / "handler.py").read_text(encoding="utf-8")
    assert "def get_handler(query: str) -> list[dict[str, Any]]:" in handler


@pytest.mark.parametrize("name", [".", "..", "a/b", "../x", "9x"])
def test_an_app_of_a_bad_name_is_refused_and_nothing_is_written(app: Path, invoke: Invoke, name: str) -> None:
    before = sorted(path for path in app.rglob("*") if "__pycache__" not in path.parts)
    done = invoke("generate.app", name)

    assert done.returncode == 2
    assert done.stderr.startswith(f'"{name}" is not a usable name: a letter first')
    assert sorted(path for path in app.rglob("*") if "__pycache__" not in path.parts) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["generate.app", "x", "--provider", "gcp"], "--provider gcp: aws is the only provider currently supported"),
        (["generate.app", "x", "--type", "web"], "--type web: lambda is the only type currently supported"),
        (
            ["generate.function", "x", "--type", "lambda"],
            "--type lambda: lambda_proxy is the only type currently supported",
        ),
    ],
)
def test_an_option_that_is_not_supported_is_refused(invoke: Invoke, arguments: list[str], sentence: str) -> None:
    done = invoke(*arguments)

    assert (done.returncode, done.stderr) == (2, sentence + "\n")


def test_a_target_is_where_an_app_is_made_and_where_a_function_is_added(app: Path, invoke: Invoke) -> None:
    target = app / "some where"
    made = invoke("generate.app", "shop", "--target", str(target), "--type", "lambda", "--provider", "aws")
    assert made.returncode == 0, made.stderr
    assert (target / "shop" / "tight.yml").exists()
    made = invoke("generate.function", "ping", "--target", str(target / "shop"))
    assert made.returncode == 0, made.stdout + made.stderr
    assert (target / "shop" / "app" / "functions" / "ping" / "handler.py").exists()

    again = invoke("generate.app", "shop", "--target", str(target))
    assert (again.returncode, again.stderr) == (2, "App already exists!\n")
