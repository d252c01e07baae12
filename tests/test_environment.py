"""A name in env.dist.yml reaches the handler, in tests and in the local Lambda alike, or both say why not."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tight.testing.variables import RESERVED as RESERVED_IN_TESTS
from tight_tasks.env import read_environment
from tight_tasks.project import Project
from tight_tasks.serve.worker import Worker
from tight_tasks.variables import RESERVED

DIST = """
FLAG: true
LIMIT: 3
RATE: 0.5
TEXT: "two words, é and $HOME"
QUOTED: "099"
EMPTY: ""
SEVERAL: |
  one
  two
AWS_XRAY_CONTEXT_MISSING: LOG_ERROR
FROM_FILE: default
FROM_SHELL: default
"""
EXPECTED = {
    "FLAG": "true",
    "LIMIT": "3",
    "RATE": "0.5",
    "TEXT": "two words, é and $HOME",
    "QUOTED": "099",
    "EMPTY": "",
    "SEVERAL": "one\ntwo\n",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "FROM_FILE": "mine",
    "FROM_SHELL": "shell's",
    "NAME": "shop",
}
HANDLER = f"""
import os

from tight import direct


@direct
def echo(event):
    return {{name: os.environ.get(name) for name in {sorted(EXPECTED)}}}
"""


@pytest.fixture
def echo(tested_app: Any) -> Any:
    """An app whose function `echo` answers with its variables."""
    tested_app.write(
        {
            "tight.yml": "name: shop\nregion: eu-north-1\nruntime: python3.13\narchitecture: arm64\n",
            "env.dist.yml": DIST,
            "env.yml": "FROM_FILE: mine\n",
            "app/functions/echo/__init__.py": "",
            "app/functions/echo/handler.py": HANDLER,
            "tests/test_echo.py": f"""
                def test_echo(app):
                    assert app.echo.invoke({{}}) == {EXPECTED!r}
            """,
        }
    )
    return tested_app


def test_each_value_reaches_the_handler_in_tests(echo: Any) -> None:
    echo.passes(FROM_SHELL="shell's", FROM_FILE="")


def test_each_value_reaches_the_handler_in_the_local_lambda(echo: Any) -> None:
    async def run() -> bytes:
        project = Project.load(echo.folder)
        environment = read_environment(project, {"FROM_SHELL": "shell's", "FROM_FILE": ""})
        async with Worker(project, "echo", environment) as worker:
            return (await worker.invoke({})).payload

    assert json.loads(asyncio.run(run())) == EXPECTED


@pytest.mark.parametrize(
    "dist", ["API_KEY:\n", "AWS_REGION: eu-north-1\n", "X: a\n", "LIST: [a]\n", "WHEN: 2026-01-01\n", "A: [\n"]
)
def test_what_can_not_reach_it_is_an_error_on_both_sides(echo: Any, dist: str) -> None:
    echo.write({"env.dist.yml": dist})

    tests = echo.run()
    assert tests.returncode == pytest.ExitCode.USAGE_ERROR
    assert str(echo.folder / "env.dist.yml") in tests.stderr
    (echo.folder / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    tasks = _invoke(echo.folder, "env")
    assert tasks.returncode == 2
    assert tasks.stderr.startswith(f"{echo.folder / 'env.dist.yml'}:")


def test_both_sides_reserve_the_same_names() -> None:
    assert RESERVED_IN_TESTS == RESERVED


def _invoke(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    shell = {name: value for name, value in os.environ.items() if name != "API_KEY"}
    command = [sys.executable, "-m", "invoke", *arguments]
    return subprocess.run(command, cwd=folder, env=shell, capture_output=True, text=True, check=False, timeout=60)
