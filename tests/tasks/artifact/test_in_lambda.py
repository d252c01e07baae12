"""The artifact as Lambda meets it: unpacked into a folder that nobody may write, under AWS's own runtime client."""

import asyncio
import importlib.metadata
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.artifact.build import build_artifact
from tight_tasks.generate import add_function, add_model, make_app
from tight_tasks.project import Project
from tight_tasks.serve.worker import AWS_CLIENT, Worker

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only"),
    pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested"),
]
RUNTIME = f"python3.{sys.version_info.minor}"


@pytest.fixture
def task_root(tmp_path: Path) -> Iterator[Path]:
    """A folder to unpack into; it may be written again when the test is over."""
    folder = tmp_path / "var" / "task"
    yield folder
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def unpack(archive: Path, folder: Path) -> None:
    """With the modes of the zip, as Lambda does; then nobody may write."""
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            target = Path(opened.extract(info, folder))
            target.chmod((info.external_attr >> 16) & 0o555)
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o555)


def invoke(folder: Path, function: str, event: object, log: list[str] | None = None) -> Any:
    """One event for a function of an unpacked artifact."""
    lines = [] if log is None else log

    async def run() -> Any:
        async with Worker(
            Project.load(folder), function, {"STAGE": "dev"}, client=AWS_CLIENT, log=lines.append
        ) as worker:
            return json.loads((await worker.invoke(event)).payload)

    return asyncio.run(run())


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_handler_answers_from_a_folder_that_is_read_only_and_writes_nothing(shop: Shop, task_root: Path) -> None:
    shop.settings(runtime=RUNTIME)
    shop.vendor("parcels", {"parcels/__init__.py": "SIZE = 3\n"})
    source = "import parcels\ndef handler(event, context):\n    return [parcels.SIZE, parcels.__cached__, event['a']]\n"
    shop.write({"app/functions/orders/handler.py": source})
    (part,) = shop.build(bytecode=True).parts
    unpack(part.archive.file, task_root)
    before = names_in(task_root)

    size, compiled, given = invoke(task_root, "orders", {"a": 1})
    assert (size, given) == (3, 1)
    assert compiled == f"{task_root}/parcels/__pycache__/__init__.cpython-3{sys.version_info.minor}.pyc"
    # Even root, whom no mode stops, had nothing to write: all of the bytecode was there and was taken.
    assert names_in(task_root) == before


def test_a_traceback_shows_the_lines_of_the_source(shop: Shop, task_root: Path) -> None:
    shop.settings(runtime=RUNTIME)
    shop.vendor(
        "parcels", {"parcels/__init__.py": "def fail():\n    raise ValueError('too heavy')  # in the package\n"}
    )
    source = "import parcels\n\n\ndef handler(event, context):\n    return parcels.fail()  # in the handler\n"
    shop.write({"app/functions/orders/handler.py": source})
    (part,) = shop.build(bytecode=True).parts
    unpack(part.archive.file, task_root)

    error = invoke(task_root, "orders", {})
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "too heavy")
    trace = "".join(error["stackTrace"])
    assert f'File "{task_root}/app/functions/orders/handler.py", line 5, in handler' in trace
    assert "return parcels.fail()  # in the handler" in trace
    assert "raise ValueError('too heavy')  # in the package" in trace


def test_an_import_that_fails_is_reported_with_its_cause(shop: Shop, task_root: Path) -> None:
    shop.settings(runtime=RUNTIME)
    shop.write({"app/functions/orders/handler.py": "import parcels_of_nobody\n"})
    (part,) = shop.build(bytecode=True).parts
    unpack(part.archive.file, task_root)

    error = invoke(task_root, "orders", {})
    assert (error["errorType"], error["errorMessage"]) == (
        "ModuleNotFoundError",
        "No module named 'parcels_of_nobody'",
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """An app of the templates with a model, a function that uses it and one that doesn't; Tight from its wheel."""
    app = tmp_path_factory.mktemp("generated") / "my_app"
    make_app(app, {})
    settings = (app / "tight.yml").read_text(encoding="utf-8")
    (app / "tight.yml").write_text(settings.replace("python3.13", RUNTIME), encoding="utf-8")
    add_model(app, "order")
    add_function(app, "orders", {"model": "order"})
    add_function(app, "ping")
    vendored = app / "app" / "vendored"
    chosen = [str(wheel) for name in ("events", "runtime") for wheel in wheels.glob(f"tight_{name}-*.whl")]
    command = ["uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--target", str(vendored), *chosen]
    subprocess.run(command, check=True, timeout=120)
    for file in importlib.metadata.files("pynamodb") or ():
        if ".." not in file.parts:
            (vendored / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(file.locate()), vendored / file)
    return app


def test_a_generated_app_with_a_model_answers_from_its_artifact(generated: Path, task_root: Path) -> None:
    build = build_artifact(Project.load(generated))
    unpack(build.parts[0].archive.file, task_root)
    assert [report.total for report in build.reports.values()] == ["14 checks passed"]
    assert sorted(name for name, _, _ in build.parts[0].packages) == ["pynamodb", "tight-events", "tight-runtime"]
    before = names_in(task_root)

    answer = invoke(task_root, "ping", {"httpMethod": "GET", "path": "/ping", "headers": {}})
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"hello": "world"})
    # No table is there to read: the model was imported, bound and asked.
    log: list[str] = []
    assert (
        invoke(task_root, "orders", {"httpMethod": "PUT", "path": "/orders", "headers": {}}, log)["statusCode"] == 501
    )
    assert names_in(task_root) == before
    assert not [path for path in before if "testing" in path]


def test_each_function_of_a_generated_app_answers_from_its_own_zip(generated: Path, task_root: Path) -> None:
    orders, ping = build_artifact(Project.load(generated), "functions").parts
    assert sorted(name for name, _, _ in orders.packages) == ["pynamodb", "tight-runtime"]
    assert [name for name, _, _ in ping.packages] == ["tight-runtime"]
    for part in (orders, ping):
        folder = task_root / part.functions[0]
        unpack(part.archive.file, folder)
        event: dict[str, Any] = {"httpMethod": "GET" if part is ping else "PUT", "path": "/", "headers": {}}
        assert invoke(folder, part.functions[0], event)["statusCode"] == (200 if part is ping else 501)
