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
