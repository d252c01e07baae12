"""`@idempotent` under concurrent duplicates, killed runs and runs that take too long."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from runpy import run_path
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.idempotency.charges import TABLE, Store
from tight import client, idempotent
from tight.errors import InProgress, KeyReused
from tight.idempotency import Memory, Table
from tight.request import Invocation, current


def test_of_concurrent_duplicates_one_runs_and_the_others_wait(store: Store) -> None:
    ran = []
    together = Barrier(8)

    @idempotent(key="message", store=store, wait=30)
    def run(message: str) -> int:
        ran.append(message)
        return len(ran)

    def deliver() -> Any:
        together.wait(30)
        return run("7")

    with ThreadPoolExecutor(8) as threads:
        results = [each.result() for each in [threads.submit(deliver) for _ in range(8)]]

    assert (results, ran) == ([1] * 8, ["7"])


def test_a_duplicate_that_does_not_wait_is_an_error_while_the_first_runs(store: Store) -> None:
    started, may_end = Event(), Event()

    @idempotent(key="message", store=store, lease=60)
    def run(message: str) -> str:
        started.set()
        may_end.wait(30)
        return "done"

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(run, "7")
        started.wait(30)
        with pytest.raises(InProgress, match="runs elsewhere for the same key; it has") as caught:
            run("7")
        may_end.set()
        assert first.result() == "done"

    assert 0 < caught.value.seconds <= 61
    assert run("7") == "done"


def test_while_one_runs_the_key_is_refused_with_something_else(store: Store) -> None:
    refused: list[bool] = []

    @idempotent(key="message.id", store=store)
    def run(message: dict[str, int]) -> None:
        if not refused:
            refused.append(True)
            with pytest.raises(KeyReused):
                run({"id": 7, "amount": 2})

    run({"id": 7, "amount": 1})


@pytest.mark.parametrize("remaining_ms", [5_000, 0, -500])
def test_a_run_without_an_end_holds_its_key_for_its_invocations_time(
    store: Store, later: Callable[[float], None], remaining_ms: int
) -> None:
    class Timeout(Exception):
        """Ends the environment: nothing of ours runs any more."""

    store.release = lambda record: None  # type: ignore[method-assign]  # what a killed process does

    @idempotent(key="message", store=store)
    def run(message: str) -> str:
        if not ended:
            ended.append(True)
            raise Timeout
        return "done"

    ended: list[bool] = []
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: remaining_ms)
    before = current.set(Invocation({}, context))
    with pytest.raises(Timeout):
        run("7")
    later(max(0, remaining_ms) / 1000 + 1)
    with pytest.raises(InProgress):
        run("7")
    later(max(0, remaining_ms) / 1000 + 3)  # Lambda ends a function a little after its time
    assert run("7") == "done"
    current.set(before)


def test_a_long_run_that_was_overtaken_does_not_replace_the_other_result(
    store: Store, later: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    runs = []

    @idempotent(key="message", store=store, lease=10)
    def run(message: str) -> str:
        runs.append(message)
        if len(runs) > 1:
            return "second"
        later(20)
        assert run("7") == "second"
        return "first"

    assert run("7") == "first"
    assert run("7") == "second"
    assert "ran for longer than its lease, and another run has taken over" in caplog.text


def test_a_lease_may_be_longer_than_a_results_life(store: Store, later: Callable[[float], None]) -> None:
    @idempotent(key="message", store=store, lease=600, expires=1)
    def run(message: str) -> None:
        later(300)
        with pytest.raises(InProgress):
            run("7")

    run("7")


def test_time_to_live_leaves_a_run_alone_while_it_may_go_on(table: Table) -> None:
    @idempotent(key="message", store=table, lease=600, expires=60)
    def run(message: str) -> None:
        (item,) = client("dynamodb").scan(TableName=TABLE)["Items"]
        assert int(item["expiration"]["N"]) * 1000 >= int(item["in_progress_expiration"]["N"]) + 60_000 - 1

    run("7")


PROCESS = """
import os, sys, time
from types import SimpleNamespace
from tight import idempotent
from tight.request import Invocation, current

current.set(Invocation({}, SimpleNamespace(get_remaining_time_in_millis=lambda: 3_000)))

@idempotent(key="message.id", wait=float(os.environ.get("WAIT", 0)))
def charge(message):
    with open(os.environ["EFFECTS"], "a") as effects:
        effects.write(f"{os.getpid()}\\n")
    if "HANG" in os.environ:
        print("inside", flush=True)
        time.sleep(60)
    return os.getpid()

print(charge({"id": 7}), flush=True)
"""


@pytest.fixture
def start(table: Table, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a process of its own that charges order 7."""
    processes = []
    program = tmp_path / "charge.py"
    program.write_text(textwrap.dedent(PROCESS), encoding="utf-8")

    def begin(**variables: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "EFFECTS": str(tmp_path / "effects"), **variables}
        process = subprocess.Popen([sys.executable, program], env=environment, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate(timeout=30)


def test_of_concurrent_processes_one_runs(start: Callable[..., Any], tmp_path: Path) -> None:
    processes = [start(WAIT="60") for _ in range(4)]
    printed = {process.communicate(timeout=120)[0].strip() for process in processes}

    assert (tmp_path / "effects").read_text(encoding="utf-8").split() == list(printed)


def test_a_killed_process_gives_its_key_back_when_its_time_is_over(
    start: Callable[..., Any], tmp_path: Path, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = start(HANG="1")
    assert killed.stdout.readline() == "inside\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait(30)
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    before = current.get()

    with pytest.raises(InProgress):
        run_path(str(tmp_path / "charge.py"), run_name="__main__")
    later(10)
    run_path(str(tmp_path / "charge.py"), run_name="__main__")
    current.set(before)

    effects = (tmp_path / "effects").read_text(encoding="utf-8").split()
    assert effects == [str(killed.pid), str(os.getpid())]


def test_async_functions_run_once_too(store: Store) -> None:
    ran = []

    @idempotent(key="message", store=store, wait=30)
    async def run(message: str) -> int:
        await asyncio.sleep(0)
        ran.append(message)
        return len(ran)

    async def deliver() -> list[int]:
        return list(await asyncio.gather(*(run("7") for _ in range(4))))

    assert asyncio.run(deliver()) == [1, 1, 1, 1]
    assert ran == ["7"]


def test_duplicates_that_wait_do_not_hold_up_the_one_that_runs() -> None:
    @idempotent(key="message", store=Memory(), wait=60)
    async def run(message: str) -> str:
        await asyncio.sleep(0.05)
        return "done"

    async def deliver() -> list[str]:  # more than the loop has threads
        return list(await asyncio.wait_for(asyncio.gather(*(run("7") for _ in range(100))), 30))

    assert asyncio.run(deliver()) == ["done"] * 100


def test_an_async_function_that_fails_is_tried_again(store: Store) -> None:
    failures = [ValueError("no money")]

    @idempotent(key="message", store=store)
    async def run(message: str) -> str:
        if failures:
            raise failures.pop()
        return message

    with pytest.raises(ValueError, match="no money"):
        asyncio.run(run("7"))
    assert asyncio.run(run("7")) == "7"
