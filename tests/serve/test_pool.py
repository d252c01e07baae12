"""The environments of a function: who takes an event, who waits, and what a fault means for the others."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight_tasks.errors import BadStrategy
from tight_tasks.serve import functions
from tight_tasks.serve.errors import NoSuchFunction, Throttled, TooLarge
from tight_tasks.serve.invocation import LARGEST_PAYLOAD
from tight_tasks.serve.runtime_api import RuntimeApi
from tight_tasks.serve.server import Serve
from tight_tasks.serve.strategy import strategy_of

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

ECHO = "def handler(event, context):\n    return event\n"
COUNTER = """
import os

seen = 0


def handler(event, context):
    global seen
    seen += 1
    return [os.getpid(), seen]
"""


async def answer(serve: Serve, function: str, event: object) -> Any:
    outcome = await serve.invoke(function, event)
    return json.loads(outcome.payload)


def test_of_forty_events_at_once_every_answer_belongs_to_its_own(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> list[Any]:
        return await asyncio.gather(*(answer(serve, "echo", number) for number in range(40)))

    assert served(make_app(echo=ECHO), visit) == list(range(40))


def test_one_environment_keeps_its_globals_and_another_function_has_its_own(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> list[Any]:
        return [await answer(serve, name, 0) for name in ("orders", "orders", "products", "orders")]

    first, second, other, third = served(make_app(orders=COUNTER, products=COUNTER), visit)

    assert [first[1], second[1], third[1]] == [1, 2, 3]
    assert other[1] == 1
    assert {first[0], second[0], third[0]} == {first[0]}
    assert other[0] != first[0]


def test_first_warm_keeps_using_one_environment(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {concurrency: 3}}\n", orders=COUNTER)

    async def visit(serve: Serve) -> list[Any]:
        return [(await answer(serve, "orders", 0))[1] for _ in range(4)]

    assert served(app, visit) == [1, 2, 3, 4]


def test_round_robin_takes_turns(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {concurrency: 2}}\n", orders=COUNTER)

    async def visit(serve: Serve) -> list[Any]:
        return [(await answer(serve, "orders", 0))[1] for _ in range(4)]

    assert served(app, visit, strategy="round_robin") == [1, 1, 2, 2]


def last_free(function: str, environments: Any) -> Any:
    return next((each for each in reversed(environments) if each.is_free), None)


def test_a_strategy_may_be_a_function_of_ones_own(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {concurrency: 3}}\n", orders=COUNTER)

    async def visit(serve: Serve) -> list[str]:
        await answer(serve, "orders", 0)
        return [environment.state.value for environment in serve.functions.pools["orders"].environments]

    assert served(app, visit, strategy=f"{__name__}:last_free") == ["cold", "cold", "warm"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere:first", "No module named 'nowhere'"),
        ("os:nothing", "nothing"),
        ("os:sep", "can't be called"),
        ("", ""),
    ],
)
def test_a_strategy_that_can_not_be_used_is_named(name: str, said: str) -> None:
    with pytest.raises(BadStrategy, match=f"serve.dispatch {name}: .*{said}.*; write first_warm, round_robin or"):
        strategy_of(name)


def test_a_strategy_whose_module_has_a_mistake_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mistaken.py").write_text("def first(\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(BadStrategy, match=r"serve.dispatch mistaken:first: .*mistaken\.py, line 1"):
        strategy_of("mistaken:first")


# Ten events end when ten have begun, and ten more when all have: how fast each environment starts makes no difference.
IN_TWO_WAVES = """
    import os, time
    from pathlib import Path

    turn = 0

    def handler(event, context):
        global turn
        Path("begun", str(event)).touch()
        turn += 1
        for _ in range(5000):
            if len(os.listdir("begun")) >= 10 * turn:
                return os.getpid()
            time.sleep(0.01)
        raise TimeoutError(f"{turn}: {os.listdir('begun')}")
"""


def test_twenty_events_over_ten_environments_use_each_twice(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {queue: {concurrency: 10, timeout: 60}}\n", queue=IN_TWO_WAVES)
    (app / "begun").mkdir()

    async def visit(serve: Serve) -> list[Any]:
        return await asyncio.gather(*(answer(serve, "queue", number) for number in range(20)))

    pids = served(app, visit, strategy="round_robin")
    assert sorted(pids.count(pid) for pid in set(pids)) == [2] * 10


def test_an_event_too_many_is_refused_and_the_next_is_taken(make_app: MakeApp, served: Served) -> None:
    app = make_app(slow="import time\n\n\ndef handler(event, context):\n    time.sleep(0.3)\n    return event\n")

    async def visit(serve: Serve) -> tuple[list[Any], Any]:
        results = await asyncio.gather(*(answer(serve, "slow", n) for n in range(4)), return_exceptions=True)
        return results, await answer(serve, "slow", "again")

    results, again = served(app, visit, queue=2)
    assert results[:3] == [0, 1, 2]
    assert isinstance(results[3], Throttled)
    assert "raise functions.slow.concurrency or serve.queue in tight.yml" in str(results[3])
    assert again == "again"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("os._exit(3)", "Runtime.ExitError"),
        ("os.kill(os.getpid(), 11)", "Runtime.ExitError"),
        ("time.sleep(60)", "Sandbox.Timedout"),
        ("return object()", "Runtime.MarshalError"),
        ("return 'x' * 7_000_000", "Function.ResponseSizeTooLarge"),
        ("raise ValueError('no')", "ValueError"),
    ],
)
def test_a_fault_fails_its_event_alone(make_app: MakeApp, served: Served, fault: str, error: str) -> None:
    body = f"    if event == 'fault':\n        {fault}\n    return event\n"
    source = f"import os, time\n\n\ndef handler(event, context):\n{body}"
    app = make_app("defaults: {timeout: 0.7}\n", faulty=source)

    async def visit(serve: Serve) -> list[Any]:
        return await asyncio.gather(*(answer(serve, "faulty", event) for event in ("one", "fault", "two", "three")))

    one, failed, two, three = served(app, visit)
    assert (one, two, three) == ("one", "two", "three")
    assert failed["errorType"] == error


def test_an_import_error_is_tried_twice_and_told_with_its_cause(make_app: MakeApp, served: Served) -> None:
    # The manifest imports every function, so this one fails only where it is served.
    source = """
        import os

        if "AWS_LAMBDA_RUNTIME_API" in os.environ:
            print("starting")
            import nowhere


        def handler(event, context):
            return event
    """
    lines: list[str] = []

    async def visit(serve: Serve) -> Any:
        return await answer(serve, "broken", 1)

    error = served(make_app(broken=source), visit, log=lambda environment, line: lines.append(line))
    assert error["errorType"] == "ModuleNotFoundError"
    assert "No module named 'nowhere'" in error["errorMessage"]
    assert lines.count("starting") == 2
    reports = [line for line in lines if line.startswith("INIT_REPORT")]
    assert ["Phase: init" in reports[0], "Phase: invoke" in reports[1]] == [True, True]


def test_an_init_that_is_late_is_run_again_within_the_functions_own_time(
    make_app: MakeApp, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(functions, "INIT_LIMIT_S", 0.5)
    source = """
        import os
        import time
        from pathlib import Path

        if "AWS_LAMBDA_RUNTIME_API" in os.environ and not Path("late").exists():
            Path("late").touch()
            time.sleep(60)


        def handler(event, context):
            return event
    """
    lines: list[str] = []

    async def visit(serve: Serve) -> Any:
        return await answer(serve, "late", 7)

    assert served(make_app(late=source), visit, log=lambda environment, line: lines.append(line)) == 7
    (report,) = [line for line in lines if line.startswith("INIT_REPORT")]
    assert report.endswith("Phase: init\tStatus: timeout")


def test_a_thread_that_prints_without_end_holds_up_nothing(make_app: MakeApp, served: Served) -> None:
    source = """
        import threading


        def print_on():
            while True:
                print("x" * 80)


        def handler(event, context):
            if threading.active_count() == 1:
                threading.Thread(target=print_on, daemon=True).start()
            return event
    """

    async def visit(serve: Serve) -> list[Any]:
        return [await answer(serve, "noisy", number) for number in range(5)]

    # Reading takes longer than printing.
    slowly = {"log": lambda environment, line: time.sleep(0.0001)}
    assert served(make_app(noisy=source), visit, **slowly) == [0, 1, 2, 3, 4]


def test_a_function_that_uses_more_than_its_memory_is_ended(make_app: MakeApp, served: Served) -> None:
    source = "import time\n\n\ndef handler(event, context):\n    held = bytearray(300_000_000)\n    time.sleep(20)\n"
    app = make_app("defaults: {memory: 128, timeout: 30}\n", greedy=source)

    async def visit(serve: Serve) -> Any:
        return await answer(serve, "greedy", 0)

    assert served(app, visit)["errorType"] == "Runtime.OutOfMemory"


def test_idle_environments_are_ended(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> list[str]:
        await answer(serve, "echo", 1)
        (environment,) = serve.functions.pools["echo"].environments
        environment.used_at -= 3600
        states = [environment.state.value]
        for _ in range(50):
            await asyncio.sleep(0.1)
            if environment.state.value == "cold":
                break
        return [*states, environment.state.value]

    assert served(make_app(echo=ECHO), visit) == ["warm", "cold"]


def test_an_event_that_comes_while_an_idle_environment_ends_is_answered(make_app: MakeApp, served: Served) -> None:
    deaf = (
        f"import signal\n\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\n\n{ECHO}"  # so that its end takes a while
    )

    async def visit(serve: Serve) -> list[Any]:
        await answer(serve, "echo", 1)
        (environment,) = serve.functions.pools["echo"].environments
        environment.used_at -= 3600
        for _ in range(500):
            if environment.state.value == "stopping":
                break
            await asyncio.sleep(0.01)
        return [await asyncio.wait_for(answer(serve, "echo", 2), 20), environment.starts]

    assert served(make_app(echo=deaf), visit) == [2, 2]


def test_an_unknown_function_and_an_event_too_large_are_refused(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> None:
        with pytest.raises(NoSuchFunction, match="there is no function nobody: there are echo"):
            await serve.invoke("nobody", 1)
        with pytest.raises(TooLarge):
            await serve.invoke("echo", "x" * LARGEST_PAYLOAD)

    served(make_app(echo=ECHO), visit)


# Its answer comes a second time, from a thread, while the next event is being worked on.
TWICE = """
import http.client
import json
import os
import threading


def handler(event, context):
    def again():
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
        connection.request("POST", path, json.dumps(event))
        connection.getresponse().read()

    if event % 7 == 0:
        threading.Timer(0.002, again).start()
    return event
"""


def mismatches(make_app: MakeApp, served: Served, count: int) -> int:
    """How many answers were another event's. A client whose thread was faster ends, and its event fails."""
    app = make_app("functions: {twice: {concurrency: 2}}\n", twice=TWICE)

    async def visit(serve: Serve) -> int:
        wrong = 0

        async def caller(numbers: range) -> None:
            nonlocal wrong
            for number in numbers:
                outcome = await serve.invoke("twice", number)
                wrong += not outcome.is_error and json.loads(outcome.payload) != number

        await asyncio.gather(*(caller(range(first, count, 4)) for first in range(4)))
        return wrong

    result: int = served(app, visit)
    return result


def test_late_answers_never_meet_another_event(make_app: MakeApp, served: Served) -> None:
    assert mismatches(make_app, served, 1500) == 0


def test_without_the_matching_of_request_ids_they_would(
    make_app: MakeApp, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RuntimeApi, "_is_current", lambda api, request_id: api._current is not None)

    assert mismatches(make_app, served, 1500) > 0
