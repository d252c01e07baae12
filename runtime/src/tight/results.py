"""What a handler returned, as text and back, so that it becomes the same answer again."""

from base64 import b64decode, b64encode
from json import dumps, loads

from tight.encoding import jsonable
from tight.handlers import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def pack(value: object) -> str:
    """`value` as JSON. Responses, tuples and bytes come back as such, all else as JSON has it.

    Raises `TypeError` and `ValueError` where JSON can't hold it.
    """
    return dumps(_packed(value), allow_nan=False, separators=(",", ":"), default=jsonable)


def unpack(text: str) -> "Any":
    """What `pack` made text of."""
    return _unpacked(loads(text))


def _packed(value: "Any") -> "dict[str, Any]":
    if isinstance(value, Response):
        kind = "passthrough" if value.verbatim else "response"
        parts = {"status": value.status, "body": _packed(value.body), "headers": value.headers}
        return {kind: parts | {"cookies": value.cookies, "encoded": value.encoded}}
    if isinstance(value, tuple):
        return {"tuple": [_packed(item) for item in value]}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": b64encode(value).decode("ascii")}
    return {"value": value}


def _unpacked(packed: "dict[str, Any]") -> "Any":
    ((kind, value),) = packed.items()
    if kind in ("response", "passthrough"):
        return Response(**value | {"body": _unpacked(value["body"]), "verbatim": kind == "passthrough"})
    if kind == "tuple":
        return tuple(map(_unpacked, value))
    return b64decode(value) if kind == "bytes" else value
