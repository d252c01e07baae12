"""What the records of all services have in common: times, ids, attributes."""

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from itertools import count
from typing import Any

from tight.testing.errors import UnfitEvent
from tight.testing.events.sent import Event

_numbers = count(int(datetime.now(timezone.utc).timestamp() * 1000))


def batch(*events: Event) -> Event:
    """One event with the records of all of these, in their order."""
    return {"Records": [record for event in events for record in event["Records"]]}


def as_text(body: Any) -> str:
    """Text as it is, any other value as JSON."""
    return body if isinstance(body, str) else json.dumps(body)


def kind_and_text(value: Any) -> tuple[str, str]:
    """The data type of an attribute that is no bytes, and its text. Raises `UnfitEvent`."""
    if isinstance(value, str):
        return "String", value
    if isinstance(value, (list, tuple)):
        return "String.Array", json.dumps(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return "Number", str(value)
    raise UnfitEvent(f"an attribute is {value!r}, a {type(value).__name__}; give text, a number, bytes or a list")


def next_number() -> int:
    """Greater than any that was given before: what sequence numbers are made of."""
    return next(_numbers)


def iso(moment: datetime | None = None) -> str:
    """A moment as most services write it: `2026-03-29T01:30:00.000Z`."""
    moment = moment or datetime.now(timezone.utc)
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Attributes = Mapping[str, Any]
