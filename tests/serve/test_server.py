"""The local Lambda as a whole: in code, with an app's own events, and what an app that is no longer right means."""

import asyncio
import json
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.serve.calls import request
from tight_tasks.errors import BadSetting, NoManifest
from tight_tasks.serve import Serve
from tight_tasks.serve.gateways.wire import Sent

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

GUARD = "from tight import authorizer\n\n\n@authorizer\ndef check(token):\n    raise RuntimeError\n"
SHOW = """
from tight import get


@get("/orders/{rest+}")
def show(event, context):
    custom = context.client_context and context.client_context.custom
    left = context.get_remaining_time_in_millis()
    return {"passthrough": {"event": event, "custom": custom, "seconds": round(left / 1000)}}
"""


def test_a_function_may_have_an_event_of_its_own_making(make_app: MakeApp, served: Served) -> None:
    async def make(sent: Sent, function: str) -> Any:
        return {"httpMethod": "GET", "path": sent.path, "requestContext": {}, "made": [sent.method, function]}

    def context(sent: Sent, function: str) -> dict[str, Any]:
        return {"timeout": 42, "client_context": {"custom": {"tenant": sent.lowered["x-tenant"][0]}}}

    async def visit(serve: Serve) -> Any:
        return (await request(serve.url, "GET", "/orders/7", X_Tenant="acme")).json

    options = {"events": {"orders": make}, "contexts": {"orders": context}}
    answer = served(make_app(orders=SHOW), visit, **options)
    assert answer["event"]["made"] == ["GET", "orders"]
    assert (answer["custom"], answer["seconds"]) == ({"tenant": "acme"}, 42)


def test_tight_yml_may_name_what_makes_the_event(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {event: 'app.events:make'}}\n", orders=SHOW)
    event = "{'httpMethod': 'GET', 'path': sent.path, 'requestContext': {}, 'own': 1}"
    source = f"def make(sent, function):\n    return {event}\n"
    (app / "app" / "events.py").write_text(source)

    async def visit(serve: Serve) -> Any:
        return (await request(serve.url, "GET", "/orders/7")).json["event"]["own"]

    assert served(app, visit) == 1


def test_a_maker_that_is_not_there_is_named(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {event: 'app.nowhere:make'}}\n", orders=SHOW)

    async def visit(serve: Serve) -> None:
        raise AssertionError("it should not have come so far")

    with pytest.raises(
        BadSetting, match=r"functions.orders.event is 'app.nowhere:make': No module named 'app.nowhere'"
    ):
        served(app, visit)


def test_a_variable_of_env_dist_yml_and_of_the_function_reaches_the_handler(
    make_app: MakeApp, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_SHELL", "1")
    source = "import os\n\n\ndef handler(event, context):\n    return {name: os.environ.get(name) for name in event}\n"
    app = make_app("functions: {orders: {env: {CUSTOM: own, SHARED: own}}}\n", orders=source, products=source)
    (app / "env.dist.yml").write_text("SHARED: all\nSTAGE: dev\n")
    names = ["CUSTOM", "SHARED", "STAGE", "OF_THE_SHELL", "AWS_LAMBDA_FUNCTION_NAME", "AWS_ENDPOINT_URL_LAMBDA"]

    async def visit(serve: Serve) -> Any:
        answers = [json.loads((await serve.invoke(name, names)).payload) for name in ("orders", "products")]
        return serve.url, answers

    url, (orders, products) = served(app, visit)
    assert [orders[name] for name in names] == ["own", "own", "dev", None, "orders", url]
    assert [products[name] for name in names] == [None, "all", "dev", None, "products", url]


def test_a_setting_that_can_not_be_followed_leaves_all_as_it_was(make_app: MakeApp, served: Served) -> None:
    def source(answer: int) -> str:
        return f"from tight import get\n\n\n@get('/orders')\ndef orders():\n    return {answer}\n"

    async def visit(serve: Serve) -> Any:
        await request(serve.url, "GET", "/orders")
        make_app("functions: {orders: {event: 'app.nowhere:make'}}\n", orders=source(2))
        with pytest.raises(BadSetting, match="No module named"):
            await serve.reload()
        make_app("functions: {orders: {event: 'made:make'}}\n", orders=source(2))
        (Path(serve.project.root) / "made.py").write_text("def make(:\n", encoding="utf-8")
        with pytest.raises(BadSetting, match=r"^.*orders.event is 'made:make': SyntaxError: .*made\.py, line 1"):
            await serve.reload()
        kept = (await request(serve.url, "GET", "/orders")).json
        make_app("serve: {authorizer: guard}\n", orders=source(3), guard=GUARD)
        assert await serve.reload() is None
        return kept, (await request(serve.url, "GET", "/orders")).status

    assert served(make_app(orders=source(1)), visit) == (1, 401)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_an_address_of_ipv6_is_served(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> Any:
        return serve.url, (await request(serve.url, "GET", "/_tight/status")).status

    url, status = served(make_app(orders=SHOW), visit, host="::1")
    assert re.fullmatch(r"http://\[::1\]:\d+", url)
    assert status == 200


def test_the_hooks_of_a_snapshot_run_at_a_cold_start(make_app: MakeApp, served: Served) -> None:
    source = """
        from tight import after_restore, before_snapshot

        ran = []
        before_snapshot(lambda: ran.append("before"))
        after_restore(lambda: ran.append("after"))


        def handler(event, context):
            return ran
    """

    async def visit(serve: Serve) -> Any:
        return json.loads((await serve.invoke("hooked", 1)).payload)

    assert served(make_app(hooked=source), visit, snapstart=True) == ["before", "after"]
    assert served(make_app(hooked=source), visit) == []


def test_status_tells_of_every_environment(make_app: MakeApp, served: Served) -> None:
    app = make_app(
        "functions: {orders: {concurrency: 2}}\n", orders="def handler(event, context):\n    return event['a']\n"
    )

    async def visit(serve: Serve) -> Any:
        await serve.invoke("orders", {"a": 1})
        await serve.invoke("orders", {})
        return (await request(serve.url, "GET", "/_tight/status")).json["functions"]["orders"]

    status = served(app, visit)
    assert status["waiting"] == 0
    used, unused = status["environments"]
    assert (used["name"], used["state"], used["served"], used["last_error"]) == ("orders/0", "warm", 2, "KeyError")
    assert used["pid"] > 0
    assert 0 < used["peak_mb"] <= used["memory_mb"] == 256
    assert (unused["name"], unused["state"], unused["pid"], unused["served"]) == ("orders/1", "cold", None, 0)


def test_what_runs_is_finished_by_the_old_code_while_the_new_takes_over(make_app: MakeApp, served: Served) -> None:
    def source(answer: str) -> str:
        return f"import time\n\n\ndef handler(event, context):\n    time.sleep(event)\n    return {answer!r}\n"

    async def visit(serve: Serve) -> list[Any]:
        await serve.invoke("orders", 0)
        old = asyncio.create_task(serve.invoke("orders", 6))
        await asyncio.sleep(0.2)
        make_app(orders=source("new"))
        assert await serve.reload() is None
        new = await serve.invoke("orders", 0)
        assert not old.done()
        return [json.loads((await old).payload), json.loads(new.payload)]

    assert served(make_app(orders=source("old")), visit) == ["old", "new"]


def test_a_request_that_arrives_while_its_function_goes_is_not_found(make_app: MakeApp, served: Served) -> None:
    plain = "def handler(event, context):\n    return {}\n"
    app = make_app(orders=plain, others=plain)

    async def visit(serve: Serve) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(serve.url).port)
        writer.write(b"POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{")
        await asyncio.sleep(0.2)
        shutil.rmtree(app / "app" / "functions" / "orders")
        assert await serve.reload() is None
        writer.write(b"}")
        answer = await reader.read()
        writer.close()
        return answer

    assert served(app, visit).startswith(b"HTTP/1.1 404 ")


def test_an_app_that_can_not_be_read_is_not_served(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> None:
        raise AssertionError("it should not have come so far")

    with pytest.raises(NoManifest, match="No module named 'nowhere'"):
        served(make_app(broken="import nowhere\n"), visit)


def test_each_environment_has_a_folder_for_temporary_files_that_goes_with_it(make_app: MakeApp, served: Served) -> None:
    source = "import tempfile\n\n\ndef handler(event, context):\n    return tempfile.mkdtemp()\n"
    app = make_app("functions: {orders: {concurrency: 2}}\n", orders=source)

    async def visit(serve: Serve) -> list[Path]:
        made = [Path(json.loads((await serve.invoke("orders", 1)).payload)) for _ in range(2)]
        assert all(folder.is_dir() for folder in made)
        return made

    one, two = served(app, visit, strategy="round_robin")
    assert one.parent != two.parent
    assert not one.parent.exists()
    assert not two.parent.exists()
