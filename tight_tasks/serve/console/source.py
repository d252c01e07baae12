"""The source of a test that asks a function what it was asked, and expects what it answered. Pure functions."""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from tight_tasks.serve.console.literal import literal
from tight_tasks.serve.console.views import answered, is_http
from tight_tasks.serve.gateways.parts import status_of
from tight_tasks.serve.gateways.wire import Unfit
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.journal import Entry

# What is another each time, or says only what the body says already.
_VARYING = re.compile(
    r"date|expires|last-modified|etag|content-length|set-cookie|age|server-timing|x-.*(id|trace|time).*"
)
_UNSAFE = re.compile(r"[^ !#-\[\]-~]")


class NotTestable(Exception):
    """An invocation that no test can repeat; the text says why."""


def source_of(entry: Entry, name: str, *, records: bool) -> str:
    """The test `name` of an invocation that has ended. `records` says that it made calls to AWS, to be played back.

    Raises `NotTestable`.
    """
    if entry.outcome is None:
        raise NotTestable("It has not ended yet: a test needs its answer.")
    event = json.loads(entry.payload)
    checks = [*_failure(entry)] if entry.outcome.is_error else [*_checks(entry.function, event, entry.outcome)]
    body = "\n".join(f"    {line}" if line else "" for check in checks for line in check.split("\n"))
    arguments = "app: App, recording: Recorder" if records else "app: App"
    uses = {"import json": "json.dumps(", "from base64 import b64decode": "b64decode("}
    imports = [line for line, used in uses.items() if used in body]
    kit = ", ".join(each for each in ("Answer", "App", "Recorder") if re.search(rf"\b{each}\b", body + arguments))
    blocks = [
        f'"""{_said(entry)}"""',
        *(["\n".join(imports)] if imports else []),
        *(["import pytest"] if "pytest." in body else []),
        f"from tight.testing import {kit}",
        f"EVENT = {literal(event, before=len('EVENT = '))}\n",
        f"def {name}({arguments}) -> None:\n{body}\n",
    ]
    return "\n\n".join(blocks)


def _said(entry: Entry) -> str:
    """Its first line. What a stranger sent stands in it, and must not end it."""
    cause = _UNSAFE.sub("?", entry.cause)[:80]
    day = time.strftime("%Y-%m-%d", time.localtime(entry.started))
    return f"{cause}, as {entry.function} answered it on {day}; made in the console, to be edited."


def _checks(function: str, event: object, outcome: Outcome) -> Iterator[str]:
    try:
        value = json.loads(outcome.payload)
    except ValueError:
        raise NotTestable("Its answer is no JSON.") from None
    infers = isinstance(event, dict) and event.get("version") == "2.0" and is_http(event)
    parts = answered(outcome)
    if not is_http(event) or (parts is None and not infers):
        yield _equal(f"app.{function}.invoke(EVENT)", value)
        return
    status = 200 if parts is None else _status(value)
    yield f"answer = Answer(app.{function}.invoke(EVENT){', infers=True' if infers else ''})"
    yield ""
    yield f"assert answer.status == {status}"
    if parts is None:  # the body of an answer 200
        yield _equal("answer.text", value) if isinstance(value, str) else _equal("answer.json", value)
        return
    for name, text in _steady(parts.headers):
        yield f"assert answer.headers[{literal(name)}] == {literal(text)}"
    yield _body(value)


def _status(answer: Mapping[str, Any]) -> int:
    try:
        return status_of(answer)
    except Unfit as error:
        raise NotTestable(f"No gateway sends its answer on: {error}.") from None


def _steady(headers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """The headers that are the same each time; of one that comes twice, none."""
    names = [name.lower() for name, _ in headers]
    for name, text in headers:
        if names.count(name.lower()) == 1 and not _VARYING.fullmatch(name.lower()):
            yield name.lower(), text


def _body(answer: dict[str, Any]) -> str:
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        return f"assert answer.content == b64decode({literal(body)})"
    try:
        value = json.loads(body)
    except ValueError:
        return _equal("answer.text", body)
    return _equal("answer.json", value) if isinstance(value, (dict, list)) else _equal("answer.text", body)


def _equal(asked: str, value: object) -> str:
    if not _is_finite(value):  # NaN equals nothing, itself included
        return f"assert json.dumps({asked}) == {literal(json.dumps(value))}"
    if value is None or isinstance(value, bool):
        return f"assert {asked} is {value}"
    start = f"assert {asked} == "
    return start + literal(value, before=len(start) + 4)


def _is_finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_finite(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_finite(each) for each in value)
    return not isinstance(value, float) or math.isfinite(value)


def _failure(entry: Entry) -> Iterator[str]:
    assert entry.outcome is not None  # it has ended
    kind = entry.outcome.error_type or ""
    if entry.outcome.ended or not kind.isidentifier():
        raise NotTestable(f"It ended with {kind}, which the platform reports and no test can repeat.")
    yield "with pytest.raises(Exception) as raised:"
    yield f"    app.{entry.function}.invoke(EVENT)"
    yield ""
    yield f"assert type(raised.value).__name__ == {literal(kind)}"
    yield f"assert str(raised.value) == {literal(str(json.loads(entry.outcome.payload).get('errorMessage', '')))}"
