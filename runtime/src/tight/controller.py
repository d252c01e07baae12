"""One controller from the verbs of a handler module: what Lambda calls as `app_index.<function>`."""

from tight import log
from tight.errors import BadBody, DuplicateRoute, HiddenHandler, UnknownParameter
from tight.gateways import gateway_of
from tight.http import TRIGGER
from tight.marks import marks_of
from tight.request import Request
from tight.response import RESPONSE_KEYS, Response, respond
from tight.router import Pattern
from tight.signature import Signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from tight.gateways import Event, Gateway
    from tight.marks import Mark

    Filler = Callable[[Request], object]

DEFAULT_HEADERS = {"Access-Control-Allow-Origin": "*"}

# What a handler is given by the names of its parameters, besides the parameters of its path.
FILLERS: "dict[str, Filler]" = {
    "body": lambda request: request.body,
    "context": lambda request: request.context,
    "event": lambda request: request.event,
    "headers": lambda request: request.headers,
    "principal_id": lambda request: request.principal_id,
    "query": lambda request: request.query,
    "request": lambda request: request,
}
_MOST_WRAPPERS = 100  # a chain of wrappers may run in a circle
# Tight 0.1 gave these three to every handler; `**kwargs` still gets them.
_STAR_KWARGS = ("event", "context", "principal_id")


class Endpoint:
    """A marked function with what it asks for; called with a request."""

    __slots__ = ("by_name", "by_position", "controller", "function", "pattern", "star_args")

    def __init__(self, controller: str, function: "Callable[..., Any]", pattern: "Pattern | None") -> None:
        signature = Signature(function)
        self.controller = controller
        self.function = function
        self.pattern = pattern
        self.star_args = signature.star_args
        names = dict.fromkeys(signature.names + (_STAR_KWARGS if signature.star_kwargs else ()))
        fillers = {name: self._filler(name, signature.defaults) for name in names}
        self.by_position = tuple(fillers[name] for name in signature.by_position)
        self.by_name = tuple((name, fill) for name, fill in fillers.items() if name not in signature.by_position)

    def __call__(self, request: Request) -> "Any":
        given = {name: fill(request) for name, fill in self.by_name}
        if self.star_args:
            legacy = (self.controller, request.event, request.context)
            return self.function(*[fill(request) for fill in self.by_position], *legacy, **given)
        if self.by_position:
            return self.function(*[fill(request) for fill in self.by_position], **given)
        return self.function(**given)

    def _filler(self, name: str, defaults: "dict[str, object]") -> "Filler":
        # A parameter of the path comes first: /files/{body} means its own `body`.
        if self.pattern is not None and name in self.pattern.names:
            return lambda request: request.path_parameters[name]
        if name in FILLERS:
            return FILLERS[name]
        if self.pattern is not None and name not in defaults:
            raise UnknownParameter(self.function.__qualname__, name, FILLERS)

        def from_gateway(request: Request) -> object:
            # Without a path of our own, the gateway's route may name parameters.
            if name in request.path_parameters:
                return request.path_parameters[name]
            if name in defaults:
                return defaults[name]
            raise UnknownParameter(self.function.__qualname__, name, FILLERS)

        return from_gateway


class Controller:
    """The handler of one function: finds the endpoint for a request, calls it, and answers in the event's own shape.

    An exception of the endpoint becomes a 500, logged once, with nothing of it in the answer.
    """

    def __init__(self, name: str, module: "ModuleType") -> None:
        self.__name__ = name
        self.__module__ = module.__name__
        self.__doc__ = module.__doc__
        self.anywhere: dict[str, Endpoint] = {}
        self.routes: list[tuple[Pattern, dict[str, Endpoint]]] = []
        self._build(name, module)

    def __call__(self, event: "Event", context: object) -> "Any":
        gateway = gateway_of(event)
        request = Request(event, context, gateway)
        try:
            target = self._find(request)
            if isinstance(target, Response):
                return self._answer(gateway, target)
            value = target(request)
            if isinstance(value, dict) and "passthrough" in value and value.keys() <= RESPONSE_KEYS:
                return value["passthrough"]  # verbatim, whatever it is
            return self._answer(gateway, respond(value))
        except BadBody as error:
            return self._answer(gateway, _message(400, f"Bad Request: {error.reason}"))
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is a 500, logged
            log.exception(f"{self.__name__} failed", error, method=request.method, path=request.path)
            return self._answer(gateway, _message(500, gateway.server_error))

    def _find(self, request: Request) -> "Endpoint | Response":
        allowed: set[str] = set()
        if self.routes:
            parts = request.gateway.parts(request.event)
            for pattern, endpoints in self.routes:
                found = pattern.match(parts)
                if found is None:
                    continue
                endpoint = endpoints.get(request.method)
                if endpoint is not None:
                    request.path_parameters = {**request.path_parameters, **found}
                    return endpoint
                allowed.update(endpoints)
        endpoint = self.anywhere.get(request.method)
        if endpoint is not None:
            return endpoint
        allowed.update(self.anywhere)
        if not allowed:
            return _message(404, "Not Found")
        response = _message(405, "Method Not Allowed")
        response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    def _answer(self, gateway: "Gateway", response: Response) -> "Event":
        text, encoded, content_type = response.payload()
        own = {name.lower() for name in response.headers}
        headers = {name: value for name, value in DEFAULT_HEADERS.items() if name.lower() not in own}
        if content_type is not None and "content-type" not in own:
            headers["Content-Type"] = content_type
        return gateway.answer(response.status, {**headers, **response.headers}, response.cookies, text, encoded)

    def _build(self, name: str, module: "ModuleType") -> None:
        places: dict[object, str] = {}
        routes: dict[object, tuple[Pattern, dict[str, Endpoint]]] = {}
        for mark in marks_of(module):
            if mark.trigger != TRIGGER:
                continue
            method, path = mark.options
            pattern = None if path is None else Pattern(path)
            key = (method, pattern and pattern.shape)
            if key in places:
                raise DuplicateRoute(f"{method} {path or 'without a path'}", places[key], mark.place)
            places[key] = mark.place
            endpoint = Endpoint(name, _visible(module, mark), pattern)
            if pattern is None:
                self.anywhere[method] = endpoint
            else:
                routes.setdefault((pattern.shape, pattern.names), (pattern, {}))[1][method] = endpoint
        self.routes = sorted(routes.values(), key=lambda route: route[0].order)


def _visible(module: "ModuleType", mark: "Mark") -> "Callable[..., Any]":
    """The marked function, or the outermost wrapper that decorators above Tight's have put around it.

    Leaving such a wrapper out without a word could leave out a check of permissions; so what can't be found is refused.
    """
    function = mark.function
    candidates: list[Callable[..., Any]] = [value for value in (mark.bound, *vars(module).values()) if callable(value)]
    around = [(depth, value) for value in candidates if (depth := _depth(value, function)) is not None]
    if around:
        return max(around, key=lambda pair: pair[0])[1]
    if getattr(function, "__module__", "") == module.__name__:
        raise HiddenHandler(function.__qualname__, mark.place)
    return function


def _depth(outer: "Any", function: object) -> "int | None":
    """How many wrappers `outer` is around `function`; None where it is not."""
    for depth in range(_MOST_WRAPPERS):
        if outer is function:
            return depth
        try:
            outer = outer.__wrapped__
        except Exception:  # noqa: BLE001  # a lazy proxy in the module may raise anything
            return None
    return None


def _message(status: int, text: str) -> Response:
    return Response(status, {"message": text})
