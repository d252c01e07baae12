"""A local Lambda that serves an app while tests ask it as its users do."""

import asyncio
import http.client
import textwrap
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from tight_tasks.serve.server import Serve

T = TypeVar("T")

APP = {
    "tight.yml": "name: shop\nregion: eu-north-1\nruntime: python3.13\narchitecture: arm64\n",
    "env.dist.yml": "STAGE: dev\nSECRET: open-sesame\n",
    "conftest.py": 'pytest_plugins = ["tight.testing"]\n',
    "pyproject.toml": """
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        pythonpath = ["."]
        addopts = ["--import-mode=importlib", "--strict-markers"]
        filterwarnings = ["error"]
    """,
    "app/__init__.py": "",
    "app/functions/__init__.py": "",
    "app_index.py": """
        from tight.app import controllers as _controllers

        __getattr__ = _controllers("app.functions")
    """,
}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    """`serve` runs in a thread of its own: `run` takes a coroutine there."""

    serve: Serve
    folder: Path
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @property
    def console(self) -> str:
        return f"{self.serve.url}/_tight/"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Reply:
        """One request, as a program sends it: nothing is added but what HTTP needs."""
        address = urlsplit(self.serve.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read().decode())
        finally:
            connection.close()


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")


@contextmanager
def serving(folder: Path, handlers: Mapping[str, str], **options: Any) -> Iterator[Served]:
    """The app in `folder`, with these handlers by function. `options` are those of `Serve`."""
    write(folder, {**APP, **{f"app/functions/{name}/handler.py": text for name, text in handlers.items()}})
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        serve = Serve(folder, **options)
        asyncio.run_coroutine_threadsafe(serve.__aenter__(), loop).result(60)
        try:
            yield Served(serve, folder, loop)
        finally:
            asyncio.run_coroutine_threadsafe(serve.__aexit__(), loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()
