"""The log: one line for each record, JSON in Lambda and coloured text in a terminal.

    from tight import log

    log.bind(order_id=order_id)       with every record from here to the end of the invocation
    log.info("charged", amount=12)    a field of this record alone

A record's logger is named after the module that logs. Records of other libraries' `logging` get the same line.
A field that is None is left out; one whose name a record needs itself gets a `_` behind it (`level_`).
"""

import logging
import os
import sys

from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Layout = Callable[[logging.LogRecord], str]

_NAMED = object()  # the message was given by its name, as in Tight 0.1
# At DEBUG these log whole requests and answers, with what is secret in them; at INFO how each client was made.
_TALKATIVE = ("boto3", "botocore", "pynamodb", "s3transfer", "urllib3")


def debug(message: object = _NAMED, /, **fields: "Any") -> None:
    _log(logging.DEBUG, message, fields)


def info(message: object = _NAMED, /, **fields: "Any") -> None:
    _log(logging.INFO, message, fields)


def warning(message: object = _NAMED, /, **fields: "Any") -> None:
    _log(logging.WARNING, message, fields)


def warn(message: object = _NAMED, /, **fields: "Any") -> None:
    """`warning`, as Tight 0.1 called it."""
    _log(logging.WARNING, message, fields)


def error(message: object = _NAMED, /, **fields: "Any") -> None:
    _log(logging.ERROR, message, fields)


def exception(message: object = _NAMED, error: "BaseException | None" = None, /, **fields: "Any") -> None:
    """Log at ERROR with the traceback of `error`, or of the exception that is being handled."""
    if error is None and isinstance(fields.get("error"), BaseException):
        error = fields.pop("error")
    _log(logging.ERROR, message, fields, sys.exc_info()[1] if error is None else error)


def bind(**fields: "Any") -> None:
    """Add `fields` to every record from here to the end of this invocation. Outside of one, nothing happens."""
    invocation = current.get()
    if invocation is not None:
        invocation.fields.update(fields)


def set_up() -> None:
    """Give every record Tight's line, and the root logger its level. Calling it again changes nothing.

    In Lambda, the runtime client's own handler is used. Elsewhere a handler on stderr is added, unless logging is set
    up already (by pytest, by a server of your own): then all is left as it is.

    The level is `LOG_LEVEL`, or else Lambda's `AWS_LAMBDA_LOG_LEVEL`, or else INFO. Where both are set the higher one
    counts, since Lambda drops what is below its own.
    """
    root = logging.getLogger()
    in_lambda = "AWS_LAMBDA_RUNTIME_API" in os.environ
    if (root.handlers and not in_lambda) or any(stamp in handler.filters for handler in root.handlers):
        return
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.addFilter(stamp)
        layout = _layout_for(handler)
        if layout is not None:
            handler.setFormatter(_Formatter(layout))
    _set_level(root)


def _log(level: int, message: object, fields: "dict[str, Any]", error: "BaseException | None" = None) -> None:
    if message is _NAMED:
        message = fields.pop("message")
    # Two frames up stands who logs; `logging` counts its own caller as the first.
    logger = logging.getLogger(sys._getframe(2).f_globals.get("__name__", __name__))  # noqa: SLF001  # as logging does
    if logger.isEnabledFor(level):
        from tight.records import as_attributes, text_of  # loaded by the first record, as below

        logger.log(level, text_of(message), exc_info=error, extra=as_attributes(fields), stacklevel=3)


def stamp(record: logging.LogRecord) -> bool:
    """Put the invocation's fields on a record, as a filter of its handler."""
    from tight.records import stamp as put

    put(record, current.get())
    return True


class _Formatter(logging.Formatter):
    def __init__(self, layout: "Layout") -> None:
        super().__init__()
        self._layout = layout

    def format(self, record: logging.LogRecord) -> str:
        return self._layout(record)


def _layout_for(handler: logging.Handler) -> "Layout | None":
    """How records are laid out on `handler`; None for one that is neither a stream nor Lambda's."""
    if isinstance(handler, logging.StreamHandler):
        return _text_line if handler.stream.isatty() else _json_line
    if not type(handler).__name__.startswith("LambdaLoggerHandler"):
        return None
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON" and handler.formatter is not None:
        return _as_lambda(handler.formatter.format)
    return lambda record: _json_line(record) + "\n"  # Lambda's handler writes no end of line of its own


def _json_line(record: logging.LogRecord) -> str:
    from tight.records import json_line

    return json_line(record)


def _text_line(record: logging.LogRecord) -> str:
    from tight.records import text_line

    return text_line(record, color=not os.environ.get("NO_COLOR"))


def _as_lambda(layout: "Layout") -> "Layout":
    def line(record: logging.LogRecord) -> str:
        from tight.records import made_safe, sendable

        return sendable(layout(made_safe(record)))

    return line


def _set_level(root: logging.Logger) -> None:
    name = os.environ.get("LOG_LEVEL", "").strip()
    wanted, lambdas = _level(name), _level(os.environ.get("AWS_LAMBDA_LOG_LEVEL", ""))
    if not name:
        level = logging.INFO if lambdas is None else lambdas
    else:
        level = max(logging.INFO if wanted is None else wanted, lambdas or logging.NOTSET)
    root.setLevel(level)
    if level <= logging.INFO:
        least = logging.WARNING if level == logging.INFO else logging.INFO
        for talkative in map(logging.getLogger, _TALKATIVE):
            if talkative.level == logging.NOTSET:  # nobody asked for it by name
                talkative.setLevel(least)
    if name and wanted is None:
        message = (
            "LOG_LEVEL is %r, which is no level, so INFO is used; the levels are DEBUG, INFO, WARNING, ERROR, CRITICAL"
        )
        logging.getLogger(__name__).warning(message, name)


def _level(name: str) -> "int | None":
    name = name.upper()
    # TRACE is one of Lambda's levels, and none of Python's.
    found: int | str = logging.getLevelName("DEBUG" if name == "TRACE" else name)
    return found if isinstance(found, int) else None
