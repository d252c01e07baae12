"""Event patterns of EventBridge: "Comparison operators for use in event patterns" in the EventBridge user guide."""

from operator import eq, ge, gt, le, lt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MISSING = object()
_COMPARE = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def matches(pattern: "dict[str, Any]", event: "Any") -> bool:
    """Whether an event matches: in every field of the pattern one of its conditions."""
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list):
            if not any(matches(each, event) for each in wanted):
                return False
            continue
        value = event.get(name, _MISSING) if isinstance(event, dict) else _MISSING
        if isinstance(wanted, dict):
            # What a list of objects has in a field, any of them may have.
            inner = value if isinstance(value, list) else [value]
            if not any(matches(wanted, each) for each in inner or [_MISSING]):
                return False
        elif not any(_fits(condition, value) for condition in wanted):
            return False
    return True


def _fits(condition: "Any", value: "Any") -> bool:
    """Whether a field's value fits one condition; of a list it is enough that one of its values does."""
    if isinstance(condition, dict) and "exists" in condition:
        return (value is not _MISSING) is condition["exists"]
    values = value if isinstance(value, list) else [value]
    if isinstance(condition, dict) and "anything-but" in condition:
        return value is not _MISSING and any(not _is_one_of(condition["anything-but"], each) for each in values)
    return any(each is not _MISSING and _meets(condition, each) for each in values)


def _is_one_of(refused: "Any", value: "Any") -> bool:
    if isinstance(refused, dict):
        ((operator, given),) = refused.items()
        return any(_meets({operator: each}, value) for each in (given if isinstance(given, list) else [given]))
    return any(_meets(each, value) for each in (refused if isinstance(refused, list) else [refused]))


def _meets(condition: "Any", value: "Any") -> bool:
    if not isinstance(condition, dict):
        # JSON's true is no 1.
        return isinstance(condition, bool) == isinstance(value, bool) and bool(condition == value)
    ((operator, given),) = condition.items()
    if operator == "numeric":
        return not isinstance(value, bool) and isinstance(value, (int, float)) and _in_range(given, value)
    if not isinstance(value, str):
        return False
    if isinstance(given, dict) and "equals-ignore-case" in given:  # inside of prefix and suffix
        given, value = given["equals-ignore-case"].lower(), value.lower()
    if operator == "prefix":
        return bool(value.startswith(given))
    if operator == "suffix":
        return bool(value.endswith(given))
    if operator == "equals-ignore-case":
        return bool(value.lower() == given.lower())
    if operator == "wildcard":
        return _wildcard(given, value)
    if operator == "cidr":
        return _is_in_network(given, value)
    raise ValueError(f"EventBridge has no operator {operator!r}")


def _in_range(bounds: "list[Any]", value: float) -> bool:
    return all(_COMPARE[sign](value, bound) for sign, bound in zip(bounds[::2], bounds[1::2], strict=True))


def _wildcard(given: str, value: str) -> bool:
    import re

    # A backslash makes the next sign stand for itself.
    parts = re.findall(r"\\(.)|(\*)|(.)", given, re.DOTALL)
    text = "".join(".*" if star else re.escape(escaped or sign) for escaped, star, sign in parts)
    return re.fullmatch(text, value, re.DOTALL) is not None


def _is_in_network(given: str, value: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(value) in ip_network(given, strict=False)
    except ValueError:
        return False
