"""Faults on purpose: that they can be repeated, and that no answer goes astray among them."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tight_tasks.errors import BadOption
from tight_tasks.serve.chaos import KINDS, Chaos
from tight_tasks.serve.server import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

ECHO = "def handler(event, context):\n    return event\n"
SLOW_ECHO = "import time\n\n\ndef handler(event, context):\n    time.sleep(0.02)\n    return event\n"


def faults(text: str, count: int) -> list[str]:
    log: list[str] = []
    chaos = Chaos.parse(text, log.append)
    for _ in range(count):
        chaos.next("orders")
    return log


def test_the_same_seed_gives_the_same_log() -> None:
    rates = "kill=0.1,freeze=0.1,delay=0.1,duplicate=0.1"

    assert faults(f"{rates},seed=7", 200) == faults(f"{rates},seed=7", 200)
    assert faults(f"{rates},seed=7", 200) != faults(f"{rates},seed=8", 200)
    kinds = Counter(line.split()[2] for line in faults(f"{rates},seed=7", 1000))
    assert set(kinds) == set(KINDS)
    assert all(60 <= count <= 140 for count in kinds.values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kill", "kill has no number: write as in kill=0.05,seed=7"),
        ("kill=often", "kill=often has no number"),
        ("kill=2", "kill=2 is none of kill, freeze, delay, duplicate, each with a rate from 0 to 1"),
        ("sleep=0.1", "sleep=0.1 is none of kill"),
        ("seed=x", "seed=x has no number"),
    ],
)
def test_rates_that_can_not_be_read_are_refused(text: str, reason: str) -> None:
    with pytest.raises(BadOption, match=f"--chaos {text}: {reason}"):
        Chaos.parse(text)


@pytest.mark.parametrize("kind", ["freeze", "delay", "duplicate"])
def test_what_is_frozen_delayed_or_doubled_is_answered_all_the_same(
    make_app: MakeApp, served: Served, kind: str
) -> None:
    async def visit(serve: Serve) -> list[Any]:
        return [json.loads((await serve.invoke("echo", number)).payload) for number in range(5)]

    chaos = Chaos.parse(f"{kind}=1,seed=3", lambda line: None)
    assert served(make_app(echo=SLOW_ECHO), visit, chaos=chaos) == list(range(5))


def test_an_event_that_arrives_twice_is_seen_twice(make_app: MakeApp, served: Served) -> None:
    source = "seen = []\n\n\ndef handler(event, context):\n    seen.append(event)\n    return len(seen)\n"

    async def visit(serve: Serve) -> Any:
        return json.loads((await serve.invoke("count", 1)).payload)

    assert served(make_app(count=source), visit, chaos=Chaos({"duplicate": 1}, log=lambda line: None)) == 2


def test_among_ten_thousand_events_and_hundreds_of_kills_every_answer_is_its_own_events(
    make_app: MakeApp, served: Served
) -> None:
    count = 10_000
    app = make_app("functions: {echo: {concurrency: 4}}\n", echo=ECHO)
    log: list[str] = []
    others = psutil.Process(os.getpid()).children(recursive=True)  # of other tests' fixtures
    children: list[psutil.Process] = []

    async def visit(serve: Serve) -> Counter[str]:
        results: Counter[str] = Counter()

        async def caller(numbers: range) -> None:
            for number in numbers:
                nonce = f"nonce {number}"
                entry = await serve.functions.invoke("echo", json.dumps(nonce).encode())
                assert entry.outcome is not None
                answer = json.loads(entry.outcome.payload)
                if entry.outcome.is_error:
                    assert f"RequestId: {entry.request_id} Error" in answer["errorMessage"]
                    results["killed"] += 1
                else:
                    assert answer == nonce
                    results["answered"] += 1

        await asyncio.gather(*(caller(range(first, count, 4)) for first in range(4)))
        found = psutil.Process(os.getpid()).children(recursive=True)
        children.extend(child for child in found if child not in others)
        return results

    # At once, or they would miss events that take a millisecond.
    chaos = Chaos({"kill": 0.07}, seed=11, log=log.append, longest_s=0.0005)
    results = served(app, visit, chaos=chaos)

    assert results["answered"] + results["killed"] == count
    assert len(log) >= 500
    assert results["killed"] > 0  # the others were over before
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    assert len(gone) >= 1
