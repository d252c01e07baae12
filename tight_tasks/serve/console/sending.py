"""Sending something: an event to a function, or a plain request through the front."""

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from tight_tasks.manifest import Function, Manifest
from tight_tasks.serve.console import asking, examples, views
from tight_tasks.serve.console.page import Fields, Pages
from tight_tasks.serve.errors import ServeError, Throttled
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.journal import Entry

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class Sending:
    """Forms for events and requests, and what they send."""

    def __init__(self, pages: Pages, functions: Functions, manifest: Callable[[], Manifest], front: ASGIApp) -> None:
        self._pages = pages
        self._functions = functions
        self._manifest = manifest
        self._front = front

    async def event_form(self, request: Request) -> Response:
        """With an example, or with the event of the invocation that it names."""
        entry = self._functions.journal.find(request.query_params.get("from", ""))
        if entry is not None:
            return self._event_form(entry.function, views.pretty(entry.payload))
        functions = self._manifest().functions
        function, method, path = _target(request.query_params.get("target", ""), functions)
        shape = request.query_params.get("shape") or examples.shape_of(function)
        event = examples.example(functions, method, path, shape)
        name = function.name if function else ""
        target = " ".join(filter(None, (name, method, path)))
        return self._event_form(name, json.dumps(event, indent=2, ensure_ascii=False), target=target, shape=shape)

    def _event_form(
        self, function: str, event: str, *, target: str = "", shape: str = "", problem: str = ""
    ) -> Response:
        targets = examples.targets(self._manifest().functions)
        return self._pages.page(
            "event.html",
            422 if problem else 200,
            targets=[" ".join(filter(None, each)) for each in targets],
            names=[*self._functions.pools],
            shapes=examples.SHAPES,
            target=target,
            shape=shape,
            function=function,
            event=event,
            problem=problem,
        )

    async def send_event(self, _: Request, fields: Fields) -> Response:
        function, text = fields.get("function", ""), fields.get("event", "")
        try:
            payload = json.dumps(json.loads(text)).encode()
        except (ValueError, RecursionError) as error:
            return self._event_form(function, text, problem=f"This is no JSON: {error}")
        try:
            entry = await self._invoke(function, payload)
        except ServeError as error:
            return self._event_form(function, text, problem=str(error))
        return self._pages.see(f"invocations/{entry.request_id}")

    async def replay(self, request: Request, _: Fields) -> Response:
        entry = self._functions.journal.find(request.path_params["id"])
        if entry is None:
            return self._pages.gone()
        try:
            again = await self._invoke(entry.function, entry.payload)
        except ServeError as error:
            return self._pages.problem(str(error), 503 if isinstance(error, Throttled) else 422)
        return self._pages.see(f"invocations/{again.request_id}")

    async def _invoke(self, function: str, payload: bytes) -> Entry:
        event = json.loads(payload)
        cause = " ".join(filter(None, ("console", views.cause_of(event))))
        entry = await self._functions.invoke(function, payload, cause=cause)
        assert entry.outcome is not None  # it has ended
        self._functions.journal.conclude(entry, views.result_of(event, entry.outcome))
        return entry

    async def request_form(self, request: Request) -> Response:
        _, method, path = _target(request.query_params.get("target", ""), self._manifest().functions)
        sent = examples.request(method or "GET", path or "/")
        headers = "\n".join(f"{name}: {value}" for name, value in sent.headers)
        given = {"method": sent.method, "target": sent.path, "headers": headers, "body": sent.content.decode()}
        return self._pages.page("request.html", methods=_METHODS, given=given, response=None)

    async def send_request(self, _: Request, fields: Fields) -> Response:
        given = {name: fields.get(name, "") for name in ("method", "target", "headers", "body")}
        if given["method"] not in _METHODS:
            return self._pages.problem(f"{given['method']} is no method of HTTP that is sent here.", 422)
        # A browser ends each line of a form's text with CRLF.
        body = given["body"].replace("\r\n", "\n").encode()
        sent = asking.Request(given["method"], given["target"], asking.headers_in(given["headers"]), body)
        response = await asking.ask(self._front, self._functions.journal, sent)
        shown = views.pretty(response.body)
        return self._pages.page("request.html", methods=_METHODS, given=given, response=response, body=shown)


def _target(text: str, functions: tuple[Function, ...]) -> tuple[Function | None, str, str]:
    """What `accounts GET /accounts` names: function, verb and path; by default those that come first."""
    name, method, path = [*text.split(" ", 2), "", ""][:3]
    named = [function for function in functions if function.name == name]
    function = next(iter(named or functions), None)
    if function is None or not function.routes:
        return function, "", ""
    if named and method and path:
        return function, method, path
    return function, function.routes[0].method, function.routes[0].path
