"""AWS's values as JSON and back, in placebo's form: what JSON has no type for is an object with a `__class__`.

A `datetime` stands in UTC with its parts, a `StreamingBody` with its bytes as base64, as placebo writes them. Placebo
forgets that bytes were bytes; here they have a class as well, and so have the events of an event stream.
"""

import binascii
from base64 import b64decode, b64encode
from datetime import datetime, timezone
from typing import Any

from tight.testing.errors import Unrecordable

_CLASS = "__class__"
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Stream(bytes):
    """All bytes of a streaming body."""


class Events(list[Any]):
    """All events of an event stream; iterates and closes as botocore's does."""

    def close(self) -> None:
        """There is no connection to close."""


def encode(value: object) -> Any:
    """`value` as what `json` can write; Unrecordable for a type that AWS has no use for."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        members = {key: encode(item) for key, item in value.items()}
        # The user's own data may look like a class of ours.
        return {_CLASS: "dict", "members": list(members.items())} if isinstance(value.get(_CLASS), str) else members
    if isinstance(value, Events):
        return {_CLASS: "EventStream", "events": [encode(event) for event in value]}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, Stream):
        return {_CLASS: "StreamingBody", "__module__": "botocore.response", "body": b64encode(value).decode()}
    if isinstance(value, bytes | bytearray):
        return {_CLASS: "bytes", "body": b64encode(value).decode()}
    if isinstance(value, datetime):
        # A naive time counts as UTC, so that a recording does not depend on where it is played.
        moment = value.astimezone(timezone.utc) if value.tzinfo else value
        return {_CLASS: "datetime", **{part: getattr(moment, part) for part in _PARTS}}
    raise Unrecordable(value)


def decode(value: Any) -> Any:
    """What `encode` was given; an unknown class stays the object that it is."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value.get(_CLASS):
        case "dict":
            return {key: decode(item) for key, item in value["members"]}
        case "EventStream":
            return Events(decode(value["events"]))
        case "StreamingBody":
            return Stream(_body(value["body"]))
        case "bytes":
            return b64decode(value["body"])
        case "datetime":
            return datetime(**{part: value[part] for part in _PARTS}, tzinfo=timezone.utc)
        case _:
            return {key: decode(item) for key, item in value.items()}


def bytes_in(value: Any) -> bytes | None:
    """The bytes that `value`, encoded, stands for; None for anything else."""
    found = decode(value) if isinstance(value, dict) and value.get(_CLASS) == "bytes" else None
    return found if isinstance(found, bytes) else None


def _body(text: str) -> bytes:
    # Placebo before 0.9 wrote the text itself.
    try:
        return b64decode(text, validate=True)
    except binascii.Error:
        return text.encode()
