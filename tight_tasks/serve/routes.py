"""Which function of the app answers a path: the most specific route, as API Gateway chooses."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tight_tasks import manifest
from tight_tasks.serve.gateways.wire import Match

_PARAMETER = re.compile(r"\{(\w+)(\+|:[^/]+)?\}")
_NAME = re.compile(r"\(\?P<\w+>")
ANY = "ANY"
_SPECIFIC, _TYPED, _PLAIN, _GREEDY = range(4)


@dataclass(frozen=True)
class Route:
    """`template` is as AWS writes it: /orders/{id}, /files/{path+}. `order` sorts the more specific first."""

    function: str
    method: str
    template: str
    pattern: re.Pattern[str] = field(repr=False)
    order: tuple[int, ...] = field(repr=False)


class Routes:
    """The routes of an app."""

    def __init__(self, functions: Iterable[manifest.Function]) -> None:
        found = [_route(function.name, method, path) for function in functions for method, path in _declared(function)]
        self._routes = sorted(found, key=lambda route: route.order)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def twins(self) -> Iterator[tuple[Route, Route]]:
        """A route that answers, and one of another function that never does, since both have its verb and path."""
        first: dict[tuple[str, str], Route] = {}
        for route in self._routes:
            answering = first.setdefault((route.method, _NAME.sub("(", route.pattern.pattern)), route)
            if answering.function != route.function:
                yield answering, route

    def find(self, method: str, path: str) -> Match | None:
        """The function that answers `path`, percent-encoded; None where no route has it.

        Where a route has the path but not the verb, its function answers all the same: HEAD, OPTIONS and 405 are its.
        """
        wanted = "GET" if method == "HEAD" else method
        other: tuple[Route, re.Match[str]] | None = None
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found is None:
                continue
            if route.method in (wanted, method, ANY):
                return _match(route, found)
            other = other or (route, found)
        return _match(*other) if other else None


def _declared(function: manifest.Function) -> list[tuple[str, str]]:
    """Verbs and paths. A plain handler, such as a mounted ASGI or WSGI app, answers its name and all below."""
    if function.triggers:
        return [(route.method, route.path) for route in function.routes]
    return [(ANY, f"/{function.name}"), (ANY, f"/{function.name}/{{path+}}")]


def _match(route: Route, found: re.Match[str]) -> Match:
    return Match(route.function, route.template, found.groupdict())


def _route(function: str, method: str, path: str) -> Route:
    segments = [segment for segment in path.split("/") if segment]
    patterns, order = [], []
    for segment in segments:
        parameter = _PARAMETER.fullmatch(segment)
        pattern, kind = _segment(segment, parameter)
        patterns.append(pattern)
        order.append(kind)
    template = "/" + "/".join(_PARAMETER.sub(_aws, segment) for segment in segments)
    return Route(function, method, template, re.compile("/" + "/".join(patterns) + "/?"), tuple(order))


def _segment(segment: str, parameter: re.Match[str] | None) -> tuple[str, int]:
    if parameter is None:
        return re.escape(segment), _SPECIFIC
    name, rule = parameter.groups()
    if rule == "+":
        return f"(?P<{name}>.+)", _GREEDY
    if rule == ":int":
        return f"(?P<{name}>[0-9]+)", _TYPED
    # A regular expression is checked by the function itself, which sees the path decoded.
    return f"(?P<{name}>[^/]+)", _TYPED if rule else _PLAIN


def _aws(parameter: re.Match[str]) -> str:
    name, rule = parameter.groups()
    return f"{{{name}+}}" if rule == "+" else f"{{{name}}}"
