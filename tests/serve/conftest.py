"""What the tests of the local Lambda share: an app on disk, and workers that run it."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tight_tasks.project import Project

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
