"""The checks that read, each with a few files: what they find, and what they leave in peace."""

import stat
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile, ZipInfo

import pytest

from tight_tasks.inspection import extensions, imports, links, metadata, modes, paths, unwanted
from tight_tasks.inspection.contents import Contents
from tight_tasks.inspection.subject import Subject
from tight_tasks.project import Project

Entries = dict[str, "str | tuple[int, str]"]
Look = Callable[[ModuleType, Entries], list[tuple[str, str]]]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """What a check says of a zip: texts are files with mode 644, else mode and content are given."""
    (tmp_path / "tight.yml").write_text("name: my-app\nruntime: python3.13\narchitecture: arm64\n", encoding="utf-8")

    def find(check: ModuleType, entries: Entries) -> list[tuple[str, str]]:
        with ZipFile(tmp_path / "a.zip", "w") as archive:
            for name, entry in entries.items():
                mode, content = (stat.S_IFREG | 0o644, entry) if isinstance(entry, str) else entry
                info = ZipInfo(name)
                info.external_attr = mode << 16 | 0x20  # and what a zip made on Windows has
                archive.writestr(info, content)
        with Contents.opened(tmp_path / "a.zip", []) as contents:
            return [tuple(fault) for fault in check.find(Subject(contents, Project.load(tmp_path)))]

    return find


def link(target: str) -> tuple[int, str]:
    return stat.S_IFLNK | 0o777, target


def test_links_to_what_is_in_the_zip_are_left_in_peace(look: Look) -> None:
    assert (
        look(links, {"a/b.py": "", "a/c.py": link("b.py"), "d": link("a"), "e": link("d/b.py"), "f": link(".")}) == []
    )


def test_links_in_a_circle_are_found_each(look: Look) -> None:
    assert look(links, {"a": link("b"), "b": link("a")}) == [
        ("a", "links to b, and from there in a circle"),
        ("b", "links to a, and from there in a circle"),
    ]


def test_a_file_below_a_link_is_found(look: Look) -> None:
    assert look(links, {"a/x": "", "b": link("a"), "b/y": ""}) == [
        ("b/y", "is below b, which is a link: it would be unpacked elsewhere")
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a/../../b", "escapes from the folder that the zip is unpacked in"),
        ("C:/b", "is an absolute path"),
        ("//b", "is an absolute path"),
        ("a\\b", "has a backslash in its name, which is no separator in Lambda: make the zip with forward slashes"),
        ("a/./b", "has an empty part or a dot as a part of its path"),
        ("a\tb", "has a control character in its name"),
    ],
)
def test_a_name_that_is_no_path_below_the_root_is_found(look: Look, name: str, sentence: str) -> None:
    assert look(paths, {name: "", "fine/file..py": ""}) == [(name, sentence)]


def test_a_file_that_is_a_folder_too_is_found(look: Look) -> None:
    assert look(paths, {"a": "", "a/b": ""}) == [("a/b", "is below a, which is a file")]


def test_modes_that_everybody_may_read_are_left_in_peace(look: Look) -> None:
    good: Entries = {"a": (stat.S_IFREG | 0o755, ""), "b": (stat.S_IFREG | 0o444, ""), "c/": (stat.S_IFDIR | 0o755, "")}
    # A zip made on Windows has no modes.
    assert look(modes, {**good, "d": (0, "")}) == []


def test_folders_that_can_not_be_entered_and_devices_are_found(look: Look) -> None:
    assert look(modes, {"a/": (stat.S_IFDIR | 0o700, ""), "b": (stat.S_IFIFO | 0o644, "")}) == [
        ("a", "has mode 700: the user that runs functions can't enter it, make it 755"),
        ("b", "is a device, a pipe or a socket"),
    ]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a/b.cpython-313-aarch64-linux-gnu.so", ""),
        ("a/b.abi3.so", ""),
        ("a/b.so", ""),
        ("a/libb.so.1", ""),
        ("a/b.cpython-313t-aarch64-linux-gnu.so", "is built for Python 3.13t"),
        ("a/b.cpython-39-aarch64-linux-gnu.so", "is built for Python 3.9"),
        ("a/b.cp313-win_amd64.pyd", "is an extension module for another system than Linux"),
        ("a/b.cpython-313-darwin.so", "is an extension module for another system than Linux"),
    ],
)
def test_an_extension_module_for_another_python_is_told_by_its_name(look: Look, name: str, found: str) -> None:
    assert [sentence.partition(":")[0] for _, sentence in look(extensions, {name: ""})] == [found] * bool(found)


def test_names_of_a_package_that_are_spelt_differently_are_the_same_package(look: Look) -> None:
    entries: Entries = {
        "A_b-1.0.dist-info/METADATA": "",
        "a.b-2.0.dist-info/METADATA": "",
        "a-1.dist-info/METADATA": "",
    }
    assert look(metadata, entries) == [
        ("a.b-2.0.dist-info", "is a second installation of a-b, beside A_b-1.0.dist-info: vendor it anew")
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("tests/test_a.py", "tests/"),
        ("app/functions/a/tests/test_a.py", "app/functions/a/tests/"),
        ("app/conftest.py", "app/conftest.py"),
        ("app/cassettes/a.yml", "app/cassettes/"),
        (".git/config", ".git/"),
        ("app/.env", "app/.env"),
        (".env.production", ".env.production"),
        ("env.yml", "env.yml"),
        ("app/a.py~", "app/a.py~"),
        ("app/.a.py.swp", "app/.a.py.swp"),
        ("app/functions/tests/handler.py", ""),
        ("app/functions/admin/tests/handler.py", ""),
        (".env.example", ""),
        ("app/env.yml.py", ""),
        ("app/contests/a.py", ""),
        ("numpy/tests/test_a.py", ""),
    ],
)
def test_what_must_not_be_uploaded_is_found_unless_a_package_brought_it(look: Look, path: str, told: str) -> None:
    record = "numpy/tests/test_a.py,,\n"
    found = look(unwanted, {"numpy-2.0.dist-info/RECORD": record, path: ""})
    assert [file for file, _ in found] == [told] * bool(told)


def test_a_public_certificate_is_no_key(look: Look) -> None:
    assert look(unwanted, {"app/ca.pem": "-----BEGIN CERTIFICATE-----\n"}) == []


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("import json, tomllib, boto3, botocore.config, urllib3, awslambdaric", ""),
        ("import telnetlib", "telnetlib"),  # 3.13 has it no more
        ("import app.here", ""),
        ("import app.gone", "app.gone"),
        ("from app import here", ""),
        ("from app import gone", "app.gone"),
        ("from app.here import anything", ""),
        ("from . import here", ""),
        ("from .gone import anything", "app.gone"),
        ("from app.full import anything", ""),
        ("import package.native", ""),
        ("import package.gone.deeper", "package.gone"),
        ("import single.made.up", ""),
        ("from app.full import *", ""),
    ],
)
def test_a_module_that_is_nowhere_is_found(look: Look, statement: str, missing: str) -> None:
    entries: Entries = {
        "app/__init__.py": "",
        "app/here.py": "",
        "app/full/__init__.py": "anything = 1",
        "package/native.cpython-313-aarch64-linux-gnu.so": "",
        "single.py": "",
        "app/a.py": f"# Of a\n{statement}\n",
    }
    expected = [("app/a.py:2", f"imports {missing}, which is not in the artifact")] * bool(missing)
    assert look(imports, entries) == expected


def test_code_that_is_no_python_is_found(look: Look) -> None:
    ((file, sentence),) = look(imports, {"app/a.py": "x = 1\ndef f(:\n"})
    assert file == "app/a.py:2"
    assert sentence.startswith("is not Python: ")
