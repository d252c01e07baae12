"""What the pages show of an invocation: plain text and numbers, made of the journal's entries. Pure functions.

Nothing here is HTML: the templates escape all of it.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tight_tasks.serve.invocation import Outcome, Usage
from tight_tasks.serve.journal import Entry

_BAR = 100.0
_THINNEST = 0.8
_LEVELS = {"DEBUG": "quiet", "WARNING": "odd", "WARN": "odd", "ERROR": "bad", "CRITICAL": "bad", "FATAL": "bad"}
# What is the same in every line of an invocation, or stands elsewhere on its page.
_OF_EVERY_LINE = {"timestamp", "level", "message", "logger", "requestId", "function", "coldStart"}


@dataclass(frozen=True)
class Row:
    """An invocation in the timeline. `init_bar` and `run_bar` are in hundredths of the longest one's time."""

    id: str
    function: str
    cause: str
    result: str
    tone: str
    started: str
    usage: Usage | None
    init_bar: float = 0
    run_bar: float = 0


@dataclass(frozen=True)
class Line:
    """One line of a log. `fields` are what it says beside its message; `blocks` those of them that have many lines."""

    text: str
    time: str = ""
    level: str = ""
    tone: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Failure:
    """Lambda's error JSON."""

    kind: str
    message: str
    trace: str


@dataclass(frozen=True)
class Answered:
    """An answer for a gateway, taken apart."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: str


def rows(entries: Iterable[Entry], limit: int = 100) -> list[Row]:
    """The newest entries, the newest first."""
    newest = [*entries][-limit:][::-1]
    longest = max((_spent_ms(entry.usage) for entry in newest if entry.usage), default=0) or 1
    return [_row(entry, longest) for entry in newest]


def row(entry: Entry) -> Row:
    return _row(entry, _spent_ms(entry.usage) or 1 if entry.usage else 1)


def _row(entry: Entry, longest: float) -> Row:
    return Row(
        entry.request_id,
        entry.function,
        entry.cause,
        entry.result or ("running" if entry.outcome is None else "ended"),
        tone_of(entry),
        clock(entry.started),
        entry.usage,
        _bar(entry.usage.init_ms, longest) if entry.usage else 0,
        _bar(entry.usage.duration_ms, longest) if entry.usage else 0,
    )


def tone_of(entry: Entry) -> str:
    """`wait`, `bad`, `odd` or `good`: the result in one word, for its colour."""
    if entry.outcome is None:
        return "wait"
    if entry.outcome.is_error or entry.result.startswith("5"):
        return "bad"
    return "odd" if entry.result.startswith("4") else "good"


def _spent_ms(usage: Usage) -> float:
    return usage.duration_ms + (usage.init_ms or 0)


def _bar(spent_ms: float | None, longest: float) -> float:
    return max(_THINNEST, round(spent_ms / longest * _BAR, 2)) if spent_ms else 0


def clock(moment: float) -> str:
    """The time of day here, in milliseconds."""
    return time.strftime("%H:%M:%S", time.localtime(moment)) + f".{int(moment % 1 * 1000):03d}"


def pretty(payload: bytes | str) -> str:
    """JSON on lines of its own; anything else as it is."""
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def lines(log: Iterable[str]) -> list[Line]:
    return [_line(text) for text in log]


def _line(text: str) -> Line:
    record = _object(text)
    if record is None or "message" not in record:
        # Lambda's runtime client writes the lines of one record with CR between them.
        return Line(text.replace("\r", "\n").rstrip(), tone="bad" if text.startswith("[ERROR]") else "")
    level = str(record.get("level", ""))
    others = [(name, _short(value)) for name, value in record.items() if name not in _OF_EVERY_LINE]
    return Line(
        _short(record["message"]),
        str(record.get("timestamp", ""))[11:23],
        level,
        _LEVELS.get(level, ""),
        tuple(field for field in others if "\n" not in field[1]),
        tuple(field for field in others if "\n" in field[1]),
    )


def _short(value: object) -> str:
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return trace_of(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def trace_of(frames: Sequence[object]) -> str:
    """The frames of a traceback as Python prints them."""
    return "\n".join(str(frame).rstrip("\n") for frame in frames)


def failure(outcome: Outcome) -> Failure | None:
    """None for an answer."""
    if not outcome.is_error:
        return None
    error = _object(outcome.payload) or {}
    trace = error.get("stackTrace")
    return Failure(
        outcome.error_type or "Unknown",
        str(error.get("errorMessage", "")) if error else outcome.payload.decode("utf-8", "replace"),
        trace_of(trace) if isinstance(trace, list) else "",
    )


def answered(outcome: Outcome) -> Answered | None:
    """None for what is no answer for a gateway."""
    answer = None if outcome.is_error else _object(outcome.payload)
    if answer is None or "statusCode" not in answer:
        return None
    single, repeated = answer.get("headers"), answer.get("multiValueHeaders")
    headers = [(str(name), str(value)) for name, value in single.items()] if isinstance(single, dict) else []
    for name, values in repeated.items() if isinstance(repeated, dict) else ():
        headers += [(str(name), str(value)) for value in (values if isinstance(values, list) else [values])]
    cookies = answer.get("cookies")
    headers += [("Set-Cookie", str(cookie)) for cookie in cookies] if isinstance(cookies, list) else []
    body = answer.get("body")
    return Answered(str(answer["statusCode"]), tuple(headers), pretty(body) if isinstance(body, str) else _shown(body))


def _shown(body: object) -> str:
    return "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)


def is_http(event: object) -> bool:
    """Whether an event comes from a gateway of HTTP."""
    if not isinstance(event, dict) or not isinstance(event.get("requestContext"), dict):
        return False
    return "httpMethod" in event or "http" in event["requestContext"]


def cause_of(event: Any) -> str:
    """What an event that was sent here is called: `GET /orders` of a gateway's, else nothing."""
    if not is_http(event):
        return ""
    parts = event["requestContext"].get("http")
    named = parts if isinstance(parts, dict) else {"method": event.get("httpMethod"), "path": event.get("path")}
    return f"{named.get('method')} {named.get('path') or event.get('rawPath')}"


def result_of(event: object, outcome: Outcome) -> str:
    """What an invocation came to: the status of an answer to a gateway, an error's type, else `ok`."""
    answer = answered(outcome) if is_http(event) else None
    return outcome.error_type or (answer.status if answer else "ok")


def _object(text: bytes | str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
