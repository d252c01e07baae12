"""Parameters of paths that have a rule, and what is wrong with a path.

/accounts/{number:int}   digits, given as an int
/accounts/{code:[A-Z]+}  what a regular expression matches as a whole
/files/{path+}           the rest, one segment at least
"""

import re

from tight.errors import BadRoute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Reader = Callable[[list[str], int], Any]

# Kinds of segments, the more specific first; what stands here of a path is 0.
INT, REGEX, PARAMETER, REST = 1, 2, 3, 4


def read_segment(path: str, segment: str) -> "tuple[int, str, object, Reader | None]":
    """Its kind, its name, its rule, and what gives its value, None where it is no such value; without that it is the
    whole segment. Raises `BadRoute`.
    """
    name, _, rule = segment[1:-1].partition(":")
    rest = not rule and name.endswith("+")
    name = name.removesuffix("+") if rest else name
    if segment[0] != "{" or segment[-1] != "}" or not name.isidentifier():
        raise BadRoute(path, f"{segment} has to be a parameter as in /accounts/{{account_id}}")
    if rule == "int":
        return INT, name, None, _read_int
    if rule:
        regex = _compile(path, rule)
        return REGEX, name, regex, lambda parts, place: parts[place] if regex.fullmatch(parts[place]) else None
    if not rest:
        return PARAMETER, name, None, None
    return REST, name, None, lambda parts, place: "/".join(parts[place:])


def _read_int(parts: "list[str]", place: int) -> "int | None":
    text = parts[place]
    # Not every digit of Unicode, and not so many that Python refuses.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4000 else None


def _compile(path: str, rule: str) -> "re.Pattern[str]":
    if rule.isidentifier():
        raise BadRoute(path, f"{rule} is no type of a parameter: it is int or a regular expression, such as [a-z]+")
    try:
        return re.compile(rule)
    except re.error as error:
        raise BadRoute(path, f"{rule} is no regular expression: {error}") from error
