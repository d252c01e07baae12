"""What the tests of the local Lambda share: an app on disk, workers that run it, and it as a whole."""

import asyncio
import json
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.serve.running import Running
from tight_tasks.project import Project
from tight_tasks.serve.server import Serve
from tight_tasks.serve.worker import AWS_CLIENT, STAND_IN, Worker

INDEX = """
from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
"""
REQUIRED = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"
LIMIT_S = 120

Result = TypeVar("Result")


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Path]:
    """The folder of an app with these functions, each by the text of its handler.py, and these settings."""

    def make(settings: str = "", **handlers: str) -> Path:
        for name, source in handlers.items():
            folder = tmp_path / "app" / "functions" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "handler.py").write_text(textwrap.dedent(source), encoding="utf-8")
        (tmp_path / "app_index.py").write_text(INDEX, encoding="utf-8")
        (tmp_path / "tight.yml").write_text(REQUIRED + textwrap.dedent(settings), encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def project(make_app: Callable[..., Path]) -> Callable[..., Project]:
    """An app whose only function `accounts` has this handler.py."""

    def make(handler: str, settings: str = "") -> Project:
        return Project.load(make_app(settings, accounts=handler))

    return make


@pytest.fixture(
    params=[
        pytest.param(
            AWS_CLIENT,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only"),
        ),
        STAND_IN,
    ]
)
def client(request: pytest.FixtureRequest) -> str:
    """AWS's runtime client and Tight's stand-in: the same cases for both."""
    name: str = request.param
    return name


@pytest.fixture
def converse() -> Callable[..., list[tuple[bool, Any]]]:
    """Sends events to the function `accounts`, one after the other: whether each failed, and what was answered."""

    def send(project: Project, client: str, *events: object, log: list[str] | None = None) -> list[tuple[bool, Any]]:
        lines = [] if log is None else log

        async def run() -> list[tuple[bool, Any]]:
            async with Worker(project, "accounts", {"STAGE": "dev"}, client=client, log=lines.append) as worker:
                outcomes = [await worker.invoke(event) for event in events]
            return [(outcome.is_error, json.loads(outcome.payload)) for outcome in outcomes]

        return asyncio.run(run())

    return send


@pytest.fixture
def served() -> Callable[..., Any]:
    """Serves the app in a folder while `visit(serve)` runs, and gives what that gives."""

    def run(folder: Path, visit: Callable[[Serve], Awaitable[Result]], **options: Any) -> Result:
        async def visiting() -> Result:
            async with Serve(folder, **options) as serve:
                return await visit(serve)

        return asyncio.run(asyncio.wait_for(visiting(), LIMIT_S))

    return run


@pytest.fixture
def serving() -> Iterator[Callable[..., Running]]:
    """Starts `invoke serve` for the app in a folder, with these options."""
    started: list[Running] = []

    def start(app: Path, *options: str) -> Running:
        started.append(Running(app, *options))
        return started[-1]

    yield start
    for each in started:
        each.kill()
