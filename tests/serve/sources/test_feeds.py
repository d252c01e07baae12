"""An app's sources in `invoke serve` as a whole: begun, shown, exchanged, ended."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from tests.serve.sources.conftest import Noted
from tight_tasks.dynamo.running import held
from tight_tasks.errors import CanNotStart, NoSource
from tight_tasks.serve import Serve
from tight_tasks.services.place import place_of

MakeApp = Callable[..., Path]
Served = Callable[..., Any]
Clients = Callable[[str, str], Any]

ORDERS = """
import json
import os
import pathlib

from tight import get, queue


@queue("{name}", dead_letter="{name}-dead")
def take(message):
    with pathlib.Path(os.environ["NOTED"]).open("a") as file:
        file.write(json.dumps(["{word}", message]) + chr(10))


@get
def show():
    return {{"sqs": os.environ["AWS_ENDPOINT_URL_SQS"]}}
"""


@pytest.fixture
def children() -> Iterator[Callable[[], int]]:
    """How many embedded AWSs live that this test has started."""

    def found() -> set[int]:
        listed = psutil.Process(os.getpid()).children(recursive=True)
        return {each.pid for each in listed if "tight.testing serve" in " ".join(each.cmdline())}

    before = found()
    yield lambda: len(found() - before)
    assert found() == before


def send(queues: Any, name: str, body: object) -> None:
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody=json.dumps(body))


async def asked(url: str) -> Any:
    def ask() -> Any:
        with urlopen(url) as answer:  # noqa: S310  # serve's own address
            return answer.read().decode()

    return await asyncio.to_thread(ask)


def test_serve_starts_the_embedded_aws_and_shows_what_was_delivered(
    make_app: MakeApp, served: Served, clients: Clients, noted: Noted, children: Callable[[], int]
) -> None:
    app = make_app(orders=ORDERS.format(name="orders", word="took"))

    async def visit(serve: Serve) -> Any:
        endpoint = serve.variables["AWS_ENDPOINT_URL_SQS"]
        assert json.loads(await asked(f"{serve.url}/orders")) == {"sqs": endpoint}
        await asyncio.to_thread(send, clients("sqs", endpoint), "orders", {"id": 1})
        await noted.until(lambda all_of: len(all_of) > 0)
        assert children() == 1
        await asyncio.sleep(0.2)  # its message is deleted, and counted
        return json.loads(await asked(f"{serve.url}/_tight/status"))["sources"], await asked(f"{serve.url}/_tight/")

    status, page = served(app, visit, variables={"NOTED": str(noted.file)})
    assert noted() == [("took", {"id": 1})]
    assert status == [
        {
            "kind": "queue", "name": "orders", "function": "orders", "problem": "",
            "delivered": 1, "failed": 0, "dead": 0, "filtered": 0,
        }
    ]  # fmt: skip
    assert "<code>orders</code>" in page
    assert "queue orders" in page  # the cause of the invocation


def test_without_moto_serve_says_what_brings_the_embedded_aws(
    make_app: MakeApp, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def visit(serve: Serve) -> None:
        raise AssertionError

    monkeypatch.setitem(sys.modules, "moto", None)
    with pytest.raises(
        CanNotStart, match=r"^The embedded AWS can't be run: moto is not installed: pip install 'tight-"
    ):
        served(make_app(orders=ORDERS.format(name="orders", word="took")), visit)


def test_a_token_of_serve_is_no_account_that_would_take_the_place_of_the_embedded_aws(
    make_app: MakeApp, served: Served, children: Callable[[], int]
) -> None:
    app = make_app(orders=ORDERS.format(name="orders", word="took"))

    async def visit(serve: Serve) -> Any:
        return children(), serve.variables["AWS_ACCESS_KEY_ID"]

    assert served(app, visit, token="s3same") == (1, "s3same")  # noqa: S106  # made up


def test_an_app_without_sources_starts_nothing(make_app: MakeApp, served: Served, children: Callable[[], int]) -> None:
    async def visit(serve: Serve) -> Any:
        assert children() == 0
        return json.loads(await asked(f"{serve.url}/_tight/status"))["sources"]

    assert served(make_app(plain="def handler(event, context):\n    pass\n"), visit) == []


def test_a_changed_source_takes_the_place_of_the_former(
    make_app: MakeApp, served: Served, clients: Clients, noted: Noted, children: Callable[[], int]
) -> None:
    app = make_app(orders=ORDERS.format(name="old", word="old"))

    async def visit(serve: Serve) -> Any:
        queues = clients("sqs", serve.variables["AWS_ENDPOINT_URL_SQS"])
        make_app(orders=ORDERS.format(name="new", word="new"))
        assert await serve.reload() is None
        await asyncio.to_thread(send, queues, "old", 1)
        await asyncio.to_thread(send, queues, "new", 2)
        await noted.until(lambda all_of: len(all_of) > 0)
        return json.loads(await asked(f"{serve.url}/_tight/status"))["sources"]

    (status,) = served(app, visit, variables={"NOTED": str(noted.file)})
    assert (status["name"], noted()) == ("new", [("new", 2)])


def test_code_that_changes_behind_the_same_source_is_fed_at_once(
    make_app: MakeApp, served: Served, clients: Clients, noted: Noted, children: Callable[[], int]
) -> None:
    app = make_app(orders=ORDERS.format(name="same", word="before"))

    async def visit(serve: Serve) -> None:
        queues = clients("sqs", serve.variables["AWS_ENDPOINT_URL_SQS"])
        await asyncio.to_thread(send, queues, "same", 1)
        await noted.until(lambda all_of: len(all_of) > 0)
        make_app(orders="\n\n" + ORDERS.format(name="same", word="after"))
        assert await serve.reload() is None
        await asyncio.to_thread(send, queues, "same", 2)
        await noted.until(lambda all_of: len(all_of) > 1)

    served(app, visit, variables={"NOTED": str(noted.file)})
    assert noted() == [("before", 1), ("after", 2)]


def test_services_that_run_for_the_app_are_used(
    make_app: MakeApp, served: Served, aws: str, clients: Clients, noted: Noted, children: Callable[[], int]
) -> None:
    app = make_app(orders=ORDERS.format(name="found", word="took"))

    async def visit(serve: Serve) -> None:
        assert serve.variables["AWS_ENDPOINT_URL_SQS"] == aws
        await asyncio.to_thread(send, clients("sqs", aws), "found", 1)
        await noted.until(lambda all_of: len(all_of) > 0)
        assert children() == 0

    with held(place_of(app, "aws")) as record:
        record.write(aws)
        served(app, visit, variables={"NOTED": str(noted.file)})


@pytest.mark.parametrize(
    "settings",
    [
        "defaults: {{env: {{AWS_ENDPOINT_URL: '{aws}'}}}}\n",
        "stages: {{dev: {{env: {{AWS_ENDPOINT_URL_SQS: '{aws}'}}}}}}\n",
    ],
)
def test_the_service_that_tight_yml_names_for_every_function_is_polled(
    make_app: MakeApp,
    served: Served,
    aws: str,
    clients: Clients,
    noted: Noted,
    children: Callable[[], int],
    settings: str,
) -> None:
    name = "polled" + ("-by-stage" if "stages" in settings else "")
    app = make_app(settings.format(aws=aws), orders=ORDERS.format(name=name, word="took"))
    (app / "env.dist.yml").write_text("STAGE: dev\n", encoding="utf-8")

    async def visit(serve: Serve) -> None:
        await asyncio.to_thread(send, clients("sqs", aws), name, 1)
        await noted.until(lambda all_of: len(all_of) > 0)
        assert children() == 0

    served(app, visit, variables={"NOTED": str(noted.file)})
    assert noted() == [("took", 1)]


def test_one_endpoint_for_all_services_stands_over_services_that_run_for_the_app(
    make_app: MakeApp, served: Served, aws: str, clients: Clients, noted: Noted
) -> None:
    settings = f"defaults: {{env: {{AWS_ENDPOINT_URL: '{aws}'}}}}\n"
    app = make_app(settings, orders=ORDERS.format(name="over", word="took"))

    async def visit(serve: Serve) -> None:
        await asyncio.to_thread(send, clients("sqs", aws), "over", 1)
        await noted.until(lambda all_of: len(all_of) > 0)

    with held(place_of(app, "aws")) as record:
        record.write("http://127.0.0.1:1/")
        served(app, visit, variables={"NOTED": str(noted.file)})


def test_the_queue_for_what_a_stream_gives_up_is_there_though_the_table_is_elsewhere(
    make_app: MakeApp, served: Served, aws: str, clients: Clients, children: Callable[[], int]
) -> None:
    app = make_app(
        take="""
        from tight import stream


        @stream("elsewhere", retries=0, dead_letter="elsewhere-dead")
        def take(new):
            pass
    """
    )
    clients("dynamodb", aws).create_table(
        TableName="elsewhere",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    async def visit(serve: Serve) -> list[str]:
        found: list[str] = clients("sqs", serve.embedded_aws).list_queues()["QueueUrls"]
        return found

    (url,) = served(app, visit, variables={"AWS_ENDPOINT_URL_DYNAMODB": aws})
    assert url.endswith("/elsewhere-dead")


def test_a_service_that_is_not_there_is_told_by_name(make_app: MakeApp, served: Served) -> None:
    app = make_app(orders=ORDERS.format(name="orders", word="took"))

    async def visit(serve: Serve) -> None:
        raise AssertionError("it was served")

    with pytest.raises(NoSource, match=r"queue orders was not found: Could not connect to .*http://127.0.0.1:1/"):
        served(app, visit, variables={"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1/"})
