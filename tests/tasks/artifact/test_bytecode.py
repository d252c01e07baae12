"""Bytecode: made by the target's Python, always the same, and taken by Python without a look at the source."""

import importlib.metadata
import json
import marshal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.artifact.bytecode import compile_files
from tight_tasks.artifact.entries import Entry, Files
from tight_tasks.interpreter import Interpreter, find_interpreter
from tight_tasks.target import Target

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
RUNTIME = f"python3.{sys.version_info.minor}"
TAG = f"cpython-3{sys.version_info.minor}"


@pytest.fixture(scope="session")
def python() -> Interpreter:
    """The one that runs the tests, as if it was Lambda's."""
    found = find_interpreter(Target(RUNTIME, "arm64"))
    assert found is not None
    return found


def sources_of(*packages: str) -> Iterator[Entry]:
    for package in packages:
        for file in importlib.metadata.files(package) or ():
            if file.suffix == ".py" and ".." not in file.parts:
                yield Entry(file.as_posix(), Path(str(file.locate())))


def test_it_has_an_unchecked_hash_and_the_path_in_lambda(python: Interpreter) -> None:
    source = b"def f():\n    raise ValueError\n"

    ((entry,), _) = compile_files(Files([Entry("app/lib/a.py", source)]), "/var/task", python)
    content = entry.read()
    assert entry.path == f"app/lib/__pycache__/a.{TAG}.pyc"
    assert content[:16] == MAGIC_NUMBER + b"\x01\x00\x00\x00" + source_hash(source)
    code = marshal.loads(content[16:])  # noqa: S302  # made here
    assert code.co_filename == "/var/task/app/lib/a.py"


def test_a_large_package_gives_the_same_bytes_alone_together_and_in_another_order(python: Interpreter) -> None:
    everything = list(sources_of("pynamodb", "pydantic", "jinja2"))
    together = {entry.path: entry.read() for entry in compile_files(Files(everything), "/var/task", python)[0]}
    assert len(together) > 100

    for part in (everything[::-2], everything[1::5], everything[:1]):
        for entry in compile_files(Files(part), "/var/task", python)[0]:
            assert entry.read() == together[entry.path], entry.path


def test_the_shell_of_whoever_builds_does_not_show(python: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files([Entry("a.py", b"def f(x): 'a docstring'; assert x; return x in {'a', 'b', 'c', 'd', None, 1.5}\n")])
    ((plain,), _) = compile_files(files, "/var/task", python)

    for name, value in {"PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "3", "PYTHONPATH": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    ((entry,), _) = compile_files(files, "/var/task", python)
    assert entry.read() == plain.read()


def test_what_is_no_source_of_this_python_is_told_with_its_line(python: Interpreter) -> None:
    files = Files([Entry("good.py", b"a = 1\n"), Entry("old.py", b"a = 1\nprint 'a'\n"), Entry("null.py", b"\0")])

    compiled, problems = compile_files(files, "/var/task", python)
    assert [entry.path for entry in compiled] == [f"__pycache__/good.{TAG}.pyc"]
    assert [(problem.path, problem.line) for problem in problems] == [("null.py", 1), ("old.py", 2)]
    assert problems[1].reason.startswith("Missing parentheses in call to 'print'")


def test_what_nobody_can_import_is_not_compiled(python: Interpreter) -> None:
    files = Files([Entry("a/{{name}}.py", b""), Entry("b-c/d.py", b""), Entry("a/data.txt", b"")])

    assert compile_files(files, "/var/task", python) == ([], [])


def test_a_package_with_files_that_can_not_be_compiled_is_packed_as_it_is(shop: Shop) -> None:
    shop.settings(runtime=RUNTIME)
    shop.vendor("parcels", {"parcels/__init__.py": "", "parcels/python2.py": "print 'a'\n"})

    shop.build(bytecode=True)
    assert [path for path in shop.zipped() if path.startswith("parcels/")] == [
        "parcels/__init__.py",
        f"parcels/__pycache__/__init__.{TAG}.pyc",
        "parcels/python2.py",
    ]


def test_bytecode_counts_to_the_package_of_its_source(shop: Shop) -> None:
    shop.settings(runtime=RUNTIME)
    shop.vendor("parcels", {"parcels/__init__.py": "a = 1\n"})

    (without,), (with_it,) = shop.build().parts, shop.build(bytecode=True).parts
    assert without.packages[0][:2] == with_it.packages[0][:2] == ("parcels", "1.0")
    assert without.packages[0][2] + 100 < with_it.packages[0][2]


def test_the_record_says_which_python_made_it(shop: Shop) -> None:
    shop.settings(runtime=RUNTIME)
    shop.build(bytecode=True)

    record = json.loads((shop.folder / "builds/shop-artifact.json").read_text(encoding="utf-8"))
    assert record["python"] == ".".join(map(str, sys.version_info[:3]))


def test_every_python_on_this_machine_compiles_for_its_own_runtime(shop: Shop) -> None:
    built = 0
    for minor in range(11, 15):
        shop.settings(runtime=f"python3.{minor}")
        build = shop.build(bytecode=True)
        compiled = [path for path in shop.zipped() if path.endswith(".pyc")]
        assert len(compiled) == (4 if build.python else 0)
        if build.python:
            built += 1
            run = [
                str(build.python.path),
                "-c",
                "import app_index; print(app_index.orders({}, None), app_index.__cached__)",
            ]
            folder = shop.folder / "builds" / "shop-artifact"
            done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
            assert done.stdout == f"orders {folder}/__pycache__/app_index.cpython-3{minor}.pyc\n"
    assert built
