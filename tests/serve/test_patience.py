"""Who waits for a function, how long, and what happens to it when nobody waits any more."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.calls import request
from tight_tasks.serve.debug import Debug
from tight_tasks.serve.gateways.http_api import HttpApi
from tight_tasks.serve.gateways.rest import RestApi
from tight_tasks.serve.server import Serve
from tight_tasks.serve.shapes import GATEWAYS

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

# It leaves a file behind once it is done.
SLOW = """
import time
from pathlib import Path

from tight import get, post


@get("/slow/{seconds}")
def slow(seconds):
    time.sleep(float(seconds))
    Path("done").touch()
    return {"slept": seconds}


@post("/slow/{seconds}")
def keep(seconds, body):
    Path("reached").touch()
"""


async def comes(is_there: Callable[[], bool]) -> bool:
    for _ in range(100):
        if is_there():
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """API Gateway waits for 0.3 seconds."""
    monkeypatch.setattr(HttpApi, "limit_s", 0.3)
    monkeypatch.setattr(RestApi, "limit_s", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("shape", "status", "message"), [("1.0", 504, "Endpoint request timed out"), ("2.0", 503, "Service Unavailable")]
)
def test_a_function_that_is_late_for_its_gateway_works_on(
    make_app: MakeApp, served: Served, shape: str, status: int, message: str
) -> None:
    app = make_app(slow=SLOW)
    concluded: list[tuple[str, str]] = []

    async def visit(serve: Serve) -> Any:
        serve.journal.listen(lambda entry: concluded.append((entry.cause, entry.result)))
        await request(serve.url, "GET", "/slow/0")
        (app / "done").unlink()
        late = await request(serve.url, "GET", "/slow/1")
        assert not (app / "done").exists()
        assert await comes((app / "done").exists)
        again = await request(serve.url, "GET", "/slow/0")
        (environment,) = serve.functions.pools["slow"].environments
        return late.status, late.json, again.json, environment.starts

    expected = (status, {"message": message}, {"slept": "0"}, 1)
    assert served(app, visit, payload=shape) == expected
    assert concluded == [("GET /slow/0", "200"), ("GET /slow/1", str(status)), ("GET /slow/0", "200")]


@pytest.mark.usefixtures("impatient")
def test_a_gateway_waits_for_whoever_debugs(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> Any:
        return (await request(serve.url, "GET", "/slow/1")).json

    assert served(make_app("defaults: {timeout: 0.5}\n", slow=SLOW), visit, debug=Debug()) == {"slept": "1"}


async def hang_up(url: str, content: str) -> None:
    host, _, port = url.removeprefix("http://").rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(content.encode())
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()


def after_hanging_up(app: Path, served: Served, content: str, then: Callable[[Serve], Awaitable[Any]]) -> Any:
    async def visit(serve: Serve) -> Any:
        await hang_up(serve.url, content)
        return await then(serve)

    return served(app, visit)


def test_a_client_that_hangs_up_while_it_sends_reaches_no_function(make_app: MakeApp, served: Served) -> None:
    app = make_app(slow=SLOW)

    async def then(serve: Serve) -> Any:
        return (await request(serve.url, "GET", "/slow/0")).json

    cut = "POST /slow/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
    assert after_hanging_up(app, served, cut, then) == {"slept": "0"}
    assert not (app / "reached").exists()


@pytest.mark.parametrize("shape", GATEWAYS)
def test_a_client_that_hangs_up_while_it_waits_ends_nothing(make_app: MakeApp, served: Served, shape: str) -> None:
    app = make_app(f"functions: {{slow: {{payload: {json.dumps(shape)}}}}}\n", slow=SLOW)

    async def then(serve: Serve) -> Any:
        assert await comes((app / "done").exists)
        (environment,) = serve.functions.pools["slow"].environments
        return (await request(serve.url, "GET", "/slow/0")).json, environment.starts

    assert after_hanging_up(app, served, "GET /slow/0.9 HTTP/1.1\r\nHost: localhost\r\n\r\n", then) == (
        {"slept": "0"},
        1,
    )
