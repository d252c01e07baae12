"""What a cold start pays for: the modules that the runtime loads, in a process of their own."""

import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "boto3",
    "botocore",
    "dataclasses",
    "datetime",
    "email",
    "inspect",
    "pynamodb",
    "typing",
    "typing_extensions",
    "urllib",
    "urllib3",
}
# awslambdaric has loaded all of these before it imports a handler.
LOADED_BY_LAMBDA = (
    "import collections.abc, decimal, enum, functools, importlib, importlib.util, json, logging, math, os, re, sys, "
    "time, traceback"
)


HANDLER = """
import types, tight.app
from tight.dispatch import Resource
from tight.handlers import marks_of
module = types.ModuleType('handler')
exec('from tight import get, post\\n@get\\n@post\\ndef f(body, event): return {}', vars(module))
controller = Resource('f', module, marks_of(module), {})
"""
# What a function with verbs has loaded when Lambda asks it for its first event, and has loaded after that.
RUNTIME = {"tight", "tight.app", "tight.dispatch", "tight.handlers", "tight.request"}


def loaded(statement: str, before: str = "pass") -> set[str]:
    """The modules that `statement` adds, in a fresh isolated process that ran `before`."""
    code = f"import sys\n{before}\nbefore = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_naming_a_verb_loads_one_module_and_the_door() -> None:
    assert loaded("from tight import get", LOADED_BY_LAMBDA) == {"tight", "tight.handlers"}


def test_naming_a_verb_loads_nothing_heavy() -> None:
    packages = {name.partition(".")[0] for name in loaded("from tight import get")}

    assert packages & HEAVY == set()


def test_a_get_handler_loads_only_the_runtime() -> None:
    assert loaded(HANDLER, LOADED_BY_LAMBDA) == RUNTIME


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_first_request_loads_nothing_more(method: str) -> None:
    event = {"httpMethod": method, "path": "/", "headers": {"Content-Type": "application/json"}, "body": "{}"}
    statement = f"assert controller({event!r}, None)['statusCode'] == 200"

    assert loaded(statement, LOADED_BY_LAMBDA + HANDLER) == set()


SET_UP = f"{LOADED_BY_LAMBDA}\nfrom tight import log"


def test_a_function_that_logs_nothing_loads_no_formatting() -> None:
    assert loaded("log.set_up()", SET_UP) == set()


def test_the_first_record_loads_one_module() -> None:
    assert loaded("log.set_up(); log.exception('failed', ValueError(), field=1.5)", SET_UP) == {"tight.records"}


def test_a_metric_loads_three_modules() -> None:
    statement = "import os; os.environ['NAME'] = 'app'; from tight import metric; metric('orders', 1)"

    modules = {name for name in loaded(statement, SET_UP) if not name.startswith("{")}  # the metric's own line
    assert modules == {"tight.errors", "tight.metrics", "tight.records"}


def handler_of(decorator: str) -> str:
    """A function with a decorator of `tight`, as Lambda has it before its first event."""
    name = decorator.partition("(")[0]
    return f"""
import types, tight.app
from tight.controller import controller_of
from tight.handlers import marks_of
module = types.ModuleType('handler')
exec('from tight import {name}\\n@{decorator}\\ndef f(message, event): return message', vars(module))
controller = controller_of('f', module, marks_of(module), {{}})
"""


SHARED = {"tight", "tight.app", "tight.controller", "tight.exits", "tight.handlers", "tight.request", "tight.trigger"}
SHARED |= {"tight.events", "tight.events.batch", "tight.events.delivery"}
EVENTS = {
    'queue("orders")': {"tight.events.queue", "tight.events.messages", "tight.names"},
    'topic("orders")': {"tight.events.topic", "tight.events.messages", "tight.names"},
    'kinesis("clicks")': {"tight.events.kinesis", "tight.events.shards", "tight.names"},
    'stream("orders")': {"tight.events.stream", "tight.events.shards"},
    'bucket("uploads")': {"tight.events.bucket", "tight.events.objects"},
    'bus(pattern={"source": ["shop"]})': {"tight.events.bus"},
}


@pytest.mark.parametrize("decorator", EVENTS)
def test_a_trigger_loads_what_it_uses_and_no_other_trigger(decorator: str) -> None:
    assert loaded(handler_of(decorator), LOADED_BY_LAMBDA) == SHARED | EVENTS[decorator]


def test_the_first_message_of_a_queue_loads_nothing_more() -> None:
    record = {
        "messageId": "a",
        "body": '{"id": 7}',
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:r:1:orders",
        "attributes": {},
        "messageAttributes": {},
    }
    event = {"Records": [record]}
    statement = f"assert controller({event!r}, None) == {{'batchItemFailures': []}}"

    assert loaded(statement, LOADED_BY_LAMBDA + handler_of('queue("orders")')) == set()
