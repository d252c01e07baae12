"""What feeds the functions of a host: its sources and hooks, and which of its processes follows which."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest

from tests.serve.rabbitmq import Broker
from tests.serve.served import APP, write
from tight_tasks.errors import HookFailed
from tight_tasks.host.feeding import Feeding, is_shared, only_shared
from tight_tasks.host.options import Options
from tight_tasks.host.service import Service
from tight_tasks.manifest import Function, Manifest, Source
from tight_tasks.project import Project
from tight_tasks.serve.inline import Inline

LIMIT_S = 60
NOTES = """
    from pathlib import Path

    def handler(event, context):
        with Path(__file__).with_name("noted").open("a") as file:
            file.write(event["detail-type"] + chr(10))
"""
EVERY_HOUR: dict[str, Any] = {"name": "tidy", "expression": "rate(1 hour)", "immediately": True, "host_only": None}


def source(kind: str, **said: Any) -> Source:
    return Source.model_validate({"kind": kind, "function": "handler", "place": "handler.py:1", **said})


def declared(*sources: Source) -> Manifest:
    function = Function(
        name="notes",
        handler="app_index.notes",
        module="app.functions.notes.handler",
        description="",
        triggers=(),
        routes=(),
        sources=sources,
    )
    return Manifest(functions=(function,), models=())


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """Runs one process of a host until its function has noted so many events; gives all that it has noted."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    noted = tmp_path / "app" / "functions" / "notes" / "noted"

    def run(handler: str, *sources: Source, number: int = 0, count: int = 1) -> list[str]:
        write(tmp_path, {**APP, "app/functions/notes/handler.py": handler})

        async def running() -> None:
            end = asyncio.Event()
            with socket.create_server(("127.0.0.1", 0)) as listener:
                service = Service(Project.load(tmp_path), declared(*sources), Options(grace_s=20), number)
                task = asyncio.create_task(service.run(listener, end))
                while not task.done() and (not noted.exists() or len(noted.read_text().splitlines()) < count):  # noqa: ASYNC110  # a file has no event
                    await asyncio.sleep(0.02)
                end.set()
                assert await task

        asyncio.run(asyncio.wait_for(running(), LIMIT_S))
        return noted.read_text(encoding="utf-8").splitlines()

    yield run
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("app", "app_index"):
            del sys.modules[name]


def test_a_schedule_invokes_its_function(served: Callable[..., list[str]]) -> None:
    assert served(NOTES, source("schedule", **EVERY_HOUR)) == ["Scheduled Event"]


def test_hooks_are_called_before_the_first_event_and_after_the_last(served: Callable[..., list[str]]) -> None:
    sources = (source("stopping"), source("schedule", **EVERY_HOUR), source("started"))

    assert served(NOTES, *sources, count=2) == ["started", "Scheduled Event", "stopping"]


@pytest.mark.parametrize(
    ("handler", "middleware"),
    [("def", ""), ("async def", ""), ("async def", "@wrap(around)"), ("def", "@wrap(around)")],
)
def test_a_handler_that_exits_fails_and_the_others_go_on(
    served: Callable[..., list[str]], handler: str, middleware: str
) -> None:
    exits = f"""
        import sys
        from pathlib import Path
        from tight import schedule, wrap

        def around(invocation, proceed):
            return proceed(invocation)

        @schedule("every(1 second)", name="exits", immediately=True)
        {middleware}
        {handler} exits():
            note("exits")
            sys.exit(3)

        @schedule("every(1 second)", name="goes-on")
        def goes_on():
            note("goes on")

        def note(text):
            with Path(__file__).with_name("noted").open("a") as file:
                file.write(text + chr(10))
    """
    exiting = {**EVERY_HOUR, "name": "exits"}
    going_on = {**EVERY_HOUR, "name": "goes-on", "expression": "every(1 second)", "immediately": False}

    noted = served(exits, source("schedule", **exiting), source("schedule", **going_on), count=4)  # it is tried thrice
    assert set(noted) == {"exits", "goes on"}


def test_a_source_that_can_not_be_reached_holds_up_no_other(
    served: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:1", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "a"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    away = source("queue", queue="away", batch=10, window=0)

    assert served(NOTES, away, source("schedule", **EVERY_HOUR)) == ["Scheduled Event"]


def test_only_the_first_process_follows_schedules(served: Callable[..., list[str]]) -> None:
    sources = (source("schedule", **EVERY_HOUR), source("started"))

    assert served(NOTES, *sources, number=1) == ["started"]


def test_a_hook_that_fails_at_the_start_ends_the_host(served: Callable[..., list[str]]) -> None:
    fails = "def handler(event, context):\n    raise RuntimeError('no database')\n"

    with pytest.raises(HookFailed, match=r"^notes: what is marked with @started failed: no database$"):
        served(fails, source("started"))


def feeding_by(folder: Path, url: str) -> Feeding:
    write(folder, APP)
    project = Project.load(folder)
    taken = source("amqp", queue="begun", routing_key="begun", exchange="amq.topic", competing=True)
    return Feeding(project, declared(taken), {"AMQP_URL": url}, Inline(project, ["notes"]))


def test_it_has_begun_when_the_broker_knows_its_queue(tmp_path: Path, broker: Broker) -> None:
    async def visit() -> None:
        feeding = feeding_by(tmp_path, broker.url)
        await feeding.start()
        async with await aio_pika.connect(broker.url) as connection:
            exchange = await (await connection.channel(on_return_raises=True)).get_exchange("amq.topic")
            await exchange.publish(aio_pika.Message(b"{}"), "begun")
        await feeding.stop(5)

    asyncio.run(asyncio.wait_for(visit(), LIMIT_S))


def test_it_has_not_begun_while_there_is_no_broker(tmp_path: Path) -> None:
    async def visit() -> None:
        feeding = feeding_by(tmp_path, "amqp://127.0.0.1:1/")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(feeding.start(), 1)
        await feeding.stop(5)

    asyncio.run(asyncio.wait_for(visit(), LIMIT_S))


@pytest.mark.parametrize(
    ("kind", "said", "shared"),
    [
        ("queue", {"queue": "orders"}, True),
        ("topic", {"topic": "orders", "queue": "orders"}, True),
        ("topic", {"topic": "orders", "queue": None}, False),
        ("amqp", {"routing_key": "a", "competing": True}, True),
        ("amqp", {"routing_key": "a", "competing": False}, False),
        ("schedule", EVERY_HOUR, False),
        ("stream", {"table": "accounts"}, False),
        ("kinesis", {"stream": "clicks"}, False),
    ],
)
def test_what_each_event_of_reaches_one_process_is_for_all(kind: str, said: dict[str, Any], shared: bool) -> None:
    found = source(kind, **said)

    assert is_shared(found) == shared
    assert only_shared(declared(found)).functions[0].sources == ((found,) if shared else ())
