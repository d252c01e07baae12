"""The end of the local Lambda while it works: what runs fails, what waits is refused, and nothing is left."""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.serve.calls import Reply, request
from tight_tasks.serve.debug import Debug
from tight_tasks.serve.errors import Stopped
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.server import Serve
from tight_tasks.services.ports import free_port

MakeApp = Callable[..., Path]

SLOW = """
import os
import time
from pathlib import Path

from tight import direct, get


@get("/slow")
def slow():
    Path("pids").write_text(str(os.getpid()))
    time.sleep(60)


@direct
def handle(event):
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(event)
"""
# The manifest imports it too, which should not take long.
SLOW_INIT = """
import os
import time

if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)


def handler(event, context):
    return event
"""


async def pids(app: Path, count: int = 1) -> list[int]:
    """Of the processes that have said theirs, once there are so many."""
    file = app / "pids"
    for _ in range(200):
        found = file.read_text().split() if file.exists() else []
        if len(found) >= count:
            return [int(pid) for pid in found]
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} processes instead of {count}")


def left(app: Path) -> list[int]:
    """The processes that are still there."""
    return [int(pid) for pid in (app / "pids").read_text().split() if psutil.pid_exists(int(pid))]


@pytest.mark.parametrize("source", [SLOW, SLOW_INIT])
def test_what_runs_or_starts_fails_and_is_gone(make_app: MakeApp, source: str) -> None:
    app = make_app("defaults: {timeout: 90}\n", slow=source)

    async def run() -> Outcome:
        async with Serve(app) as serve:
            running = asyncio.create_task(serve.invoke("slow", 60))
            await pids(app)
        return await running

    outcome = asyncio.run(asyncio.wait_for(run(), 30))
    assert outcome.error_type == "Runtime.ExitError"
    assert len((app / "pids").read_text().split()) == 1
    assert left(app) == []


def test_what_waits_is_refused_and_so_is_what_comes(make_app: MakeApp) -> None:
    app = make_app("defaults: {timeout: 90}\n", slow=SLOW)

    async def run() -> list[Any]:
        async with Serve(app) as serve:
            calls = [asyncio.create_task(serve.invoke("slow", 60)) for _ in range(3)]
            await pids(app)
        return await asyncio.gather(*calls, serve.invoke("slow", 60), return_exceptions=True)

    first, *others = asyncio.run(asyncio.wait_for(run(), 30))
    assert first.error_type == "Runtime.ExitError"
    assert [type(each) for each in others] == [Stopped] * 3
    assert str(others[0]) == "slow: the local Lambda has stopped"
    assert left(app) == []


def test_a_request_is_answered_by_its_gateway(make_app: MakeApp, caplog: pytest.LogCaptureFixture) -> None:
    app = make_app("defaults: {timeout: 20}\n", slow=SLOW)

    async def run() -> list[Reply]:
        async with Serve(app) as serve:
            calls = [asyncio.create_task(request(serve.url, "GET", "/slow")) for _ in range(2)]
            await pids(app)
        return await asyncio.gather(*calls)

    replies = asyncio.run(asyncio.wait_for(run(), 30))
    assert [(reply.status, reply.json) for reply in replies] == [(500, {"message": "Internal Server Error"})] * 2
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert left(app) == []


def test_what_was_replaced_while_it_ran_is_gone_too(make_app: MakeApp) -> None:
    app = make_app("defaults: {timeout: 90}\n", slow=SLOW)

    async def run() -> Outcome:
        async with Serve(app) as serve:
            old = asyncio.create_task(serve.invoke("slow", 60))
            await pids(app)
            assert await serve.reload() is None
            assert json.loads((await serve.invoke("slow", 0)).payload) is None
        return await old

    assert asyncio.run(asyncio.wait_for(run(), 30)).error_type == "Runtime.ExitError"
    assert len((app / "pids").read_text().split()) == 2
    assert left(app) == []


def test_what_was_to_replace_it_is_gone_when_the_end_comes_first(make_app: MakeApp) -> None:
    app = make_app("defaults: {timeout: 90}\n", slow=SLOW)

    async def run() -> None:
        async with Serve(app) as serve:
            await serve.invoke("slow", 0)
            make_app(slow=SLOW_INIT)
            reloading = asyncio.create_task(serve.reload())
            await pids(app, 2)
            reloading.cancel()
            await asyncio.gather(reloading, return_exceptions=True)
            assert len(left(app)) == 1

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_function_that_waits_for_an_editor_is_gone_when_the_end_comes_first(make_app: MakeApp) -> None:
    app = make_app("defaults: {timeout: 90}\n", slow=SLOW_INIT)

    async def run() -> None:
        starting = asyncio.create_task(Serve(app, debug=Debug(port=free_port())).__aenter__())
        await pids(app)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        assert left(app) == []

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_death_while_others_wait_hinders_neither_a_reload_nor_the_end(make_app: MakeApp) -> None:
    app = make_app(
        echo="import os\n\n\ndef handler(event, context):\n    if event < 5:\n        os._exit(1)\n    return event\n"
    )

    async def run() -> list[Any]:
        async with Serve(app) as serve:
            calls = [asyncio.create_task(serve.invoke("echo", number)) for number in range(10)]
            await calls[0]
            assert await serve.reload() is None
            return [json.loads(outcome.payload) for outcome in await asyncio.gather(*calls)]

    answers = asyncio.run(asyncio.wait_for(run(), 60))
    assert [answer["errorType"] for answer in answers[:5]] == ["Runtime.ExitError"] * 5
    assert answers[5:] == [5, 6, 7, 8, 9]
