"""Decorated handlers, fed by serve from a broker, a clock and WebSockets."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from websockets.asyncio.client import connect

from tests.serve.rabbitmq import Broker, until
from tight_tasks.errors import CanNotTick
from tight_tasks.serve import Serve
from tight_tasks.serve.sources.clock import moment
from tight_tasks.serve.tick import _post

NOTE = """
import os
import pathlib


def note(*what):
    with pathlib.Path(os.environ["NOTED"]).open("a") as file:
        file.write(" ".join(map(str, what)) + chr(10))
"""
ORDERS = (
    NOTE
    + """
from tight import amqp


@amqp("e2e-orders", routing_key="e2e.order.*", retries=0, dead_letter="e2e-dead")
def take(message, routing_key):
    if message == {"id": 13}:
        raise ValueError("unlucky")
    note(routing_key, message)


@amqp(routing_key="e2e.news", competing=False)
def hear(message):
    note("heard", message)
"""
)
REPORTS = (
    NOTE
    + """
from tight import schedule


@schedule(cron="30 2 * * *", timezone="Europe/Stockholm")
def nightly(scheduled_time):
    note("nightly", scheduled_time)


@schedule("rate(12 hours)")
def often(schedule):
    note(schedule)
    if os.environ.get("FAIL"):
        raise ValueError("no")
"""
)
CHAT = """
from tight import reply, websocket


@websocket.connect
def open(query):
    return query.get("token") == "right"


@websocket.message("shout")
def shout(connection_id, message):
    reply(connection_id, message["text"].upper())
"""


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    file = tmp_path / "noted.txt"
    file.touch()
    return file


def lines(noted: Path) -> list[str]:
    return noted.read_text(encoding="utf-8").splitlines()


async def tick(serve: Serve, by: str) -> Any:
    def ask() -> Any:
        address = serve.url.removeprefix("http://")
        with urllib.request.urlopen(f"http://{address}/_tight/clock/tick?by={by}", b"", timeout=60) as reply:
            return json.load(reply)

    return await asyncio.to_thread(ask)


def test_messages_of_a_broker_reach_handlers_also_after_a_reload(
    broker: Broker, make_app: Callable[..., Path], served: Callable[..., Any], noted: Path
) -> None:
    app = make_app(orders=ORDERS)

    async def publish(*sent: tuple[str, str]) -> None:
        async with await aio_pika.connect(broker.url) as connection:
            exchange = await (await connection.channel(on_return_raises=True)).get_exchange("amq.topic")
            for key, body in sent:
                await exchange.publish(aio_pika.Message(body.encode()), key)

    async def visit(serve: Serve) -> None:
        def is_fed() -> bool:
            return all(each["problem"] is None for each in serve._feeds.status())

        await until(is_fed)
        await publish(("e2e.order.new", '{"id": 1}'), ("e2e.order.new", '{"id": 13}'), ("e2e.news", '"rain"'))
        await until(lambda: len(lines(noted)) == 2 and sum(each["dead"] for each in serve._feeds.status()) == 1)
        assert sorted(lines(noted)) == ["e2e.order.new {'id': 1}", "heard rain"]
        handler = app / "app/functions/orders/handler.py"
        handler.write_text(handler.read_text(encoding="utf-8").replace("note(routing", 'note("now", routing'), "utf-8")
        assert await serve.reload() is None
        await until(is_fed)
        await publish(("e2e.order.old", '{"id": 2}'))
        await until(lambda: "now e2e.order.old {'id': 2}" in lines(noted))

    served(app, visit, variables={"AMQP_URL": broker.url, "NOTED": str(noted)})


def test_a_tick_runs_schedules_across_a_clock_change(
    make_app: Callable[..., Path], served: Callable[..., Any], noted: Path
) -> None:
    async def visit(serve: Serve) -> None:
        answer = await tick(serve, "2d")
        assert answer["now"] == "2026-03-30T00:55:00Z"
        assert [(each["time"], each["schedule"], each["result"]) for each in answer["fired"]] == [
            ("2026-03-28T01:30:00Z", "nightly", "ok"),
            ("2026-03-28T12:55:00Z", "often", "ok"),
            ("2026-03-29T00:55:00Z", "often", "ok"),  # clocks show 1:55, and 3:00 five minutes later
            ("2026-03-29T12:55:00Z", "often", "ok"),
            ("2026-03-30T00:30:00Z", "nightly", "ok"),
            ("2026-03-30T00:55:00Z", "often", "ok"),
        ]

    served(make_app(reports=REPORTS), visit, at=moment("2026-03-28T00:55"), variables={"NOTED": str(noted)})
    assert lines(noted) == [
        "nightly 2026-03-28 01:30:00+00:00",
        "often",
        "often",
        "often",
        "nightly 2026-03-30 00:30:00+00:00",
        "often",
    ]


def test_a_schedule_that_fails_is_tried_again_as_asynchronous_events_are(
    make_app: Callable[..., Path], served: Callable[..., Any], noted: Path
) -> None:
    async def visit(serve: Serve) -> None:
        answer = await tick(serve, "12h")
        assert [each["result"] for each in answer["fired"]] == ["ValueError"]

    served(
        make_app(reports=REPORTS.replace("nightly", "never").replace('cron="30 2 * * *"', 'cron="0 0 1 1 *"')),
        visit,
        at=moment("2026-03-28T00:55"),
        retry_s=[0.01, 0.01],
        variables={"NOTED": str(noted), "FAIL": "1"},
    )
    assert lines(noted) == ["often"] * 3


def test_the_task_tick_says_what_ran_or_why_nothing_can(
    make_app: Callable[..., Path], served: Callable[..., Any], noted: Path
) -> None:
    app = make_app(reports=REPORTS)

    async def task(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-c", "from tight_tasks.program import main; main()", "serve.tick", *arguments]
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=app, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    async def virtual(serve: Serve) -> None:
        assert await task("1h", "--url", serve.url) == (
            0,
            "2026-03-28T01:30:00Z  reports nightly: ok\nIt is 2026-03-28T01:55:00Z.",
        )
        code, said = await task("soon", "--url", serve.url)
        assert (code, "'soon' is no time span" in said) == (2, True)

    async def real(serve: Serve) -> None:
        code, said = await task("1h", "--url", serve.url)
        assert (code, "--at 2026-03-29T00:55" in said) == (2, True)

    served(app, virtual, at=moment("2026-03-28T00:55"), variables={"NOTED": str(noted)})
    served(app, real, variables={"NOTED": str(noted)})
    code, said = asyncio.run(task("1h", "--url", "http://127.0.0.1:1"))
    assert (code, "start invoke serve --at first" in said) == (2, True)


@pytest.mark.parametrize("answer", [b"", b"220 no web server\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"])
def test_what_ends_before_it_has_answered_a_tick_is_told_in_a_sentence(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def end() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        ending = threading.Thread(target=end)
        ending.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(CanNotTick, match=f"^{url}.*: start invoke serve --at first, or give --url$"):
            _post(url, "")
        ending.join()


def test_websocket_handlers_answer_who_they_let_in(make_app: Callable[..., Path], served: Callable[..., Any]) -> None:
    async def visit(serve: Serve) -> None:
        url = serve.url.replace("http", "ws")
        async with connect(f"{url}?token=right", proxy=None) as socket:
            await socket.send('{"action": "shout", "text": "hello"}')
            assert await socket.recv() == "HELLO"
        with pytest.raises(Exception, match="403"):
            await connect(f"{url}?token=wrong", proxy=None)

    served(make_app(chat=CHAT), visit)
