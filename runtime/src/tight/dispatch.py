"""The verbs of one function: finds the endpoint for a request, calls it, and answers in the event's own shape.

The most specific pattern that has the verb wins.
"""

import sys
from types import MappingProxyType

from tight.handlers import (
    DEFAULT_HEADERS,
    ERROR,
    HTTP,
    Endpoint,
    Response,
    dumps,
    refuse_twins,
    respond,
    visible,
)
from tight.request import BALANCER, FILLERS, Request, current, loads, way_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    from tight.cors import Cors
    from tight.handlers import Mark
    from tight.middleware import Middleware, Wrapped
    from tight.request import Event, Way
    from tight.rules import Reader

_LITERAL, _PARAMETER = 0, 3  # kinds of segments; the others are in `tight.rules`
_LONGEST_KEPT = 32  # callers choose how long paths are: only so many lengths are remembered


class Pattern:
    """A path as a verb names it: /accounts/recent, /accounts/{account_id}, or with a rule of `tight.rules`.

    `order` sorts the more specific first, segment by segment.
    """

    def __init__(self, path: str) -> None:
        if not path.startswith("/"):
            raise _bad(path, "it has to start with /")
        inner = path.strip("/")
        segments = [_read_segment(path, segment) for segment in inner.split("/")] if inner else []
        self.path = path
        self.order = tuple(kind for kind, _, _, _ in segments)
        # Equal for two patterns that match the same paths, whatever their parameters are called.
        self.shape = tuple((kind, rule) for kind, _, rule, _ in segments)
        self.fixed = tuple((place, name) for place, (kind, name, _, _) in enumerate(segments) if kind == _LITERAL)
        self.free = tuple(
            (place, name, read) for place, (kind, name, _, read) in enumerate(segments) if kind != _LITERAL
        )
        self.names = tuple(name for _, name, _ in self.free)
        if len(set(self.names)) != len(self.names):
            raise _bad(path, "two of its parameters have one name")
        # Of all kinds the last.
        self.takes_rest = max(self.order, default=_LITERAL) > _PARAMETER
        if self.takes_rest and max(self.order[:-1], default=_LITERAL) > _PARAMETER:
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
            if len(each[0].order) == length or (each[0].takes_rest and length > len(each[0].order))
        ]
        if length < _LONGEST_KEPT:
            self._by_length[length] = candidates
        return candidates


TYPED = ("body", "form", "query")
_EVERYBODY = {"Access-Control-Allow-Origin": "*"}


class Resource:
    """The handler that Lambda calls. What an app sets by the arguments of `controllers` replaces these attributes."""

    base_path = ""
    cors: "Cors | None" = None
    default_headers: "dict[str, str]" = _EVERYBODY  # without `cors`
    dumps: "Callable[[Any], str]" = staticmethod(dumps)
    errors: "Mapping[int | type[Exception], Callable[..., Any]]" = MappingProxyType({})
    loads: "Callable[[Any], Any]" = staticmethod(loads)
    middleware: "tuple[Middleware, ...]" = ()
    reraise = False

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        for attribute, value in settings.items():
            setattr(self, attribute, value)
        self.__name__ = name
        self.__module__ = module.__name__
        self.__doc__ = module.__doc__
        self.namespace = vars(module)
        self.cold = True
        self.anywhere: dict[str, Endpoint | Wrapped] = {}
        self.router: Router | None = None
        if any(mark.trigger == ERROR for mark in marks):
            from tight.failure import error_handlers

            self.errors = {**self.errors, **error_handlers(self.namespace, marks)}
        # Where nobody has loaded the module, nothing is wrapped.
        has_layers = bool(self.middleware) or "tight.middleware" in sys.modules
        self._add_endpoints(marks, has_layers)
        self.step: Callable[[Request], Any] = self.dispatch
        if has_layers:
            from tight.layers import around

            self.step = around(self, marks)

    def __call__(self, event: "Event", context: object) -> "Any":
        request = Request(event, context, way_of(event) or _other_way(event), self)
        before = current.set(request)
        try:
            response = self.step(request)
            if not isinstance(response, Response):  # an `async def` is on the way
                from tight.loop import run

                response = run(response)
            return self.answer(request, response)
        except BaseException as error:  # noqa: BLE001  # the way out of `exit_with_response` is no Exception
            from tight.failure import last_answer

            return last_answer(self, request, error)
        finally:
            self.cold = False
            current.set(before)

    def _wrapped(self, endpoint: Endpoint, marks: "list[Mark]") -> "Endpoint | Wrapped":
        from tight.layers import wrapped

        return wrapped(self, endpoint, marks)

    def accepts(self, event: "Any") -> bool:
        """Whether an event is for this trigger."""
        from tight.gateways import is_http

        return is_http(event)

    def dispatch(self, request: Request) -> "Any":
        """The `Response` of the endpoint that the request is for, or what has to be awaited for it.

        Of exceptions only those come out that neither Tight nor the app has an answer for.
        """
        try:
            endpoint = self.find(request.method, request)
            if endpoint is None:
                from tight.fallback import answer_unmatched

                return answer_unmatched(self, request)
            value = endpoint(request)
            if endpoint.is_async:
                from tight.failure import answer_awaited

                return answer_awaited(self, request, value)
            return respond(value)
        except BaseException as error:
            from tight.failure import known_answer

            response = known_answer(self, request, error)
            if response is None:
                raise
            return response

    def find(self, method: str, request: Request) -> "Endpoint | Wrapped | None":
        """The endpoint that answers `method` at the path of `request`, which learns the parameters of the path."""
        if self.router is not None:
            found = self.router.find(method, request.segments())
            if found is not None:
                endpoint: Endpoint | Wrapped
                endpoint, request.matched = found
                return endpoint
        return self.anywhere.get(method)

    def answer(self, request: Request, response: Response) -> "Any":
        """What Lambda sends back to the gateway."""
        if response.verbatim:
            return response.body
        text, encoded, content_type = response.payload(self.dumps)
        headers: dict[str, str] = self.namespace.get(DEFAULT_HEADERS, self.default_headers).copy()
        if self.cors is not None:
            headers = self.cors.over(headers, request)
        if content_type is not None:
            headers["Content-Type"] = content_type
        if request.method == "HEAD":
            text, encoded = "", False
        if not (response.headers or response.cookies):
            if request.kind != BALANCER:
                return {"statusCode": response.status, "headers": headers, "body": text, "isBase64Encoded": encoded}
            return request.gateway.answer(response.status, headers, {}, [], text, encoded)
        from tight.headers import merge

        headers, repeated, cookies = merge(headers, response)
        return request.gateway.answer(response.status, headers, repeated, cookies, text, encoded)

    def _add_endpoints(self, marks: "list[Mark]", has_layers: bool) -> None:
        routed, keys = [], []
        verbs = [mark for mark in marks if mark.trigger == HTTP]
        for mark in verbs:
            method, path = mark.options
            pattern = None if path is None else Pattern(path)
            keys.append((method, pattern and pattern.shape))
            names = None if pattern is None else pattern.names
            function = visible(self.namespace, mark)
            plain = Endpoint(function, FILLERS, path_names=names, typed=TYPED)
            endpoint = self._wrapped(plain, marks) if has_layers else plain
            if pattern is None:
                self.anywhere[method] = endpoint
            else:
                routed.append((pattern, method, endpoint))
        refuse_twins(verbs, keys, lambda mark: f"{mark.options[0]} {mark.options[1] or 'without a path'}")
        if routed:
            self.router = Router(routed)
        endpoints = [*self.anywhere.values(), *(endpoint for _, _, endpoint in routed)]
        self.is_async = any(endpoint.is_async for endpoint in endpoints)


def _read_segment(path: str, segment: str) -> "tuple[int, str, object, Reader | None]":
    if "{" not in segment and "}" not in segment:
        return _LITERAL, segment, segment, None
    if segment[0] == "{" and segment[-1] == "}" and segment[1:-1].isidentifier():
        return _PARAMETER, segment[1:-1], None, None
    from tight.rules import read_segment

    return read_segment(path, segment)


def _bad(path: str, reason: str) -> Exception:
    from tight.errors import BadRoute

    return BadRoute(path, reason)


def _other_way(event: "Event") -> "Way":
    from tight.gateways import way_through_balancer

    return way_through_balancer(event)
