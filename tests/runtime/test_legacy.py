"""The app of Tight 0.1, with its own names."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tight.errors import AppNotRunnable, DuplicateFunction

Write = Callable[[dict[str, str]], None]

# app_index.py as Tight 0.1 generated it.
INDEX = """
    from tight.providers.aws.lambda_app import app as app
    app.run()
"""
READ = "from tight import get\n@get\ndef read():\n    return 'read'\n"
GET = {"httpMethod": "GET", "path": "/"}


def test_run_puts_the_functions_on_the_entry_module(write_app: Write) -> None:
    write_app(
        {
            "app_index.py": INDEX,
            "app/functions/accounts/handler.py": READ,
            "app/functions/orders/handler.py": "raise RuntimeError('nobody asked for me')",
        }
    )
    index: Any = import_module("app_index")

    assert index.accounts(GET, None)["body"] == "read"
    assert index.accounts is index.accounts
    assert not hasattr(index, "missing")
    assert "app.functions.orders.handler" not in sys.modules


def test_run_takes_the_name_of_another_module(write_app: Write) -> None:
    write_app({"app_index.py": INDEX.replace("run()", "run('app.entry')"), "app/functions/accounts/handler.py": READ})
    write_app({"app/entry.py": ""})
    import_module("app_index")
    entry: Any = import_module("app.entry")

    assert entry.accounts(GET, None)["body"] == "read"


def test_create_and_collect_controllers_are_as_they_were(write_app: Write) -> None:
    from tight import legacy

    write_app(
        {
            "app_index.py": "",
            "app/functions/orders/handler.py": READ,
            "app/functions/accounts/handler.py": READ,
        }
    )
    index: Any = import_module("app_index")
    legacy.create(index)

    assert legacy.collect_controllers() == ["accounts", "orders"]
    assert index.orders(GET, None)["body"] == "read"


def test_an_app_that_can_not_be_run_says_why(write_app: Write, caplog: pytest.LogCaptureFixture) -> None:
    write_app(
        {
            "app_index.py": INDEX,
            "app/functions/admin/users/handler.py": READ,
            "app/functions/admin_users/handler.py": READ,
        }
    )
    with pytest.raises(AppNotRunnable, match="app_index can't be given the app's functions") as caught:
        import_module("app_index")
    assert isinstance(caught.value.__cause__, DuplicateFunction)
    assert "two functions are named admin_users" in caplog.text


def test_an_app_without_functions_can_not_be_run(write_app: Write) -> None:
    write_app({"app_index.py": INDEX, "app/__init__.py": ""})

    with pytest.raises(AppNotRunnable) as caught:
        import_module("app_index")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
