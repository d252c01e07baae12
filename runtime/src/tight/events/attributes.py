"""Attributes of messages as Python's own values. SQS and SNS spell them each in their own way."""

from base64 import b64decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def decoded(attributes: "dict[str, Any] | None") -> "dict[str, Any]":
    """`{"count": 3, "blob": b"..."}` of what a record of SQS, a record of SNS, or an SNS envelope has."""
    return {name: _value(given) for name, given in (attributes or {}).items()}


def _value(given: "dict[str, Any]") -> object:
    kind: str = given.get("dataType") or given.get("Type") or "String"
    text: Any = given.get("stringValue", given.get("Value"))
    if kind.startswith("Binary"):  # each kind may have a label behind a dot
        return b64decode(given.get("binaryValue") or text or "")
    if kind.startswith("Number"):
        return _number(text)
    if kind == "String.Array":
        from tight.request import loads

        return loads(text)
    return text


def _number(text: str) -> "int | float":
    try:
        return int(text)
    except ValueError:
        return float(text)
