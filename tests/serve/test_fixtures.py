"""The fixture `served_app`, in the tests of an app."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MakeApp = Callable[..., Path]

HELLO = """
from tight import direct, get


@get("/hello")
def hello():
    return {"hello": "world"}


@direct
def add(event):
    if "a" not in event:
        raise ValueError("there is no a")
    return event["a"] + 1
"""
TEST = """
import urllib.request

import pytest

from tight_tasks.serve.errors import FunctionFailed


def test_http(served_app):
    with urllib.request.urlopen(f"{served_app.url}/hello") as reply:
        assert reply.read() == b'{"hello":"world"}'


def test_invoke(served_app):
    assert served_app.invoke("hello", {"a": 1}) == 2
    with pytest.raises(FunctionFailed, match="hello failed: ValueError: there is no a"):
        served_app.invoke("hello", {})
"""


def test_an_apps_tests_use_the_served_app(make_app: MakeApp) -> None:
    app = make_app(hello=HELLO)
    (app / "conftest.py").write_text('pytest_plugins = ["tight.testing", "tight_tasks.serve.fixtures"]\n')
    (app / "pytest.ini").write_text("[pytest]\n")
    (app / "test_served.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=120)

    assert "2 passed" in done.stdout, done.stdout + done.stderr
