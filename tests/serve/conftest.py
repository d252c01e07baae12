"""What the tests of the local Lambda share: an app on disk, and workers that run it."""

import asyncio
import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight_tasks.project import Project
from tight_tasks.serve.worker import AWS_CLIENT, STAND_IN, Worker

INDEX = """
from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """An app whose only function `accounts` has this handler.py."""

    def make(handler: str, settings: str = "") -> Project:
        folder = tmp_path / "app" / "functions" / "accounts"
        folder.mkdir(parents=True)
        (folder / "handler.py").write_text(textwrap.dedent(handler), encoding="utf-8")
        (tmp_path / "app_index.py").write_text(INDEX, encoding="utf-8")
        required = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"
        (tmp_path / "tight.yml").write_text(required + settings, encoding="utf-8")
        return Project.load(tmp_path)

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
