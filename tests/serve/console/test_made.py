"""Tests that are made of invocations: written, run, and failing once the handler answers something else."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import conftest
from tests.serve.served import Served, serving
from tight.testing import embedded
from tight_tasks.serve.console.made import Made, make_test

MODEL = """
from pynamodb.attributes import UnicodeAttribute
from tight.clients.dynamo import Model, TableMeta, TableName


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)
"""
ACCOUNTS = """
from tight import delete, get, post

from app.models.Account import Account


@post
def keep(body):
    Account(body["id"]).save(Account.id.does_not_exist())
    return 201, {"id": body["id"], "all": sorted(account.id for account in Account.scan())}


@get("/accounts/{account_id}")
def read(account_id):
    return Account.get(account_id).to_simple_dict()


@delete("/accounts/{account_id}")
def forget(account_id):
    Account.get(account_id).delete()
"""
FILES = """
import boto3
from tight import direct


@direct
def files(event):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=event["name"])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    if event.get("stream"):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        s3.put_object(Bucket="files", Key="a", Body=b"hello")
        s3.get_object(Bucket="files", Key="a")["Body"].read()
    return message["Body"]
"""


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Served]:
    """An app with a database, and its functions `accounts` and `files`."""
    with embedded.running() as aws:
        model = tmp_path / "app" / "models" / "Account.py"
        model.parent.mkdir(parents=True)
        (model.parent / "__init__.py").touch()
        model.write_text(MODEL, encoding="utf-8")
        variables = {"AWS_ENDPOINT_URL": aws.endpoint}
        with serving(tmp_path, {"accounts": ACCOUNTS, "files": FILES}, variables=variables) as found:
            command = [sys.executable, "-m", "tight.testing", "tables"]
            subprocess.run(
                command, cwd=tmp_path, env=found.serve.variables, check=True, capture_output=True, timeout=60
            )
            yield found


def made(served: Served) -> Made:
    """A test of what was invoked last."""
    return asyncio.run(make_test(served.serve.project, [*served.serve.journal][-1]))


def run_alone(served: Served, made: Made) -> "subprocess.CompletedProcess[str]":
    """The test's own run, in which nobody reaches a network."""
    (served.folder / "conftest.py").write_text(
        conftest.TestedApp.NO_NETWORK + 'pytest_plugins = ["tight.testing"]\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "pytest", made.path, "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=served.folder, capture_output=True, text=True, check=False, timeout=120)


def edit(served: Served, function: str, before: str, after: str) -> None:
    handler = served.folder / "app" / "functions" / function / "handler.py"
    text = handler.read_text(encoding="utf-8")
    assert before in text
    handler.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "after"),
    [("/orders", '"price": 4.3'), ("/orders/1", '"price": 4'), ("/orders/9?a=b", None), ("/orders/broken", None)],
)
def test_a_request_becomes_a_test_that_passes_until_the_answer_is_another(
    served: Served, path: str, after: str | None
) -> None:
    served.ask("GET", path)
    test = made(served)

    assert test == Made("tests/functions/integration/orders/test_orders_1.py", f"pytest {test.path}", 0, ())
    assert run_alone(served, test).returncode == 0
    if after:
        edit(served, "orders", '"price": 4.2', after)
    else:
        edit(
            served,
            "orders",
            "def read_order(order_id, headers):",
            "def read_order(order_id, headers):\n    return 418, None",
        )
        edit(served, "orders", "return 1 / 0", "return 2")
    done = run_alone(served, test)
    assert (done.returncode, "AssertionError" in done.stdout or "assert " in done.stdout) == (1, True), done.stdout


def test_what_a_direct_function_answered_or_raised_is_expected(served: Served) -> None:
    for event in ({"width": 3}, {}):
        served.run(served.serve.invoke("resize", event))
        assert made(served).problem == ""

    edit(served, "resize", "* 2", "* 3")
    edit(served, "resize", 'event["width"]', 'event.get("width", 0)')
    for number in (1, 2):
        test = Made(f"tests/functions/integration/resize/test_resize_{number}.py", "", 0, ())
        assert run_alone(served, test).returncode == 1


def test_no_file_is_ever_written_over(served: Served) -> None:
    folder = served.folder / "tests" / "functions" / "integration" / "orders"
    (folder / "placebos" / "test_orders_2").mkdir(parents=True)
    (folder / "test_orders_1.py").write_text("mine", encoding="utf-8")
    served.ask("GET", "/orders")

    assert [Path(made(served).path).name for _ in range(2)] == ["test_orders_3.py", "test_orders_4.py"]
    assert (folder / "test_orders_1.py").read_text(encoding="utf-8") == "mine"


def test_an_answer_that_is_another_each_time_is_told(served: Served) -> None:
    event = {
        "version": "2.0",
        "rawPath": "/orders",
        "headers": {"content-type": "application/json", "Authorization": "Bearer abc"},
        "requestContext": {"http": {"method": "POST", "path": "/orders"}},
        "body": '{"product": "tea"}',
    }
    served.run(served.serve.invoke("orders", event))

    test = made(served)
    assert "Differing items" in test.problem
    assert test.secrets == ("authorization",)
    assert (served.folder / test.path).is_file()


def test_calls_to_aws_are_played_back_as_they_were_answered(stored: Served) -> None:
    body = {"content-type": "application/json"}
    event = {
        "version": "2.0",
        "rawPath": "/accounts",
        "headers": body,
        "requestContext": {"http": {"method": "POST", "path": "/accounts"}},
        "body": json.dumps({"id": "ada"}),
    }
    stored.run(stored.serve.invoke("accounts", event))
    placed = made(stored)
    assert (placed.recorded, placed.problem) == (2, "")
    # The same once more would find it there, and a GET of it nothing once it is gone.
    assert stored.ask("GET", "/accounts/ada").text == '{"id":"ada"}'
    read = made(stored)
    assert stored.ask("DELETE", "/accounts/ada").status == 204
    gone = made(stored)

    for test, calls in ((placed, 2), (read, 1), (gone, 2)):
        assert (test.recorded, test.problem) == (calls, "")
        assert run_alone(stored, test).returncode == 0
    edit(stored, "accounts", "Account(body", "Account('b-' + body")
    edit(stored, "accounts", "Account.get(account_id).delete()", "Account.get(account_id)")
    edit(stored, "accounts", "to_simple_dict()", "attribute_values")
    assert "no recording answers dynamodb.PutItem" in run_alone(stored, placed).stdout
    assert "DeleteItem_1.json" in run_alone(stored, gone).stdout


def test_the_address_of_the_local_aws_is_in_no_file(stored: Served) -> None:
    stored.run(stored.serve.invoke("files", {"name": "mail"}))
    test = made(stored)

    assert (test.recorded, test.problem) == (3, "")
    endpoint = stored.serve.variables["AWS_ENDPOINT_URL"].removeprefix("http://")
    folder = (stored.folder / test.path).parent
    files = [*folder.rglob("*.json"), *folder.rglob("*.py")]
    assert not any(endpoint in file.read_text(encoding="utf-8") for file in files)
    assert run_alone(stored, test).returncode == 0


def test_what_was_not_kept_is_no_test_and_writes_nothing(stored: Served) -> None:
    stored.run(stored.serve.invoke("files", {"name": "streams", "stream": 1}))

    with pytest.raises(Exception, match="GET /files/a was not kept"):
        made(stored)
    assert not (stored.folder / "tests").exists()
