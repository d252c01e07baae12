"""What the tests of the runtime share: an app written file by file, and events."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tight.app import controllers

Handler = Callable[[dict[str, Any], object], Any]


@pytest.fixture
def write_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], None]]:
    """Writes files, by their paths in the app, into an app that is on the path for one test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)

    def write(files: dict[str, str]) -> None:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    yield write
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("app", "app_index"):
            del sys.modules[name]


@pytest.fixture
def load(write_app: Callable[[dict[str, str]], None]) -> Callable[[str], Handler]:
    """The handler that Lambda gets for a function `accounts` with this handler.py."""

    def load_source(source: str) -> Handler:
        write_app({"app/functions/accounts/handler.py": source})
        return controllers("app.functions")("accounts")

    return load_source


@pytest.fixture
def send(load: Callable[[str], Handler]) -> Callable[..., dict[str, Any]]:
    """The answer of a handler.py to one request through a REST API."""

    def send_request(source: str, method: str = "GET", path: str = "/", **event: Any) -> dict[str, Any]:
        answer: dict[str, Any] = load(source)({"httpMethod": method, "path": path, **event}, None)
        return answer

    return send_request
