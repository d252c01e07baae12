"""The verbs of one function: finds the endpoint for a request, calls it, and answers in the event's own shape."""

import sys
from types import MappingProxyType

from tight.endpoint import Endpoint, settle
from tight.gateways import gateway_of, is_http
from tight.http import ERROR, HEADERS, TRIGGER
from tight.invocation import current
from tight.marks import refuse_twins, visible
from tight.request import FILLERS, Request, loads
from tight.response import Passthrough, Response, dumps, respond

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import ModuleType
    from typing import Any

    from tight.cors import Cors
    from tight.gateways import Event
    from tight.marks import Mark
    from tight.middleware import Middleware, Wrapped
    from tight.router import Router

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
        self._add_error_handlers([mark for mark in marks if mark.trigger == ERROR])
        self._add_endpoints(marks)
        self.step: Callable[[Request], Any] = self.dispatch
        if self.middleware or any(mark.trigger == "wrap all" for mark in marks):
            self._add_middleware(marks)

    def __call__(self, event: "Event", context: object) -> "Any":
        request = Request(event, context, gateway_of(event), self)
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

    def accepts(self, event: "Any") -> bool:
        """Whether an event is for this trigger."""
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
            return self.awaited(request, value) if endpoint.is_async else respond(value)
        except BaseException as error:
            from tight.failure import known_answer

            response = known_answer(self, request, error)
            if response is None:
                raise
            return response

    async def dispatch_awaited(self, request: Request) -> Response:
        """As `dispatch`, where one of the functions is `async def`."""
        response = self.dispatch(request)
        return response if isinstance(response, Response) else await response

    async def awaited(self, request: Request, value: "Awaitable[Any]") -> Response:
        """The `Response` that the value of an `async def` stands for."""
        try:
            return respond(await settle(value))
        except BaseException as error:
            from tight.failure import known_answer

            response = known_answer(self, request, error)
            if response is None:
                raise
            return response if isinstance(response, Response) else await response

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
        if isinstance(response, Passthrough):
            return response.body
        text, encoded, content_type = response.payload(self.dumps)
        headers: dict[str, str] = self.namespace.get(HEADERS, self.default_headers).copy()
        if self.cors is not None:
            headers = self.cors.over(headers, request)
        if content_type is not None:
            headers["Content-Type"] = content_type
        if request.method == "HEAD":
            text, encoded = "", False
        if not (response.headers or response.cookies):
            if request.gateway.flat:
                return {"statusCode": response.status, "headers": headers, "body": text, "isBase64Encoded": encoded}
            return request.gateway.answer(response.status, headers, {}, [], text, encoded)
        from tight.headers import merge

        headers, repeated, cookies = merge(headers, response)
        return request.gateway.answer(response.status, headers, repeated, cookies, text, encoded)

    def _add_endpoints(self, marks: "list[Mark]") -> None:
        routed, keys = [], []
        verbs = [mark for mark in marks if mark.trigger == TRIGGER]
        for mark in verbs:
            method, path = mark.options
            pattern = None
            if path is not None:
                from tight.router import Pattern

                pattern = Pattern(path)
            keys.append((method, pattern and pattern.shape))
            names = None if pattern is None else pattern.names
            function = visible(self.namespace, mark)
            plain = Endpoint(function, FILLERS, path_names=names, typed=TYPED)
            # Where nobody has loaded the module, nothing is wrapped.
            endpoint = self._wrapped(plain, marks) if "tight.middleware" in sys.modules else plain
            if pattern is None:
                self.anywhere[method] = endpoint
            else:
                routed.append((pattern, method, endpoint))
        refuse_twins(verbs, keys, lambda mark: f"{mark.options[0]} {mark.options[1] or 'without a path'}")
        if routed:
            from tight.router import Router

            self.router = Router(routed)
        endpoints = [*self.anywhere.values(), *(endpoint for _, _, endpoint in routed)]
        self.is_async = any(endpoint.is_async for endpoint in endpoints)

    def _wrapped(self, endpoint: Endpoint, marks: "list[Mark]") -> "Endpoint | Wrapped":
        from tight.middleware import Wrapped, compose, layers_of

        layers = layers_of(endpoint.function, marks)
        if not layers:
            return endpoint
        from tight.failure import as_step

        return Wrapped(*compose(*as_step(self, endpoint), layers, respond))

    def _add_error_handlers(self, marks: "list[Mark]") -> None:
        refuse_twins(marks, [mark.options for mark in marks], lambda mark: f"error({mark.options[0]})")
        if marks:
            self.errors = {**self.errors, **{mark.options[0]: visible(self.namespace, mark) for mark in marks}}

    def _add_middleware(self, marks: "list[Mark]") -> None:
        from tight.failure import has_async
        from tight.middleware import around_all

        is_async = self.is_async or has_async(self.errors.values())
        step = self.dispatch_awaited if is_async else self.dispatch
        self.step, _ = around_all(step, is_async, self.middleware, marks, respond)
