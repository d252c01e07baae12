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


def loaded(statement: str, before: str = "pass") -> set[str]:
    """The modules that `statement` adds, in a fresh isolated process that ran `before`."""
    code = f"import sys\n{before}\nbefore = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_naming_a_verb_loads_two_modules_of_tight() -> None:
    assert loaded("from tight import get", LOADED_BY_LAMBDA) == {"tight", "tight.http", "tight.marks"}


def test_naming_a_verb_loads_nothing_heavy() -> None:
    packages = {name.partition(".")[0] for name in loaded("from tight import get")}

    assert packages & HEAVY == set()


def test_a_get_handler_loads_only_the_runtime() -> None:
    assert loaded("import tight.app, tight.controller", LOADED_BY_LAMBDA) == {
        "tight",
        "tight.app",
        "tight.controller",
        "tight.errors",
        "tight.gateways",
        "tight.http",
        "tight.log",
        "tight.marks",
        "tight.request",
        "tight.response",
        "tight.router",
        "tight.signature",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answered_request_has_loaded_nothing_more(method: str) -> None:
    handler = (
        "import types, tight.app, tight.controller\n"
        "module = types.ModuleType('handler')\n"
        "exec('from tight import get, post\\n@get\\n@post\\ndef f(body, query, headers): return {}', vars(module))\n"
        "controller = tight.controller.Controller('f', module)"
    )
    event = {"httpMethod": method, "path": "/", "headers": {"Content-Type": "application/json"}, "body": "{}"}

    assert loaded(f"assert controller({event!r}, None)['statusCode'] == 200", f"{LOADED_BY_LAMBDA}\n{handler}") == set()
