"""State that leaks from one request into the next."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MakeApp = Callable[..., Path]

CLEAN = """
import time

from tight import get


@get("/clean/{name}")
def clean(name):
    return {"name": name, "now": time.time()}
"""
LEAKY = """
from tight import get, post

seen = []


@get("/leaky")
def read():
    return {"seen": list(seen)}


@post("/leaky")
def add(body):
    seen.append(body["name"])
    return {"count": len(seen)}
"""
# What a handler needs of docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
POST = {
    "version": "2.0",
    "rawPath": "/leaky",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST"}},
    "body": '{"name": "Ada"}',
    "isBase64Encoded": False,
}


def leaks(app: Path) -> "subprocess.CompletedProcess[str]":
    (app / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    command = [sys.executable, "-m", "invoke", "leaks"]
    return subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=120)


def test_a_clean_app_has_none(make_app: MakeApp) -> None:
    done = leaks(make_app(clean=CLEAN))

    assert (done.returncode, done.stdout) == (0, "No answer of 1 example events depends on what ran before.\n")


def test_a_planted_leak_is_found_at_its_place(make_app: MakeApp) -> None:
    app = make_app(clean=CLEAN, leaky=LEAKY)
    (app / "tests" / "events").mkdir(parents=True)
    (app / "tests" / "events" / "add.json").write_text(json.dumps(POST))
    done = leaks(app)

    assert done.returncode == 1
    assert sorted(done.stdout.splitlines()) == [
        "leaky, GET /leaky: body.seen is [] cold and null warm",
        'leaky, GET /leaky: body.seen[0] is null cold and "Ada" warm',
        'leaky, GET /leaky: body.seen[1] is null cold and "Ada" warm',
        "leaky, tests/events/add.json: body.count is 1 cold and 2 warm",
    ]


@pytest.mark.parametrize("event", [{"requestContext": "x"}, {"requestContext": {"http": "GET"}}, [1]])
def test_an_event_of_another_shape_meets_no_route(make_app: MakeApp, event: object) -> None:
    app = make_app(clean=CLEAN)
    (app / "tests" / "events").mkdir(parents=True)
    (app / "tests" / "events" / "other.json").write_text(json.dumps(event), encoding="utf-8")
    done = leaks(app)

    assert (done.returncode, done.stdout) == (0, "No answer of 1 example events depends on what ran before.\n")


@pytest.mark.parametrize("text", ["no json", ""])
def test_an_event_that_can_not_be_read_is_named(make_app: MakeApp, text: str) -> None:
    app = make_app(clean=CLEAN)
    (app / "tests" / "events").mkdir(parents=True)
    (app / "tests" / "events" / "bad.json").write_text(text)
    done = leaks(app)

    assert done.returncode == 2
    assert f"{app / 'tests' / 'events' / 'bad.json'} is no event in JSON: " in done.stderr
