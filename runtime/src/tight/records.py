"""How a record becomes a line. Loaded by the first record, so a function that logs nothing does not pay for it.

The names in a JSON line are those of Lambda's own JSON log format, so that one query reads both.
"""

import logging
import os
import re
import time
from json import JSONEncoder
from math import isfinite
from traceback import format_exception, format_tb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tight.request import Invocation

# What a record of `logging` holds by itself, here or in a later Python, and what Lambda's handler adds to it.
_OWN = {
    *vars(logging.makeLogRecord({})),
    "message",
    "asctime",
    "taskName",
    "aws_request_id",
    "tenant_id",
    "_frame_type",
}
# What every line says by itself.
_KEYS = {
    "errorMessage",
    "errorType",
    "level",
    "location",
    "logger",
    "requestId",
    "stackTrace",
    "tenantId",
    "timestamp",
    "traceback",
}
_DEEPEST = 16  # levels of a field; below there is text
_LONGEST = 2000  # bits of a whole number; Python may refuse to write longer ones
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_COLORS = {"DEBUG": "36", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_attributes(fields: "Mapping[str, Any]") -> "dict[str, Any]":
    """`fields` under names that a record has left."""
    return {f"{name}_" if name in _OWN or name in _KEYS else name: value for name, value in fields.items()}


def stamp(record: logging.LogRecord, invocation: "Invocation | None") -> None:
    """Put on `record` what its invocation says; its own fields come first."""
    fields: dict[str, Any] = {"function": function_name(invocation)}
    if invocation is not None:
        # Lambda's own filter knows one id at a time, an invocation its own.
        record.aws_request_id = invocation.request_id or getattr(record, "aws_request_id", None)
        fields["coldStart"] = invocation.cold_start
        fields["correlationId"] = invocation.correlation_id
        fields.update(as_attributes(invocation.fields))
    for name, value in fields.items():
        vars(record).setdefault(name, value)


def function_name(invocation: "Invocation | None") -> "str | None":
    """The invocation's function; before the first one, what Lambda's handler string `app_index.<function>` says."""
    name = invocation.function if invocation is not None else ""
    return name or os.environ.get("_HANDLER", "").rpartition(".")[2] or None


def json_line(record: logging.LogRecord) -> str:
    """One JSON object without an end of line, whatever the record holds."""
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    line: dict[str, Any] = {
        "timestamp": f"{seconds}.{int(record.msecs):03d}Z",
        "level": record.levelname,
        "message": _message(record),
        "logger": record.name,
        "requestId": getattr(record, "aws_request_id", None) or None,
        "tenantId": getattr(record, "tenant_id", None),
        **as_attributes(dict(_fields(record))),
        "stack": record.stack_info,
    }
    error = _error(record)
    if error is not None:
        line["errorType"] = type(error).__name__
        line["errorMessage"] = text_of(error)
        line["stackTrace"] = format_tb(error.__traceback__)
        line["traceback"] = _whole_traceback(error)
        line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
    return sendable(_encode({name: value for name, value in line.items() if value is not None}))


def text_line(record: logging.LogRecord, *, color: bool) -> str:
    """For a terminal: time of day, level, message and fields in one line; a traceback stands below it."""
    clock = time.strftime("%H:%M:%S", time.localtime(record.created))
    level = f"{record.levelname:<8}"
    shown = {**dict(_fields(record)), "requestId": getattr(record, "aws_request_id", None)}
    fields = "".join(
        f"  {_printable(name)}={_shown(value)}" for name, value in shown.items() if value not in (None, "")
    )
    if color:
        level = f"\x1b[{_COLORS.get(record.levelname, '0')}m{level}\x1b[0m"
        fields = fields and f"\x1b[2m{fields}\x1b[0m"
    line = f"{clock}.{int(record.msecs):03d} {level} {_printable(_message(record))}{fields}"
    error = _error(record)
    below = "".join(format_exception(error)) if error is not None else record.stack_info or ""
    return sendable("\n".join([line, *map(_printable, below.splitlines())]))


def made_safe(record: logging.LogRecord) -> logging.LogRecord:
    """The record with nothing in it that Lambda's own formatter would raise over, or leave out."""
    is_object = isinstance(record.msg, dict) and not record.args
    record.msg, record.args = _plain(record.msg) if is_object else _message(record), ()
    error = _error(record)
    if error is None:
        record.exc_info = None
    else:
        vars(record).setdefault("traceback", _whole_traceback(error))
        try:
            str(error)
        except Exception:  # noqa: BLE001  # as in `text_of`
            record.exc_info = (type(error), Exception(text_of(error)), error.__traceback__)
    for name, value in _fields(record):
        vars(record)[name] = value
    return record


def sendable(text: str) -> str:
    """`text` with what UTF-8 can't encode replaced; Lambda's handler would raise over it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def text_of(value: object) -> str:
    """`value` as `str` shows it, or without its contents where that raises."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # a log line never fails what it tells of
        return object.__repr__(value)


def _fields(record: logging.LogRecord) -> "Iterator[tuple[str, Any]]":
    for name, value in list(vars(record).items()):
        if name not in _OWN and value is not None:
            yield name, _plain(value)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # arguments that don't fit the message, or can't be shown
        return f"{text_of(record.msg)} {text_of(record.args)}"


def _error(record: logging.LogRecord) -> "BaseException | None":
    # Outside of an except block, `logger.exception` gives three times None.
    return record.exc_info[1] if record.exc_info else None


def _whole_traceback(error: BaseException) -> "str | None":
    """As Python prints it, where the frames of `error` alone leave out its cause, or the errors of a group."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None if cause is None and not hasattr(error, "exceptions") else "".join(format_exception(error))


def _plain(value: object, above: "tuple[int, ...]" = ()) -> "Any":
    """`value` as JSON can hold it; anything else as text. `above` are the ids of what holds it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and value.bit_length() < _LONGEST:
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if id(value) in above:
        return "..."
    if isinstance(value, (dict, list, tuple, set, frozenset)) and len(above) < _DEEPEST:
        above = (*above, id(value))
        try:
            if isinstance(value, dict):
                return {text_of(key): _plain(inner, above) for key, inner in value.items()}
            return [_plain(inner, above) for inner in value]
        except Exception:  # noqa: BLE001, S110  # one that another thread changes meanwhile, or of a class of its own
            pass
    return text_of(value)


def _shown(value: "Any") -> str:
    if not isinstance(value, str):
        return _printable(_encode(value))
    return _printable(value) if value and " " not in value else _printable(_encode(value))


def _printable(text: str) -> str:
    """`text` in one line, and with nothing that a terminal obeys."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
