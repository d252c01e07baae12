"""Events of a DynamoDB table's stream: "Using Lambda with Amazon DynamoDB" in the Lambda developer guide."""

from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tight.testing.errors import UnfitEvent
from tight.testing.events.records import next_number
from tight.testing.events.sent import ACCOUNT, REGION, Event, now


def dynamodb_event(
    new: Any = None,
    old: Any = None,
    *,
    table: str | None = None,
    keys: tuple[str, ...] | None = None,
    expired: bool = False,
) -> Event:
    """One change: an item that is `new` is inserted, one that is `old` is removed, one that is both is modified.

    An item is an instance of a PynamoDB model, which knows its table and its keys, or a dict; then `keys` names those
    of the table, `id` unless it is given. `expired` says that its time to live was over. `batch` makes one event of
    several changes. Raises `UnfitEvent` for an item that DynamoDB can't hold.
    """
    item = old if new is None else new
    if item is None:
        raise TypeError("a change has an item: give new, old, or both")
    stored = _stored(item)
    names = keys or _keys_of(item)
    lacking = [name for name in names if name not in stored]
    if lacking:
        raise UnfitEvent(f"the item has no {', '.join(lacking)}; `keys` names the keys of its table")
    images = {name: _stored(image) for name, image in (("NewImage", new), ("OldImage", old)) if image is not None}
    record = {
        "eventID": uuid4().hex,
        "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": float(int(now().timestamp())),
            "Keys": {name: stored[name] for name in names},
            **images,
            "SequenceNumber": f"{next_number():021d}",
            "SizeBytes": sum(map(len, map(str, images.values()))),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table or _table_of(item)}/stream/"
        "2026-01-01T00:00:00.000",
    }
    if expired:
        record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    return {"Records": [record]}


def _stored(item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return {name: _value(value) for name, value in item.items()}
    return {name: _as_json(value) for name, value in item.serialize().items()}


def _keys_of(item: Any) -> tuple[str, ...]:
    if isinstance(item, Mapping):
        return ("id",)
    return tuple(each.attr_name for each in item.get_attributes().values() if each.is_hash_key or each.is_range_key)


def _table_of(item: Any) -> str:
    return "table" if isinstance(item, Mapping) else item.Meta.table_name


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    """What a model gives, with the bytes as Lambda's events have them."""
    ((kind, given),) = value.items()
    if kind == "B":
        return {kind: b64encode(given).decode()}
    if kind == "BS":
        return {kind: [b64encode(each).decode() for each in given]}
    if kind == "L":
        return {kind: [_as_json(each) for each in given]}
    if kind == "M":
        return {kind: {name: _as_json(each) for name, each in given.items()}}
    return value


def _value(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float, Decimal)):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {"M": {name: _value(each) for name, each in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"L": [_value(each) for each in value]}
    if isinstance(value, (set, frozenset)):
        members = [_value(each) for each in value]
        kinds = {kind for member in members for kind in member}
        if kinds in ({"S"}, {"N"}, {"B"}):
            (kind,) = kinds
            return {f"{kind}S": sorted(member[kind] for member in members)}
        raise UnfitEvent(f"a set is {value!r}; give it texts, numbers or bytes, one at least and all of one kind")
    if isinstance(value, str):
        return {"S": value}
    raise UnfitEvent(
        f"an item holds {value!r}, a {type(value).__name__}; give what DynamoDB has a type for, or a model"
    )
