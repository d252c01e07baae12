"""What somebody does in the first days with a local Lambda, from a request to a script of one's own."""

import asyncio
import json
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.serve.calls import request
from tight_tasks.serve import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

SALEOR = """
from tight import post


@post("/saleor/{rest+}")
def webhook(rest, body):
    return {"rest": rest, "body": body}
"""
# Both functions import it: were they in one process, they would count together.
SHARED = "count = 0\n"
COUNTING = """
from app import shared
from tight import get


@get("/{name}")
def count():
    shared.count += 1
    return {{"name": "{name}", "count": shared.count}}
"""
SHAPE = """
from tight import get


@get("/{name}")
def shape(event):
    return {{"verb": event.get("httpMethod"), "raw": event.get("rawPath")}}
"""
ECHO = "def handler(event, context):\n    return event\n"
QUEUE = """
import os
import time


def handler(event, context):
    time.sleep(0.3)  # or one environment would be done before the next event is there
    for record in event["Records"]:
        print(os.getpid(), record["body"])
"""
SCRIPT = """
import asyncio
from pathlib import Path
from urllib.request import urlopen

from tight_tasks.serve import Serve


async def event(sent, function):
    return {"httpMethod": "GET", "path": sent.path, "requestContext": {}, "from": function}


def context(sent, function):
    return {"timeout": 1}


async def main():
    async with Serve(Path("."), events={"slow": event}, contexts={"slow": context}) as serve:
        for path in ("/slow/0", "/slow/60", "/slow/0"):
            print(await asyncio.to_thread(read, serve.url + path))


def read(url):
    try:
        with urlopen(url) as reply:
            return reply.read().decode()
    except OSError as error:
        return error


asyncio.run(main())
"""
SLOW = """
import time

from tight import get


@get("/slow/{seconds:int}")
def slow(event, context, seconds):
    time.sleep(seconds)
    return {"from": event["from"], "at_most_1_s": context.get_remaining_time_in_millis() <= 1000}
"""


async def read(serve: Serve, path: str) -> Any:
    return (await request(serve.url, "GET", path)).json


def sqs_event(*bodies: str) -> dict[str, Any]:
    """As docs.aws.amazon.com/lambda/latest/dg/with-sqs.html has it."""
    fixed = {
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "098f6bcd4621d373cade4e832627b4f6",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2",
    }
    records = [{"messageId": f"059f36b4-87a3-44ab-83d2-{n:012}", "body": body} for n, body in enumerate(bodies)]
    return {"Records": [{**record, **fixed} for record in records]}


def test_every_path_below_a_route_reaches_its_function(make_app: MakeApp, served: Served) -> None:
    async def visit(serve: Serve) -> list[Any]:
        return [(await request(serve.url, "POST", f"/saleor/{rest}", b'{"id": 7}')).json for rest in ("a", "a/b%20c")]

    assert served(make_app(saleor=SALEOR), visit) == [
        {"rest": "a", "body": {"id": 7}},
        {"rest": "a/b c", "body": {"id": 7}},
    ]


def test_functions_that_share_a_module_count_for_themselves_until_the_code_changes(
    make_app: MakeApp, served: Served
) -> None:
    app = make_app(**{name: COUNTING.format(name=name) for name in ("orders", "products")})
    shared = app / "app" / "shared.py"
    shared.write_text(SHARED)

    async def visit(serve: Serve) -> list[Any]:
        before = [(await read(serve, path))["count"] for path in ("/orders", "/orders", "/products", "/orders")]
        shared.write_text("count = 10\n")
        assert await serve.reload() is None
        return before + [(await read(serve, path))["count"] for path in ("/orders", "/products")]

    assert served(app, visit) == [1, 2, 1, 3, 11, 11]


def test_two_environments_take_turns_or_one_serves_all(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {orders: {concurrency: 2}}\n", orders=COUNTING.format(name="orders"))
    (app / "app" / "shared.py").write_text(SHARED)

    async def visit(serve: Serve) -> list[Any]:
        return [(await read(serve, "/orders"))["count"] for _ in range(4)]

    assert served(app, visit, strategy="round_robin") == [1, 1, 2, 2]
    assert served(app, visit, strategy="first_warm") == [1, 2, 3, 4]


def test_each_function_gets_events_of_its_own_shape(make_app: MakeApp, served: Served) -> None:
    settings = "functions: {orders: {payload: '1.0'}, products: {payload: '2.0'}}\n"
    app = make_app(settings, **{name: SHAPE.format(name=name) for name in ("orders", "products")})

    async def visit(serve: Serve) -> list[Any]:
        return [await read(serve, path) for path in ("/orders", "/products")]

    assert served(app, visit) == [{"verb": "GET", "raw": None}, {"verb": None, "raw": "/products"}]


def test_boto3_invokes_a_function_and_need_not_wait_for_it(make_app: MakeApp, served: Served) -> None:
    slow = "import time\n\n\ndef handler(event, context):\n    time.sleep(60)\n"
    app = make_app("defaults: {timeout: 90}\n", echo=ECHO, slow=slow)

    def invoke(url: str) -> list[Any]:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        config = Config(retries={"total_max_attempts": 1}, read_timeout=30)
        with closing(boto3.client("lambda", endpoint_url=url, region_name="us-west-2", config=config, **keys)) as aws:
            answer = aws.invoke(FunctionName="echo", Payload=json.dumps({"order": 7}))
            accepted = aws.invoke(FunctionName="slow", InvocationType="Event", Payload=b"{}")
        return [answer["StatusCode"], json.loads(answer["Payload"].read()), accepted["StatusCode"]]

    async def visit(serve: Serve) -> list[Any]:
        return await asyncio.to_thread(invoke, serve.url)

    assert served(app, visit) == [200, {"order": 7}, 202]


def test_a_variable_of_ones_own_is_set_for_all_functions_and_for_one(make_app: MakeApp, served: Served) -> None:
    source = "import os\n\n\ndef handler(event, context):\n    return [os.environ.get(name) for name in event]\n"
    settings = "functions: {orders: {env: {ORDERS_TABLE: orders, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566'}}}\n"
    app = make_app(settings, orders=source, products=source)
    (app / "env.dist.yml").write_text("ORDERS_TABLE: all\nSHOP: saleor\nAWS_ENDPOINT_URL: 'http://127.0.0.1:8000'\n")
    names = ["ORDERS_TABLE", "SHOP", "AWS_ENDPOINT_URL"]

    async def visit(serve: Serve) -> list[Any]:
        return [json.loads((await serve.invoke(name, names)).payload) for name in ("orders", "products")]

    assert served(app, visit) == [
        ["orders", "saleor", "http://127.0.0.1:4566"],
        ["all", "saleor", "http://127.0.0.1:8000"],
    ]


def test_a_script_of_ones_own_serves_with_its_events_and_its_timeout(make_app: MakeApp) -> None:
    app = make_app(slow=SLOW)
    (app / "serve.py").write_text(textwrap.dedent(SCRIPT))

    done = subprocess.run(
        [sys.executable, "serve.py"], cwd=app, capture_output=True, text=True, check=False, timeout=120
    )
    served = '{"from":"slow","at_most_1_s":true}'
    assert (done.stderr, done.stdout.splitlines()) == ("", [served, "HTTP Error 500: Internal Server Error", served])


def test_twenty_queue_events_at_once_over_ten_environments_use_each_twice(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {queue: {concurrency: 10}}\n", queue=QUEUE)
    printed: list[tuple[str, str]] = []

    async def visit(serve: Serve) -> list[bytes]:
        sent = [serve.invoke("queue", sqs_event(f"order {number}")) for number in range(20)]
        return [outcome.payload for outcome in await asyncio.gather(*sent)]

    answers = served(
        app, visit, strategy="round_robin", log=lambda environment, line: printed.append((environment.name, line))
    )
    assert answers == [b"null"] * 20
    assert Counter(name for name, _ in printed) == {f"queue/{number}": 2 for number in range(10)}
    assert len({line.split()[0] for _, line in printed}) == 10
    assert sorted(line.split(" ", 1)[1] for _, line in printed) == sorted(f"order {number}" for number in range(20))
