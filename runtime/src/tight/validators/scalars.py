"""The types of one value that JSON or text can stand for, and what makes one of them.

Text becomes a number where one is wanted, since a query brings nothing else. What reads raises `ValueError`,
`TypeError`, `KeyError` or `ArithmeticError` for what is none.
"""

from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from uuid import UUID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def of(value: "Any", kind: "type[T] | tuple[type[T], ...]") -> "T":
    """`value`, which has to be of that type; JSON's true is no 1."""
    if isinstance(value, bool) or not isinstance(value, kind):
        raise TypeError(value)
    return value


def _whole(value: "Any") -> int:
    return int(_plain(value) if isinstance(value, str) else of(value, int))


def _number(value: "Any") -> float:
    return _finite(float(_plain(value) if isinstance(value, str) else of(value, (int, float))))


def _decimal(value: "Any") -> Decimal:
    return _finite(Decimal(_plain(value) if isinstance(value, str) else str(of(value, (int, float)))))


def _plain(text: str) -> str:
    # Python reads 1_000 and the digits of every script; nobody who sends a number means those.
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def _finite(number: "T") -> "T":
    # Text may say nan, and JSON 1e999; no answer could hold them.
    if not isfinite(number):  # type: ignore[arg-type]  # a float or a Decimal
        raise ValueError(number)
    return number


def _iso(value: object) -> str:
    text = of(value, str)
    return f"{text[:-1]}+00:00" if text.endswith("Z") else text  # Python 3.10 does not know Z


# What each is called in a message.
SCALARS: "dict[Any, tuple[str, Callable[[Any], Any]]]" = {
    str: ("text", lambda value: of(value, str)),
    int: ("a whole number", _whole),
    float: ("a number", _number),
    bool: ("true or false", lambda value: value if isinstance(value, bool) else _BOOLEANS[value]),
    Decimal: ("a decimal number", _decimal),
    UUID: ("a UUID", lambda value: UUID(of(value, str))),
    datetime: ("a date and time of ISO 8601", lambda value: datetime.fromisoformat(_iso(value))),
    date: ("a date of ISO 8601", lambda value: date.fromisoformat(_iso(value))),
    time: ("a time of ISO 8601", lambda value: time.fromisoformat(_iso(value))),
    type(None): ("null", lambda value: value if value is None else of(value, type(None))),
}
