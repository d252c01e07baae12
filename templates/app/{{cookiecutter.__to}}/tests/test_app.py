"""Lambda finds the functions of this app."""

from pathlib import Path

from tight.testing import App

FUNCTIONS = Path(__file__).parent.parent / "app" / "functions"


def test_every_folder_with_a_handler_is_a_function(app: App) -> None:
    names = [handler.parent.name for handler in FUNCTIONS.glob("*/handler.py")]

    assert [name for name in names if not callable(getattr(app, name, None))] == []


def test_a_name_without_a_folder_is_no_function(app: App) -> None:
    assert not hasattr(app, "no_such_function")
