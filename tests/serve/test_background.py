"""What a function leaves running when it has answered, in AWS's runtime client and in Tight's stand-in."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from tight_tasks.project import Project
from tight_tasks.serve.worker import Worker

MakeProject = Callable[..., Project]

STANDS_STILL = (
    " is not done when the function answers. In Lambda it stands still then, until the next event or for ever: wait "
    "for it before you answer"
)
THREADS = """
import threading, time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(2)


def send(seconds):
    time.sleep(seconds)


def handler(event, context):
    if event == "waits":
        thread = threading.Thread(target=send, args=(0.01,))
        thread.start()
        thread.join()
        list(pool.map(send, (0.01, 0.01)))
    elif event == "pool":
        pool.submit(send, 60)
    else:
        threading.Thread(target=send, args=(60,), daemon=event == "daemon").start()
        if event == "fails":
            raise ValueError("no")
    return event
"""
TASKS = """
import asyncio

from tight import direct


async def save(seconds):
    await asyncio.sleep(seconds)


@direct
async def handle(event):
    task = asyncio.ensure_future(save(0.01 if event == "waits" else 60))
    if event == "waits":
        await task
    return event
"""


@pytest.fixture
def warnings(project: MakeProject, client: str) -> Callable[..., list[str]]:
    """What a function with this handler.py is warned of while it answers some events."""

    def run(handler: str, *events: str) -> list[str]:
        lines: list[str] = []

        async def ask() -> list[Any]:
            async with Worker(project(handler), "accounts", {}, client=client, log=lines.append, tap=True) as worker:
                outcomes = [await worker.invoke(event) for event in events]
            return [json.loads(outcome.payload) for outcome in outcomes if not outcome.is_error]

        assert asyncio.run(ask()) == [event for event in events if event != "fails"]
        return [line.removeprefix("[WARNING] ") for line in lines if line.startswith("[WARNING]")]

    return run


@pytest.mark.parametrize("event", ["plain", "daemon", "fails"])
def test_a_thread_that_goes_on_after_the_answer_is_told_once(warnings: Callable[..., list[str]], event: str) -> None:
    (warning,) = warnings(THREADS, event, event)

    assert warning == f"the thread Thread-1 (send){STANDS_STILL}"


def test_so_is_the_work_of_an_executor(warnings: Callable[..., list[str]]) -> None:
    assert warnings(THREADS, "pool", "pool") == [f"the thread ThreadPoolExecutor-0_0{STANDS_STILL}"]


def test_so_is_a_task(warnings: Callable[..., list[str]]) -> None:
    assert warnings(TASKS, "leaves", "leaves") == [f"the task save{STANDS_STILL}"]


@pytest.mark.parametrize("handler", [THREADS, TASKS])
def test_what_is_waited_for_is_not(warnings: Callable[..., list[str]], handler: str) -> None:
    assert warnings(handler, "waits", "waits") == []
