"""What a module imports, read from its source."""

import ast
import textwrap

import pytest

from tight_tasks.imports import defined_names, imports_of, lazy_names


def read(
    source: str, module: str = "app.lib.a", *, is_package: bool = False
) -> list[tuple[str, tuple[str, ...], bool]]:
    tree = ast.parse(textwrap.dedent(source))
    return [(one.module, one.names, one.sure) for one in imports_of(tree, module, is_package=is_package)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c as d", [("a.b", (), True), ("c", (), True)]),
        ("from a import b, c as d", [("a", ("b", "c"), True)]),
        ("from . import b", [("app.lib", ("b",), True)]),
        ("from .b import c", [("app.lib.b", ("c",), True)]),
        ("from ..models.b import c", [("app.models.b", ("c",), True)]),
        ("from .....far import c", []),
        ("def f():\n    import a", [("a", (), False)]),
        ("class C:\n    import a", [("a", (), True)]),
        ("try:\n    import a\nexcept ImportError:\n    import b", [("a", (), False), ("b", (), False)]),
        ("if DEBUG:\n    import a", [("a", (), False)]),
        ("with suppress(ImportError):\n    import a", [("a", (), False)]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", [("typing", ("TYPE_CHECKING",), True)]),
        ("if typing.TYPE_CHECKING:\n    import a\nelse:\n    import b", [("b", (), True)]),
        ("m = importlib.import_module('a.b')", [("a.b", (), False)]),
        ("m = import_module('.b', __package__)", [("app.lib.b", (), False)]),
        ("m = __import__('a')", [("a", (), False)]),
        ("m = import_module(name)", []),
        ("'import a'  # import b", []),
    ],
)
def test_every_import_is_found_and_whether_it_always_happens(
    source: str, expected: list[tuple[str, tuple[str, ...], bool]]
) -> None:
    assert read(source) == expected


def test_a_dot_in_a_package_is_the_package_itself() -> None:
    assert read("from . import b", "app.lib", is_package=True) == [("app.lib", ("b",), True)]


def test_what_a_package_gives_on_demand_is_read_from_its_tables() -> None:
    source = "HOMES = {'a': 'p.a', 'b': (NAME, '.b')}\ndef __getattr__(name): ...\n"

    assert lazy_names(ast.parse(source)) == {"a": ("p.a",), "b": (".b",)}
    assert lazy_names(ast.parse("HOMES = {'a': 'p.a'}")) is None


def test_the_names_of_a_module_are_those_that_it_binds() -> None:
    source = (
        "import a.b\nfrom c import d as e\nif TYPE_CHECKING:\n    import x\nf: int = 1\ndef g(): ...\nclass H: ...\n"
    )

    assert defined_names(ast.parse(source)) == {"a", "e", "f", "g", "H"}


def needed(source: str) -> list[str]:
    tree = ast.parse(source)
    return [one.module for one in imports_of(tree, "app.lib.a", is_package=False) if one.needed]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import a, b.c as d", ["a", "b.c"]),
        ("from a.b import c", ["a.b"]),
        ("def late():\n    import a", ["a"]),
        ("class A:\n    import a", ["a"]),
        ("try:\n    import a\nfinally:\n    import b", ["a", "b"]),
        ("try:\n    import a\nexcept ValueError:\n    import b", ["a", "b"]),
        ("with open('x'):\n    import a", ["a"]),
        ("if ready:\n    import a", ["a"]),
        ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import a", ["typing", "a"]),
    ],
)
def test_what_has_to_succeed_is_needed(source: str, found: list[str]) -> None:
    assert needed(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("try:\n    import a\nexcept ImportError:\n    import b", ["b"]),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    a = None", []),
        ("try:\n    import a\nexcept:\n    a = None\nelse:\n    import b", ["b"]),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", ["b"]),
        ("if typing.TYPE_CHECKING:\n    import a", []),
        ("if __name__ == '__main__':\n    import a", []),
        ("if sys.version_info >= (3, 99):\n    import a\nelse:\n    import b", []),
        ("import contextlib\nwith contextlib.suppress(ImportError):\n    import a", ["contextlib"]),
        ("import_module('a')", []),
    ],
)
def test_what_may_fail_is_not_needed(source: str, found: list[str]) -> None:
    assert needed(source) == found
