"""How values that JSON doesn't know are written in an answer.

Decimal              a number; an int where nothing stands behind the point, else a float
datetime, date, time ISO 8601, with the offset where it has one
UUID                 text
set, frozenset       a list, sorted where its values can be
bytes                base64
Enum                 its value
dataclass, pydantic, msgspec and PynamoDB models, other mappings    an object
NaN and infinities   refused: an answer with one is a 500, and the log says so
"""

import sys
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def jsonable(value: "Any") -> "Any":
    """What JSON, or this function again, can hold in place of `value`. Raises `TypeError` for other kinds."""
    if isinstance(value, Decimal):
        # A caller may send 1e1000000: written out, it would keep the function busy.
        is_int = value.is_finite() and value.adjusted() < 400 and value == value.to_integral_value()
        return int(value) if is_int else float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return _ordered(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        from base64 import b64encode

        return b64encode(value).decode("ascii")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    return _object(value)


def _ordered(values: "set[Any] | frozenset[Any]") -> "list[Any]":
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _object(value: "Any") -> "Any":
    # A library that made the value has been imported already; none is imported for the others.
    uuid, msgspec = sys.modules.get("uuid"), sys.modules.get("msgspec")
    if uuid is not None and isinstance(value, uuid.UUID):
        return str(value)
    if hasattr(value, "model_dump"):  # pydantic
        return value.model_dump(mode="json")
    if hasattr(value, "to_simple_dict"):  # PynamoDB
        simple = value.to_simple_dict(force=True)  # which refuses sets and bytes otherwise
        for attribute in value.get_attributes().values():
            if attribute.attr_type in ("SS", "NS", "BS"):
                simple.get(attribute.attr_name, []).sort()
        return simple
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if msgspec is not None and isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    raise TypeError(f"{type(value).__name__} is not JSON serializable")
