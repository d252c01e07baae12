"""The public door: what `tight` offers."""

import pkgutil
import sys
from importlib import import_module

import pytest

import tight
import tight.errors

MODULES = {"aio", "log"}  # offered as they are


def test_the_names_offered_are_those_that_load_and_sorted() -> None:
    assert tight.__all__ == sorted(tight._HOMES)
    homes = {name: import_module(home) for name, home in tight._HOMES.items() if name not in MODULES}
    assert [name for name, home in homes.items() if getattr(home, name) is not getattr(tight, name)] == []
    assert dir(tight) == tight.__all__


def test_no_module_hides_what_is_offered_under_its_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tight.__path__)}
    assert modules & set(tight.__all__) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_some_modules_are_offered_whole(name: str) -> None:
    assert getattr(tight, name) is import_module(f"tight.{name}")
    assert tight.__getattr__(name) is getattr(tight, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'tight' has no attribute 'gett'"):
        _ = tight.gett


def test_a_trigger_whose_wheel_is_missing_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "tight.events" or name.startswith("tight.events.")]:
        monkeypatch.delitem(sys.modules, name)
    # As Python's finders say it where there is no such folder.
    monkeypatch.setattr(tight, "__path__", [])

    with pytest.raises(tight.errors.MissingLibrary, match=r"^tight-events is not installed: queue is in it, so put it"):
        _ = tight.queue


def test_the_drawn_tree_of_errors_is_the_tree() -> None:
    drawn = tight.errors.__doc__ or ""
    classes = [value for value in vars(tight.errors).values() if isinstance(value, type)]

    assert [error.__name__ for error in classes if not issubclass(error, tight.errors.TightError)] == []
    for error in classes:
        builtins = [base.__name__ for base in error.__bases__ if base.__module__ == "builtins"]
        (line,) = [line for line in drawn.splitlines() if line.lstrip("│├└─ ").split(" ")[0] == error.__name__]
        assert f"({builtins[0]})" in line if builtins and builtins != ["Exception"] else "(" not in line
