"""What the host does before its first event and after its last, and the folders that it serves."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import jsonschema
import pytest

from tight.errors import BadSource, NoHandler
from tight.handlers import marks_of
from tight.manifest import SCHEMA, _source

Load = Callable[..., Callable[[Any, object], Any]]

HOOKS = """
    from tight import get, started, static, stopping

    DONE = []
    static("/assets", "public")

    @started
    def connect():
        DONE.append("connect")

    @started
    async def warm(event):
        DONE.append(event["detail-type"])

    @stopping
    def fail():
        raise ConnectionError("down")

    @stopping
    def close(invocation):
        DONE.append(invocation.function)

    @get
    def read():
        return "read"
"""
STARTED = {"source": "tight.host", "detail-type": "started"}
STOPPING = {"source": "tight.host", "detail-type": "stopping"}


def test_all_hooks_are_called_in_their_order(load: Load) -> None:
    handler = load(HOOKS)

    assert handler(STARTED, None) is None
    assert import_module("app.functions.accounts.handler").DONE == ["connect", "started"]


def test_all_that_stop_are_called_and_the_first_error_surfaces(load: Load) -> None:
    handler = load(HOOKS)

    with pytest.raises(ConnectionError, match="down"):
        handler(STOPPING, None)
    assert import_module("app.functions.accounts.handler").DONE == ["accounts"]


def test_what_starts_ends_with_the_first_error(load: Load) -> None:
    handler = load("""
        from tight import started

        DONE = []

        @started
        def fail():
            raise ConnectionError("down")

        @started
        def warm():
            DONE.append("warm")
    """)
    with pytest.raises(ConnectionError, match="down"):
        handler(STARTED, None)
    assert import_module("app.functions.accounts.handler").DONE == []


def test_other_events_are_for_the_other_triggers(load: Load) -> None:
    assert load(HOOKS)({"httpMethod": "GET", "path": "/"}, None)["body"] == "read"


def test_hooks_and_folders_stand_in_the_manifest(load: Load) -> None:
    load(HOOKS)
    marks = [mark for mark in marks_of(import_module("app.functions.accounts.handler")) if mark.trigger != "http"]
    sources = [_source(mark) for mark in marks]

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for source in sources:
        jsonschema.validate(source, {**schema["$defs"]["source"], "$defs": schema["$defs"]})
    assert [(source["kind"], source["function"]) for source in sources] == [
        ("static", "static"),
        ("started", "connect"),
        ("started", "warm"),
        ("stopping", "fail"),
        ("stopping", "close"),
    ]
    assert (sources[0]["path"], sources[0]["folder"]) == ("/assets", "public")


@pytest.mark.parametrize(
    ("path", "folder", "problem"),
    [
        ("assets", "public", "write a path that begins with / and has something behind it"),
        ("/", "public", "write a path that begins with /"),
        ("/assets", "", "write a folder of the app"),
        ("/assets", "/etc", "write a folder of the app"),
        ("/assets", "public/../../etc", "write a folder of the app"),
        ("/assets", "..\\\\etc", "write a folder of the app"),
    ],
)
def test_a_folder_outside_of_the_app_is_refused(load: Load, path: str, folder: str, problem: str) -> None:
    source = f"from tight import get, static\nstatic('{path}', '{folder}')\n@get\ndef read():\n    return 1\n"
    with pytest.raises(BadSource, match=r"^static\(.*\), at .*handler.py:2, can't be made: " + problem):
        load(source)


def test_a_folder_alone_is_no_function(load: Load) -> None:
    with pytest.raises(NoHandler, match=r"app\.functions\.accounts\.handler marks no function"):
        load("from tight import static\nstatic('/assets', 'public')\n")({}, None)
