"""From a handler string to the controller of that one folder."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tight.app import controllers
from tight.errors import ControllerImportError, NoHandler

Write = Callable[[dict[str, str]], None]

INDEX = """
    from tight.app import controllers as _controllers

    __getattr__ = _controllers("app.functions")
"""
READ = "from tight import get\n@get\ndef read():\n    return 'read'\n"


def test_only_the_asked_function_is_imported(write_app: Write) -> None:
    write_app(
        {
            "app_index.py": INDEX,
            "app/functions/accounts/handler.py": READ,
            "app/functions/orders/handler.py": "raise RuntimeError('nobody asked for me')",
        }
    )
    index: Any = import_module("app_index")

    assert index.accounts({"httpMethod": "GET"}, None)["body"] == "read"
    assert "app.functions.orders.handler" not in sys.modules


def test_a_function_is_built_once(write_app: Write) -> None:
    write_app({"app/functions/accounts/handler.py": READ})
    lookup = controllers("app.functions")

    assert lookup("accounts") is lookup("accounts")


def test_a_folder_without_a_handler_is_no_function(write_app: Write) -> None:
    write_app({"app_index.py": INDEX, "app/functions/empty/readme.txt": "nothing"})
    index = import_module("app_index")

    with pytest.raises(AttributeError, match=r"no function 'empty': there is no app/functions/empty/handler\.py"):
        _ = index.empty
    assert not hasattr(index, "missing")
    assert not hasattr(index, "__wrapped__")


def test_an_attribute_error_inside_a_handler_module_does_not_read_as_handler_missing(write_app: Write) -> None:
    write_app({"app/functions/accounts/handler.py": "import os\nos.no_such_thing\n"})

    with pytest.raises(ControllerImportError, match="AttributeError: module 'os' has no attribute") as caught:
        controllers("app.functions")("accounts")
    assert isinstance(caught.value, ImportError)
    assert isinstance(caught.value.__cause__, AttributeError)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("import no_such_package", ModuleNotFoundError, "No module named 'no_such_package'"),
        ("from app.functions import nothing", ImportError, "cannot import name 'nothing'"),
        ("def broken(:", SyntaxError, "invalid syntax"),
        ("raise ValueError('on import')", ValueError, "on import"),
    ],
)
def test_any_other_import_error_surfaces_as_itself(
    write_app: Write, source: str, error: type[Exception], message: str
) -> None:
    write_app({"app/functions/accounts/handler.py": source, "app/functions/__init__.py": ""})

    with pytest.raises(error, match=message) as caught:
        controllers("app.functions")("accounts")
    assert type(caught.value) is error


def test_a_missing_package_of_functions_surfaces_as_itself() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_app'"):
        controllers("no_such_app.functions")("accounts")


def test_a_module_that_marks_nothing_is_refused(write_app: Write) -> None:
    write_app({"app/functions/accounts/handler.py": "def read():\n    return 1\n"})

    with pytest.raises(NoHandler, match=r"app\.functions\.accounts\.handler marks no function"):
        controllers("app.functions")("accounts")


def test_a_module_with_a_handler_of_its_own_is_left_alone(write_app: Write) -> None:
    write_app({"app/functions/raw/handler.py": "def handler(event, context):\n    return [event, context]\n"})

    assert controllers("app.functions")("raw")({"a": 1}, None) == [{"a": 1}, None]


def test_a_controller_is_known_by_the_functions_name_and_text(write_app: Write) -> None:
    write_app({"app/functions/accounts/handler.py": '"""Accounts."""\n' + READ})
    controller: Any = controllers("app.functions")("accounts")

    assert (controller.__name__, controller.__doc__) == ("accounts", "Accounts.")


COLLECTED = """
import gc, json
before, frozen = gc.get_threshold(), gc.get_freeze_count()  # Python 3.12 has frozen some itself
passes = []
import app_index
gc.callbacks.append(lambda phase, info: passes.append(phase))
app_index.accounts
gc.callbacks.clear()
after = gc.get_threshold()
print(json.dumps([bool(passes), gc.get_freeze_count() > frozen, gc.isenabled(), after == before, after]))
"""
MUCH = "from tight import get\nmuch = [[] for _ in range(100_000)]\n@get\ndef read():\n    return len(much)\n"


def collecting(write_app: Write, source: str, **variables: str) -> list[object]:
    """Whether garbage was looked for while the function was imported, whether that is kept out of later searches,
    whether there are such, whether their threshold is as before, and which it is; in a process of its own.
    """
    write_app({"app_index.py": INDEX, "app/functions/accounts/handler.py": source})
    kept = {name: value for name, value in os.environ.items() if name != "AWS_LAMBDA_RUNTIME_API"}
    done = subprocess.run(
        [sys.executable, "-c", COLLECTED], env={**kept, **variables}, check=True, capture_output=True, text=True
    )
    found: list[object] = json.loads(done.stdout)
    return found


def test_in_lambda_an_import_is_not_interrupted_by_searches_for_garbage(write_app: Write) -> None:
    found = collecting(write_app, MUCH, AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")

    assert found[:4] == [False, True, True, True]


def test_elsewhere_garbage_is_looked_for_as_ever(write_app: Write) -> None:
    assert collecting(write_app, MUCH)[:4] == [True, False, True, True]


def test_how_the_app_has_garbage_looked_for_stays(write_app: Write) -> None:
    own = "import gc\ngc.disable()\ngc.set_threshold(50_000, 7, 7)\n"

    found = collecting(write_app, own + MUCH, AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")

    assert found[2] is False
    assert found[4] == [50_000, 7, 7]
