"""The functions of an app: which folders they are, and what they are named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight.app import controllers
from tight.errors import BadFunctionName, DuplicateFunction
from tight.functions import functions_of

Write = Callable[[dict[str, str]], None]

READ = "from tight import get\n@get\ndef read():\n    return __name__\n"
GET = {"httpMethod": "GET", "path": "/"}


def test_a_folder_is_a_function_where_it_holds_a_handler(write_app: Write) -> None:
    write_app(
        {
            "app/functions/orders/handler.py": READ,
            "app/functions/accounts/handler.py": "raise RuntimeError('nothing is imported')",
            "app/functions/accounts/other.py": "",
            "app/functions/notes/readme.txt": "",
            "app/functions/handler.py": "",
            "app/functions/.history/accounts/handler.py": "",
            "app/functions/orders/.ipynb_checkpoints/handler.py": "",
        }
    )
    assert list(functions_of("app.functions").items()) == [
        ("accounts", "app.functions.accounts.handler"),
        ("orders", "app.functions.orders.handler"),
    ]


def test_an_app_may_be_on_the_path_twice(write_app: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_app({"app/functions/accounts/handler.py": READ})
    monkeypatch.syspath_prepend(f"{tmp_path}/../{tmp_path.name}")

    assert list(functions_of("app.functions")) == ["accounts"]


def test_a_folder_below_another_is_named_by_both(write_app: Write) -> None:
    write_app(
        {
            "app/functions/admin/users/handler.py": READ,
            "app/functions/admin/handler.py": READ,
            "app/functions/a/b/c/handler.py": READ,
        }
    )
    assert functions_of("app.functions") == {
        "a_b_c": "app.functions.a.b.c.handler",
        "admin": "app.functions.admin.handler",
        "admin_users": "app.functions.admin.users.handler",
    }
    answer: Any = controllers("app.functions")("admin_users")(GET, None)
    assert answer["body"] == "app.functions.admin.users.handler"


def test_two_folders_of_one_name_are_refused_with_both(write_app: Write) -> None:
    write_app({"app/functions/admin/users/handler.py": READ, "app/functions/admin_users/handler.py": READ})

    with pytest.raises(DuplicateFunction, match=r"two functions are named admin_users, .* and .*: rename") as caught:
        functions_of("app.functions")
    assert sorted(caught.value.places) == ["app.functions.admin.users.handler", "app.functions.admin_users.handler"]


@pytest.mark.parametrize("folder", ["my-orders", "2nd", "_private", "a b"])
def test_a_name_that_python_can_not_look_up_is_refused_with_its_place(write_app: Write, folder: str) -> None:
    write_app({f"app/functions/{folder}/handler.py": READ})

    with pytest.raises(BadFunctionName, match=rf"'{folder}', at .*/app/functions/{folder}/handler\.py"):
        functions_of("app.functions")


def test_without_the_package_there_is_an_error_that_names_it(write_app: Write) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"'no_such_app'"):
        functions_of("no_such_app.functions")
    write_app({"app/__init__.py": ""})
    with pytest.raises(ModuleNotFoundError, match=r"'app\.functions'"):
        functions_of("app.functions")


def test_a_module_that_fails_to_import_below_is_named_itself(write_app: Write) -> None:
    write_app({"app/functions/admin/users/handler.py": "import no_such_package\n"})

    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        controllers("app.functions")("admin_users")
