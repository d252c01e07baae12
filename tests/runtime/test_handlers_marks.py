"""Which functions a module is found to mark, and what of them is called."""

from collections.abc import Callable
from importlib import import_module, reload
from typing import Any

import pytest

from tight.errors import HiddenHandler
from tight.handlers import marks_of

Send = Callable[..., dict[str, Any]]
Load = Callable[[str], Callable[[dict[str, Any], object], Any]]

GUARD = """
    from functools import wraps
    from tight import get, post

    def guarded(function):
        @wraps(function)
        def guard(*args, **kwargs):
            return 403, {"message": "no"}
        return guard

    def opaque(function):
        return lambda *args, **kwargs: function(*args, **kwargs)
"""


@pytest.mark.parametrize(
    "definition",
    [
        """
    @guarded
    @get
    def read():
        return "secret"
    """,
        """
    @guarded
    @get
    def account():
        return "secret"

    @post
    def account():
        return "posted"
    """,
        """
    @guarded
    @get
    @opaque
    def account():
        return "secret"
    """,
        """
    def secret():
        return "secret"

    account = guarded(get(secret))
    """,
        """
    account = guarded(get(lambda: "secret"))
    """,
    ],
    ids=["plain", "two of one name", "around an opaque one", "by hand", "around a lambda"],
)
def test_a_decorator_above_the_verb_takes_effect(send: Send, definition: str) -> None:
    assert send(GUARD + definition)["statusCode"] == 403


@pytest.mark.parametrize(
    "definition",
    [
        """
    @opaque
    @get
    def read():
        return "secret"
    """,
        """
    account = opaque(get(lambda: "secret"))
    """,
    ],
)
def test_a_decorator_above_the_verb_that_hides_the_function_is_refused(load: Load, definition: str) -> None:
    with pytest.raises(HiddenHandler, match="put the other decorator below Tight's"):
        load(GUARD + definition)


def test_objects_that_answer_oddly_are_passed_over(send: Send) -> None:
    source = """
        from unittest.mock import call
        from tight import get

        class Proxy:
            def __call__(self):
                pass

            def __getattr__(self, name):
                raise RuntimeError("no request")

        proxy = Proxy()

        @get
        def read():
            return "read"
    """
    assert send(source)["body"] == "read"


def test_a_verb_may_be_used_by_a_decorator_of_the_apps_own(send: Send, write_app: Any) -> None:
    write_app({"app/lib/own.py": "from tight import get\n\ndef read_at(path):\n    return lambda f: get(path)(f)\n"})
    source = """
        from app.lib.own import read_at

        @read_at("/accounts")
        def accounts():
            return "accounts"
    """
    assert send(source, "GET", "/accounts")["body"] == "accounts"


def test_a_module_that_is_loaded_again_marks_anew(write_app: Any) -> None:
    first = "from tight import get\n@get\ndef one():\n    return 1\n"
    write_app({"app/functions/accounts/handler.py": first})
    module = import_module("app.functions.accounts.handler")
    write_app({"app/functions/accounts/handler.py": "# a line more, so that nothing stands where it stood\n" + first})

    assert [mark.function.__name__ for mark in marks_of(reload(module))] == ["one"]


def test_marks_of_an_imported_handler_module_do_not_count_here(send: Send, write_app: Any) -> None:
    write_app({"app/lib/shared.py": "from tight import delete\n@delete\ndef drop():\n    return None\n"})
    source = """
        from tight import get
        from app.lib.shared import drop

        @get
        def read():
            return "read"
    """
    assert send(source, "DELETE")["statusCode"] == 405


def test_a_shared_function_is_marked_where_it_is_used(send: Send, write_app: Any) -> None:
    write_app({"app/lib/shared.py": "def drop():\n    return 202, 'dropped'\n"})
    source = """
        from tight import delete
        from app.lib.shared import drop

        delete(drop)
    """
    assert send(source, "DELETE")["statusCode"] == 202
