"""msgspec's Structs. Text becomes numbers where a field wants one, since a query brings nothing else."""

import re

import msgspec

from tight.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tight.validation import Convert

_MISSING = re.compile(r"Object missing required field `(.+)`")


def converter(annotation: "Any") -> "Convert":
    def convert(value: object, place: "tuple[str, ...]") -> object:
        try:
            return msgspec.convert(value, annotation, strict=False)
        except msgspec.ValidationError as error:
            raise InvalidInput([_fault(str(error), ".".join(place))]) from None

    return convert


def _fault(message: str, place: str) -> "dict[str, str]":
    # It stops at the first fault, and names the place as in "Expected `int`, got `str` - at `$.lines[0].count`".
    what, _, where = message.partition(" - at `$")
    field = place + re.sub(r"\[(\d+)\]", r".\1", where.removesuffix("`"))
    missing = _MISSING.fullmatch(what)
    if missing:
        return {"field": f"{field}.{missing[1]}", "message": "is missing"}
    return {"field": field, "message": what}
