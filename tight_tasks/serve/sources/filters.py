"""Filter criteria of event source mappings: whether a record matches a pattern. Pure functions.

"Control which events Lambda sends to your function" in the Lambda developer guide, and "Comparison operators for use in
event patterns in Amazon EventBridge" for the operators.
"""

import fnmatch
import json
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

_MISSING = object()
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, wanted: value.lower() == wanted.lower(),
    "wildcard": lambda value, wanted: fnmatch.fnmatchcase(value, wanted.replace("[", "[[]").replace("?", "[?]")),
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def patterns_of(declared: object) -> tuple[Mapping[str, Any], ...]:
    """What a `filter` argument says: nothing, one pattern, or several, of which one has to match."""
    if not declared:
        return ()
    return (declared,) if isinstance(declared, Mapping) else tuple(declared)  # type: ignore[arg-type]  # a list then


def passes(record: Mapping[str, Any], patterns: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there are no patterns, or one of them matches."""
    return not patterns or any(matches(record, pattern) for pattern in patterns)


def matches(value: object, pattern: Mapping[str, Any]) -> bool:
    """Whether each key of the pattern matches; `$or` is a list of patterns, of which one has to."""
    for key, wanted in pattern.items():
        if key == "$or" and isinstance(wanted, list):
            if not any(matches(value, each) for each in wanted):
                return False
            continue
        found = value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING
        if isinstance(wanted, Mapping):
            found = _opened(found)
            if not isinstance(found, Mapping) and not _only_absent(wanted):
                return False
            if not matches(found, wanted):
                return False
        elif not _any_of(_closed(found), wanted):
            return False
    return True


def decoded(text: str) -> object:
    """A body or data as a pattern sees it: what its JSON says where it is an object, else the text itself."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # nested too deeply
        return text
    return found if isinstance(found, dict) else text


def _opened(found: object) -> object:
    return decoded(found) if isinstance(found, str) else found


def _closed(found: object) -> object:
    # A pattern of plain text never matches a body that is JSON.
    return _MISSING if isinstance(found, Mapping) else found


def _only_absent(pattern: Mapping[str, Any]) -> bool:
    """Whether the pattern asks for nothing but keys that are not there."""
    return all(
        _only_absent(wanted) if isinstance(wanted, Mapping) else {"exists": False} in wanted
        for wanted in pattern.values()
    )


def _any_of(found: object, rules: Sequence[Any]) -> bool:
    """Whether the value, or one element of a list, matches one of the rules."""
    values = (found or [_MISSING]) if isinstance(found, list) else [found]
    return any(_match(value, rule) for rule in rules for value in values)


def _match(value: object, rule: object) -> bool:
    if isinstance(rule, Mapping):
        return all(_operate(value, str(name), operand) for name, operand in rule.items())
    return _same(value, rule)


def _same(value: object, rule: object) -> bool:
    # True is 1 in Python, and neither is the other in JSON.
    return (
        type(value) is type(rule) and value == rule
        if isinstance(rule, bool | None)
        else value == rule and (not isinstance(value, bool))
    )


def _operate(value: object, name: str, operand: Any) -> bool:
    if name == "exists":
        return (value is not _MISSING) is bool(operand)
    if value is _MISSING:
        return False
    if name == "anything-but":
        if isinstance(operand, Mapping):
            return not _match(value, operand)
        return not any(_same(value, each) for each in (operand if isinstance(operand, list) else [operand]))
    if name == "numeric":
        return _is_within(value, operand)
    if not isinstance(value, str):
        return False
    if isinstance(operand, Mapping):  # {"prefix": {"equals-ignore-case": "abc"}}
        value, operand = value.lower(), str(operand.get("equals-ignore-case", "")).lower()
    return name in _TEXT and _TEXT[name](value, str(operand))


def _is_within(value: object, operand: Sequence[Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[sign](value, limit) for sign, limit in pairs)
