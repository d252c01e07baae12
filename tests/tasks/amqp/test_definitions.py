"""What a broker is told of the app's @amqp handlers."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.rabbitmq import running_broker
from tight_tasks.amqp.definitions import definitions
from tight_tasks.errors import CanNotDefine
from tight_tasks.manifest import Function, Source

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]

INDEX = 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n'
ORDERS = """\
from tight import amqp, get


@amqp("orders", routing_key="order.*", exchange="shop", dead_letter="orders-dead")
@amqp("orders", routing_key="return.#", exchange="shop", dead_letter="orders-dead")
def take(message):
    pass


@amqp(routing_key="note.*")
def note(message):
    pass


@amqp("news", competing=False, exchange="announcements")
def tell(message):
    pass


@amqp("direct", exchange="")
def direct(message):
    pass


@get
def read():
    return "read"
"""
EXPECTED = {
    "vhosts": [{"name": "/"}],
    "exchanges": [
        {"vhost": "/", "name": name, "type": kind, "durable": True, "auto_delete": False, "internal": False}
        | {"arguments": {}}
        for name, kind in (("announcements", "topic"), ("orders-dead", "fanout"), ("shop", "topic"))
    ],
    "queues": [
        {"vhost": "/", "name": name, "durable": True, "auto_delete": False}
        | {"arguments": {"x-queue-type": "quorum", **({"x-dead-letter-exchange": dead} if dead else {})}}
        for name, dead in (("direct", ""), ("orders", "orders-dead"), ("orders-dead", ""), ("shopping.note", ""))
    ],
    "bindings": [
        {"vhost": "/", "source": source, "destination": queue, "destination_type": "queue"}
        | {"routing_key": routing_key, "arguments": {}}
        for source, queue, routing_key in (
            ("amq.topic", "shopping.note", "note.*"),
            ("orders-dead", "orders-dead", "#"),
            ("shop", "orders", "order.*"),
            ("shop", "orders", "return.#"),
        )
    ],
}


@pytest.fixture
def shop(app: Path) -> Path:
    (app / "app_index.py").write_text(INDEX, encoding="utf-8")
    (app / "env.dist.yml").write_text("STAGE: dev\n", encoding="utf-8")
    folder = app / "app" / "functions" / "shopping"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(ORDERS, encoding="utf-8")
    return app


def test_the_task_prints_exchanges_queues_and_bindings(shop: Path, invoke: Invoke) -> None:
    done = invoke("amqp.definitions")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == EXPECTED


def test_the_task_writes_a_file_for_another_virtual_host(shop: Path, invoke: Invoke) -> None:
    done = invoke("amqp.definitions", "--virtual-host", "shop", "--output", "definitions.json")

    assert (done.returncode, done.stdout) == (0, "  definitions.json   queues 4 · exchanges 3\n")
    written = json.loads((shop / "definitions.json").read_text(encoding="utf-8"))
    assert {entry["vhost"] for part in list(written)[1:] for entry in written[part]} == {"shop"}
    assert written["vhosts"] == [{"name": "shop"}]


def test_a_queue_may_be_named_by_a_variable_of_tight_yml(shop: Path, invoke: Invoke) -> None:
    with (shop / "tight.yml").open("a", encoding="utf-8") as file:
        file.write("defaults: {env: {QUEUE: returns}}\n")
    source = "import os\nfrom tight import amqp\n\n\n@amqp(os.environ['QUEUE'])\ndef take(message):\n    pass\n"
    (shop / "app" / "functions" / "shopping" / "handler.py").write_text(source, encoding="utf-8")
    done = invoke("amqp.definitions")

    assert (done.returncode, done.stderr) == (0, "")
    assert [queue["name"] for queue in json.loads(done.stdout)["queues"]] == ["returns"]


def test_the_queues_have_the_prefix_that_those_of_serve_have(shop: Path, invoke: Invoke) -> None:
    (shop / "env.dist.yml").write_text("STAGE: dev\nTIGHT_PREFIX: test-\n", encoding="utf-8")

    found = json.loads(invoke("amqp.definitions").stdout)

    assert [queue["name"] for queue in found["queues"]] == [
        "test-direct",
        "test-orders",
        "test-orders-dead",
        "test-shopping.note",
    ]
    assert [exchange["name"] for exchange in found["exchanges"]] == ["announcements", "shop", "test-orders-dead"]
    dead = {queue["arguments"].get("x-dead-letter-exchange") for queue in found["queues"]}
    assert dead == {None, "test-orders-dead"}


def test_a_file_that_can_not_be_written_is_a_refusal(shop: Path, invoke: Invoke) -> None:
    done = invoke("amqp.definitions", "--output", "nowhere/definitions.json")

    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere/definitions.json" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_app_without_such_handlers_needs_nothing() -> None:
    assert definitions([]) == {"vhosts": [{"name": "/"}], "exchanges": [], "queues": [], "bindings": []}


def test_one_name_for_two_exchanges_is_refused() -> None:
    function = declared({"exchange": "shop"}, {"queue": "others", "dead_letter": "shop"})

    with pytest.raises(CanNotDefine, match=r"^shop, at handler\.py:2, would be an exchange of dead letters and"):
        definitions([function])


def declared(*sources: dict[str, Any]) -> Function:
    defaults = {"queue": "orders", "routing_key": "#", "exchange": "amq.topic", "competing": True, "dead_letter": None}
    return Function(
        name="shopping",
        handler="app_index.shopping",
        module="app.functions.shopping.handler",
        description="",
        triggers=("amqp",),
        routes=(),
        sources=tuple(
            Source.model_validate(
                {**defaults, **given, "kind": "amqp", "function": "take", "place": f"handler.py:{line}"}
            )
            for line, given in enumerate(sources, 1)
        ),
    )


def test_a_broker_takes_them_and_has_what_they_say(shop: Path, invoke: Invoke, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("broker")
    (folder / "definitions.json").write_text(invoke("amqp.definitions").stdout, encoding="utf-8")
    (folder / "rabbitmq.conf").write_text(f"load_definitions = {folder / 'definitions.json'}\n", encoding="utf-8")
    try:
        with running_broker(folder) as broker:
            control = next(Path("/").glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmqctl"), None)
            if control is None:
                pytest.skip("rabbitmqctl is not where Debian's rabbitmq-server has it: apt-get install rabbitmq-server")

            def listed(*words: str) -> list[dict[str, Any]]:
                environment = {
                    "HOME": str(folder),
                    "PATH": os.environ["PATH"],
                    "LANG": "C.UTF-8",
                    "ERL_EPMD_PORT": str(broker.node.names_port),
                    "RABBITMQ_NODENAME": "tight@localhost",
                }
                command = [str(control), "--quiet", "--formatter", "json", *words]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
                found: list[dict[str, Any]] = json.loads(done.stdout)
                return found

            queues = listed("list_queues", "name", "durable", "type", "arguments")
            bindings = listed("list_bindings", "source_name", "destination_name", "routing_key")
    except LookupError as error:
        pytest.skip(str(error))

    assert sorted((queue["name"], queue["durable"], queue["type"]) for queue in queues) == [
        (name, True, "quorum") for name in ("direct", "orders", "orders-dead", "shopping.note")
    ]
    dead = {queue["name"] for queue in queues if "orders-dead" in str(queue["arguments"])}
    assert dead == {"orders"}
    named = {(each["source_name"], each["destination_name"], each["routing_key"]) for each in bindings}
    assert {each for each in named if each[0]} == {
        ("amq.topic", "shopping.note", "note.*"),
        ("orders-dead", "orders-dead", "#"),
        ("shop", "orders", "order.*"),
        ("shop", "orders", "return.#"),
    }
