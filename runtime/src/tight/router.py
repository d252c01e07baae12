"""Which function answers a verb and a path: the most specific pattern that has the verb.

/accounts/recent         literals
/accounts/{number:int}   digits, given as an int
/accounts/{code:[A-Z]+}  what a regular expression matches as a whole
/accounts/{account_id}   one segment
/files/{path+}           the rest, one segment at least
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from re import Pattern as Regex
    from typing import Any

    Reader = Callable[[list[str], int], Any]

_LITERAL, _INT, _REGEX, _PARAMETER, _REST = range(5)


class Pattern:
    """A path as a verb names it. `order` sorts the more specific first, segment by segment."""

    __slots__ = ("fixed", "free", "names", "order", "path", "shape")

    def __init__(self, path: str) -> None:
        segments = tuple(_read_segments(path))
        self.path = path
        self.order = tuple(kind for kind, _, _ in segments)
        # Equal for two patterns that match the same paths, whatever their parameters are called.
        self.shape = tuple((kind, name if kind == _LITERAL else rule) for kind, name, rule in segments)
        self.names = tuple(name for kind, name, _ in segments if kind != _LITERAL)
        self.fixed = tuple((place, name) for place, (kind, name, _) in enumerate(segments) if kind == _LITERAL)
        self.free = tuple(
            (place, name, _reader(kind, rule)) for place, (kind, name, rule) in enumerate(segments) if kind != _LITERAL
        )
        if len(set(self.names)) != len(self.names):
            raise _bad(path, "two of its parameters have one name")
        if _REST in self.order[:-1]:
            raise _bad(path, "only its last parameter may take the rest of the path")

    def match(self, parts: "list[str]") -> "dict[str, Any] | None":
        """The parameters that `parts`, as many decoded segments as this has or more, give; None for another path."""
        for place, text in self.fixed:
            if parts[place] != text:
                return None
        found: dict[str, Any] = {}
        for place, name, read in self.free:
            value = parts[place] if read is None else read(parts, place)
            if value is None or value == "":
                return None
            found[name] = value
        return found


class Router:
    """The endpoints of one function by path and verb."""

    def __init__(self, endpoints: "list[tuple[Pattern, str, Any]]") -> None:
        patterns: dict[object, tuple[Pattern, dict[str, Any]]] = {}
        for pattern, method, endpoint in endpoints:
            patterns.setdefault((pattern.shape, pattern.names), (pattern, {}))[1][method] = endpoint
        self._patterns = sorted(patterns.values(), key=lambda each: each[0].order)
        self._by_length: dict[int, list[tuple[Pattern, dict[str, Any]]]] = {}

    def find(self, method: str, parts: "list[str]") -> "tuple[Any, dict[str, Any]] | None":
        """The endpoint and the parameters of the path; None where no pattern with the verb matches."""
        candidates = self._by_length.get(len(parts))
        for pattern, endpoints in self._candidates(len(parts)) if candidates is None else candidates:
            endpoint = endpoints.get(method)
            if endpoint is not None:
                found = pattern.match(parts)
                if found is not None:
                    return endpoint, found
        return None

    def allowed(self, parts: "list[str]") -> "set[str]":
        """The verbs that this path has."""
        candidates = self._candidates(len(parts))
        return {method for pattern, endpoints in candidates if pattern.match(parts) is not None for method in endpoints}

    def _candidates(self, length: int) -> "list[tuple[Pattern, dict[str, Any]]]":
        candidates = [
            each
            for each in self._patterns
            if len(each[0].order) == length or (each[0].order[-1:] == (_REST,) and length > len(each[0].order))
        ]
        if length < _LONGEST_KEPT:
            self._by_length[length] = candidates
        return candidates


_LONGEST_KEPT = 32  # callers choose how long paths are: only so many lengths are remembered


def _read_segments(path: str) -> "Iterator[tuple[int, str, Regex[str] | None]]":
    if not path.startswith("/"):
        raise _bad(path, "it has to start with /")
    for segment in _split(path):
        if "{" not in segment and "}" not in segment:
            yield _LITERAL, segment, None
            continue
        name, _, rule = segment[1:-1].partition(":")
        rest = not rule and name.endswith("+")
        name = name.removesuffix("+") if rest else name
        if segment[0] != "{" or segment[-1] != "}" or not name.isidentifier():
            raise _bad(path, f"{segment} has to be a parameter as in /accounts/{{account_id}}")
        if rule == "int":
            yield _INT, name, None
        elif rule:
            yield _REGEX, name, _compile(path, rule)
        else:
            yield (_REST if rest else _PARAMETER), name, None


def _reader(kind: int, rule: "Regex[str] | None") -> "Reader | None":
    """What gives the value of a parameter, None where it is no such value; no reader for a whole segment."""
    if kind == _REST:
        return lambda parts, place: "/".join(parts[place:])
    if kind == _INT:
        # Not every digit of Unicode, and not so many that Python refuses.
        return lambda parts, place: (
            int(parts[place])
            if parts[place].isascii() and parts[place].isdigit() and len(parts[place]) < 4000
            else None
        )
    if rule is not None:
        return lambda parts, place: parts[place] if rule.fullmatch(parts[place]) else None
    return None


def _split(path: str) -> list[str]:
    inner = path.strip("/")
    return inner.split("/") if inner else []


def _compile(path: str, rule: str) -> "Regex[str]":
    import re

    if rule.isidentifier():
        raise _bad(path, f"{rule} is no type of a parameter: it is int or a regular expression, such as [a-z]+")
    try:
        return re.compile(rule)
    except re.error as error:
        raise _bad(path, f"{rule} is no regular expression: {error}") from error


def _bad(path: str, reason: str) -> Exception:
    from tight.errors import BadRoute

    return BadRoute(path, reason)
