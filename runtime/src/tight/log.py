"""One line for a record: a JSON object, so that a traceback stays one record wherever logs are read."""

import json
import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOGGER = "tight"


def exception(message: str, error: BaseException, **fields: "Any") -> None:
    """Log `message` at ERROR with the traceback of `error`; newlines in it are escaped by JSON."""
    from traceback import format_exception

    record = {
        "message": message,
        **fields,
        "error": type(error).__name__,
        "traceback": "".join(format_exception(error)),
    }
    logging.getLogger(_LOGGER).error("%s", json.dumps(record, default=str))
