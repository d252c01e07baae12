"""A pytest plugin: `pytest_plugins = ["tight.testing", "tight_tasks.serve.fixtures"]` in the app's conftest.py."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from tight_tasks.serve.errors import FunctionFailed
from tight_tasks.serve.server import Serve

Result = TypeVar("Result")
_LIMIT_S = 120.0


class ServedApp:
    """The app in a local Lambda of its own; `url` is where it answers, `variables` say where its AWS is."""

    def __init__(self, serve: Serve, loop: asyncio.AbstractEventLoop) -> None:
        self.url = serve.url
        self.variables = serve.variables
        self._serve = serve
        self._loop = loop

    def invoke(self, function: str, event: object) -> Any:
        """What `function` answers. Raises `FunctionFailed` with Lambda's error."""
        outcome = _wait(self._serve.invoke(function, event), self._loop)
        answer = json.loads(outcome.payload)
        if outcome.is_error:
            raise FunctionFailed(function, answer)
        return answer


@pytest.fixture(scope="session")
def served_app(pytestconfig: pytest.Config) -> Iterator[ServedApp]:
    """The app, served on a free port of loopback for as long as the tests run."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="served_app", daemon=True)
    thread.start()
    serve = Serve(pytestconfig.rootpath)
    try:
        _wait(serve.__aenter__(), loop)
        yield ServedApp(serve, loop)
    finally:
        _wait(serve.__aexit__(), loop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_LIMIT_S)
        loop.close()


def _wait(work: Coroutine[Any, Any, Result], loop: asyncio.AbstractEventLoop) -> Result:
    return asyncio.run_coroutine_threadsafe(work, loop).result(_LIMIT_S)
