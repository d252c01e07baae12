"""What an app declares, as `python -m tight.manifest` prints it in a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tight import manifest

Write = Callable[[dict[str, str]], None]
Print = Callable[..., "subprocess.CompletedProcess[str]"]
Describe = Callable[[dict[str, str]], Any]

SCHEMA = json.loads(Path(manifest.__file__).with_name("manifest.schema.json").read_text(encoding="utf-8"))
INDEX = """
    from tight.app import controllers as _controllers

    __getattr__ = _controllers("app.functions")
"""
READ = "from tight import get\n\n@get\ndef read():\n    return 'read'\n"
TWINS = "from tight import get\n@get('/a/{x}')\ndef one(x):\n    return 1\n@get('/a/{y}')\ndef two(y):\n    return 2\n"
# Started before everything else: whoever opens a connection that isn't on this machine, or none at all, is stopped.
NO_NETWORK = """
import socket

def refuse(*_):
    raise AssertionError("a manifest reaches no network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


@pytest.fixture
def print_manifest(write_app: Write, tmp_path: Path) -> Print:
    """Runs `python -m tight.manifest` in an app of these files."""

    def run(files: dict[str, str], *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        write_app({"sitecustomize.py": NO_NETWORK, **files})
        command = [sys.executable, "-W", "error", "-m", "tight.manifest", *arguments]
        environment = {"PYTHONPATH": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", **environment}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.fixture
def describe(print_manifest: Print) -> Describe:
    """The manifest of an app of these files, which keeps to its schema."""

    def run(files: dict[str, str]) -> Any:
        done = print_manifest({"app_index.py": INDEX, **files}, NAME="svc", STAGE="dev")
        assert (done.returncode, done.stderr) == (0, "")
        described = json.loads(done.stdout)
        jsonschema.validate(described, SCHEMA)
        return described

    return run


def test_the_schema_is_one_and_is_printed(print_manifest: Print) -> None:
    done = print_manifest({}, "--schema")

    assert json.loads(done.stdout) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_functions_are_described_with_their_routes(describe: Describe, tmp_path: Path) -> None:
    accounts = '''
        """Accounts of customers.

        And more that is not shown.
        """
        from tight import delete, get, post

        @get
        @post("/accounts")
        def handle():
            return 1

        @delete("/accounts/{account_id:int}/notes/{rest+}")
        def drop(account_id, rest):
            return 2
    '''
    (function,) = describe({"app/functions/accounts/handler.py": accounts})["functions"]

    file, places = (
        str(tmp_path / "app/functions/accounts/handler.py"),
        [route.pop("place") for route in function["routes"]],
    )
    # Up to Python 3.10 a decorator stands where its function does.
    assert [re.fullmatch(rf"{re.escape(file)}:(\d+)", place) is not None for place in places] == [True] * 4
    assert function == {
        "name": "accounts",
        "handler": "app_index.accounts",
        "module": "app.functions.accounts.handler",
        "description": "Accounts of customers.",
        "triggers": ["http"],
        "routes": [
            {"method": "POST", "path": "/accounts", "function": "handle"},
            {"method": "GET", "path": "/accounts", "function": "handle"},
            {"method": "GET", "path": "/accounts/{path+}", "function": "handle"},
            {
                "method": "DELETE",
                "path": "/accounts/{account_id:int}/notes/{rest+}",
                "function": "drop",
            },
        ],
        "authorizer": None,
        "sources": [],
    }


def test_triggers_and_authorizers_are_described(describe: Describe) -> None:
    described = describe(
        {
            "app/functions/raw/handler.py": "def handler(event, context):\n    return 1\n",
            "app/functions/login/handler.py": """
                from tight import authorizer

                @authorizer(policy=True)
                def check(token):
                    return False
            """,
            "app/functions/admin/jobs/handler.py": """
                from tight import authorizer, direct, error, get, wrap_all

                wrap_all(lambda request, proceed: proceed(request))

                @direct
                @get
                def work():
                    return 1

                @authorizer
                def check(token):
                    return False

                @error(404)
                def missing():
                    return "nothing here"
            """,
        }
    )
    assert [(each["name"], each["triggers"], each["authorizer"]) for each in described["functions"]] == [
        ("admin_jobs", ["authorizer", "direct", "http"], {"policy": False}),
        ("login", ["authorizer"], {"policy": True}),
        ("raw", [], None),
    ]
    assert [route["path"] for route in described["functions"][0]["routes"]] == ["/admin_jobs", "/admin_jobs/{path+}"]


def test_models_are_described(describe: Describe) -> None:
    model = """
        from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
        from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
        from tight.clients.dynamo import Model, TableMeta, TableName

        class ByOwner(GlobalSecondaryIndex):
            class Meta:
                projection = AllProjection()

            owner = UnicodeAttribute(hash_key=True)

        class Account(Model):
            class Meta(TableMeta):
                table_name = TableName("accounts")
                stream_view_type = "NEW_AND_OLD_IMAGES"

            id = UnicodeAttribute(hash_key=True)
            at = NumberAttribute(range_key=True)
            owner = UnicodeAttribute()
            gone_at = TTLAttribute()
            by_owner = ByOwner()
    """
    (described,) = describe({"app/models/account.py": model, "app/functions/accounts/handler.py": READ})["models"]

    assert {name: described[name] for name in ("table", "billing", "read", "ttl", "stream")} == {
        "table": "svc-dev-accounts",
        "billing": "PAY_PER_REQUEST",
        "read": None,
        "ttl": "gone_at",
        "stream": "NEW_AND_OLD_IMAGES",
    }
    assert [key["name"] for key in described["keys"]] == ["id", "at"]
    assert [(index["name"], index["projection"]) for index in described["indexes"]] == [("by_owner", "ALL")]


def test_an_app_without_models_needs_no_pynamodb(describe: Describe) -> None:
    described = describe({"app/functions/accounts/handler.py": READ, "pynamodb.py": "raise AssertionError('loaded')"})

    assert described["models"] == []


def test_what_the_app_prints_is_no_part_of_the_manifest(print_manifest: Print) -> None:
    done = print_manifest({"app_index.py": INDEX, "app/functions/accounts/handler.py": "print('loading')\n" + READ})

    assert json.loads(done.stdout)["functions"][0]["name"] == "accounts"
    assert done.stderr == "loading\n"


def test_another_module_may_be_named(print_manifest: Print) -> None:
    done = print_manifest({"entry.py": INDEX, "app/functions/accounts/handler.py": READ}, "entry")

    assert json.loads(done.stdout)["functions"][0]["handler"] == "entry.accounts"


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (
            {"app/functions/admin/users/handler.py": READ, "app/functions/admin_users/handler.py": READ},
            ["two functions are named admin_users", "app.functions.admin.users.handler",
             "app.functions.admin_users.handler"],
        ),
        (
            {"app/functions/accounts/handler.py": READ + "\n@get\ndef again():\n    return 2\n"},
            ["GET without a path is marked twice, at", "handler.py:", " and at"],
        ),
        (
            {"app/functions/accounts/handler.py": TWINS},
            ["GET /a/{y} is marked twice, at", "handler.py:", " and at"],
        ),
        ({"app/functions/my-orders/handler.py": READ}, ["'my-orders'", "app/functions/my-orders/handler.py"]),
        ({"app/functions/accounts/handler.py": "x = 1\n"}, ["app.functions.accounts.handler marks no function"]),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_an_error_without_a_traceback(
    print_manifest: Print, files: dict[str, str], complaint: list[str]
) -> None:
    done = print_manifest({"app_index.py": INDEX, **files})

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert [part for part in complaint if part not in done.stderr] == []


@pytest.mark.parametrize(
    ("files", "arguments", "complaint"),
    [
        ({}, (), "there is no module app_index here: run this in the folder of the app"),
        ({}, ("entry",), "there is no module entry here"),
        ({"app_index.py": ""}, (), "app_index gives no functions: it needs __getattr__ = controllers"),
        ({"app_index.py": INDEX}, ("--help",), "python -m tight.manifest [MODULE | --schema]"),
        ({"app_index.py": INDEX}, ("app_index", "more"), "python -m tight.manifest [MODULE | --schema]"),
    ],
)
def test_where_there_is_no_app_it_says_what_to_do(
    print_manifest: Print, files: dict[str, str], arguments: tuple[str, ...], complaint: str
) -> None:
    done = print_manifest(files, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(complaint)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--schema",)])
def test_who_reads_no_further_ends_it_quietly(write_app: Write, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write_app({"app_index.py": INDEX, "app/functions/accounts/handler.py": READ})
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "tight.manifest", *arguments]
    environment = {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


def test_an_error_of_the_apps_own_code_shows_where_it_happened(print_manifest: Print) -> None:
    done = print_manifest({"app_index.py": INDEX, "app/functions/accounts/handler.py": "import no_such_package\n"})

    assert (done.returncode, done.stdout) == (1, "")
    assert "app/functions/accounts/handler.py" in done.stderr
    assert done.stderr.rstrip().endswith("No module named 'no_such_package'")


def test_without_an_environment_tables_have_places_for_it(print_manifest: Print) -> None:
    model = """
        from pynamodb.attributes import UnicodeAttribute
        from tight.clients.dynamo import Model, TableMeta, TableName

        class Account(Model):
            class Meta(TableMeta):
                table_name = TableName("accounts")

            id = UnicodeAttribute(hash_key=True)
    """
    files = {"app/functions/accounts/handler.py": READ, "app/models/__init__.py": "", "app/models/Account.py": model}
    done = print_manifest({"app_index.py": INDEX, **files})

    assert json.loads(done.stdout)["models"][0]["table"] == "NAME-STAGE-accounts"


def test_what_feeds_a_function_is_described(describe: Describe) -> None:
    model = """
        from pynamodb.attributes import UnicodeAttribute
        from tight.clients.dynamo import Model, TableMeta, TableName

        class Account(Model):
            class Meta(TableMeta):
                table_name = TableName("accounts")

            id = UnicodeAttribute(hash_key=True)
    """
    handler = """
        from app.models.account import Account
        from tight import bucket, bus, kinesis, queue, stream, topic

        @queue("orders", batch=100, window=5, dead_letter="orders-dead", filter={"body": {"kind": ["new"]}})
        @queue("returns", fifo=True)
        @topic("order-created", queue="invoices")
        @kinesis("clicks")
        @stream(Account, on=["INSERT"], retries=3, max_age=3600, bisect=True, dead_letter="accounts-dead")
        @bucket("uploads", on="s3:ObjectCreated:*", suffix=".jpg")
        @bus(pattern={"source": ["shop"]})
        def take(message):
            return None
    """
    (function,) = describe({"app/models/account.py": model, "app/functions/orders/handler.py": handler})["functions"]
    sources = {(each["kind"], each.get("queue")): each for each in function["sources"]}

    assert function["triggers"] == ["bucket", "bus", "kinesis", "queue", "stream", "topic"]
    assert {(each.pop("function"), each.pop("place").rpartition("/")[2][:11]) for each in function["sources"]} == {
        ("take", "handler.py:")
    }
    assert sources == {
        ("queue", "orders"): {
            "kind": "queue",
            "queue": "orders",
            "batch": 100,
            "window": 5,
            "visibility": None,
            "max_receives": 5,
            "dead_letter": "orders-dead",
            "fifo": False,
            "filter": {"body": {"kind": ["new"]}},
            "concurrency": None,
        },
        ("queue", "returns"): {
            "kind": "queue",
            "queue": "returns",
            "batch": 10,
            "window": 0,
            "visibility": None,
            "max_receives": 5,
            "dead_letter": None,
            "fifo": True,
            "filter": None,
            "concurrency": None,
        },
        ("topic", "invoices"): {
            "kind": "topic",
            "topic": "order-created",
            "filter": None,
            "filter_scope": "MessageAttributes",
            "queue": "invoices",
            "competing": True,
            "raw": False,
        },
        ("kinesis", None): {
            "kind": "kinesis",
            "stream": "clicks",
            "batch": 100,
            "window": 0,
            "retries": None,
            "max_age": None,
            "bisect": False,
            "dead_letter": None,
        },
        ("stream", None): {
            "kind": "stream",
            "model": "Account",
            "table": "svc-dev-accounts",
            "on": ["INSERT"],
            "batch": 100,
            "window": 0,
            "retries": 3,
            "max_age": 3600,
            "bisect": True,
            "dead_letter": "accounts-dead",
        },
        ("bucket", None): {
            "kind": "bucket",
            "bucket": "uploads",
            "on": ["ObjectCreated:*"],
            "prefix": "",
            "suffix": ".jpg",
        },
        ("bus", None): {"kind": "bus", "bus": "default", "pattern": {"source": ["shop"]}},
    }
