"""Items of DynamoDB as Lambda's events have them: `{"id": {"S": "7"}, "raw": {"B": "<base64>"}}`."""

from base64 import b64decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def stored(value: "dict[str, Any]") -> "dict[str, Any]":
    """An attribute's value as DynamoDB's own API has it: with bytes, which an event has as base64."""
    ((kind, given),) = value.items()
    if kind == "B":
        return {kind: b64decode(given)}
    if kind == "BS":
        return {kind: [b64decode(each) for each in given]}
    if kind == "L":
        return {kind: [stored(each) for each in given]}
    if kind == "M":
        return {kind: {name: stored(each) for name, each in given.items()}}
    return value


def plain(value: "dict[str, Any]") -> "Any":
    """An attribute's value as Python's own: numbers as int, else Decimal, sets as sets."""
    ((kind, given),) = value.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return _number(given)
    if kind == "NS":
        return {_number(each) for each in given}
    if kind == "SS":
        return set(given)
    if kind == "B":
        return b64decode(given)
    if kind == "BS":
        return {b64decode(each) for each in given}
    if kind == "L":
        return [plain(each) for each in given]
    if kind == "M":
        return {name: plain(each) for name, each in given.items()}
    return given  # S and BOOL


def _number(text: str) -> "Any":
    try:
        return int(text)
    except ValueError:
        from decimal import Decimal

        return Decimal(text)
