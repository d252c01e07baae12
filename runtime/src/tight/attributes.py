"""Attributes of messages of SQS and SNS: what Python has for them, and back.

str     String         text, not empty
int, float, Decimal    Number; read as int, or as float where it has a point or an exponent
bytes   Binary
list    String.Array   of text, numbers, true, false and null, which a filter of SNS can look into

None is left out. Names have letters, digits and _ - . in them; SQS takes ten.

Rules: "Amazon SQS message metadata" and "Amazon SNS message attributes" in their developer guides.
"""

import re
from base64 import b64decode

from tight.errors import UnsendableMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_NAME = re.compile(r"(?!(?i:aws|amazon)\.)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_MOST = 10


def write(attributes: "Mapping[str, Any]") -> "dict[str, dict[str, Any]]":
    """`attributes` as boto3 wants them. Raises `UnsendableMessage`."""
    written = {name: _write(name, value) for name, value in attributes.items() if value is not None}
    if len(written) > _MOST:
        raise UnsendableMessage(f"it has {len(written)} attributes, {', '.join(written)}: SQS takes {_MOST}")
    return written


def read(raw: "Mapping[str, Any]") -> "dict[str, Any]":
    """The attributes of a record of SQS (`messageAttributes`) or SNS (`MessageAttributes`), or as boto3 gives them."""
    return {name: _read({key.lower(): part for key, part in value.items()}) for name, value in raw.items()}


def _write(name: str, value: object) -> "dict[str, Any]":
    if not _NAME.fullmatch(name) or len(name) > 256:
        raise UnsendableMessage(f"{name!r} can't name an attribute: letters, digits, _ - and ., and no AWS. in front")
    if isinstance(value, str) and value:
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, (bytes, bytearray)) and value:
        return {"DataType": "Binary", "BinaryValue": bytes(value)}
    if isinstance(value, list):
        from json import dumps

        return {"DataType": "String.Array", "StringValue": dumps(value)}
    if _is_number(value):
        return {"DataType": "Number", "StringValue": str(value)}
    fault = "empty" if value in ("", b"") else f"{value!r}, a {type(value).__name__}"
    raise UnsendableMessage(f"its attribute {name} is {fault}: send text, a number, bytes or a list")


def _is_number(value: "Any") -> bool:
    if isinstance(value, bool) or not hasattr(value, "as_integer_ratio"):
        return False
    try:
        value.as_integer_ratio()
    except (OverflowError, ValueError):  # an infinity, or not a number
        return False
    return True


def _read(parts: "dict[str, Any]") -> "Any":
    kind = str(parts.get("datatype") or parts.get("type") or "String")
    text = parts.get("stringvalue", parts.get("value"))
    if kind.startswith("Binary"):
        content = parts.get("binaryvalue", text)
        return b64decode(content) if isinstance(content, str) else content
    if kind.startswith("Number") and isinstance(text, str):
        return _number(text)
    if kind == "String.Array" and isinstance(text, str):
        from json import loads

        try:
            return loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _number(text: str) -> "int | float | str":
    try:
        return float(text) if set(text) & set(".eE") else int(text)
    except ValueError:
        return text
