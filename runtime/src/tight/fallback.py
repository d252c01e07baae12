"""What is answered where no function has the request's verb and path: HEAD from GET, OPTIONS, 405 and 404."""

from tight.failure import answer_awaited, own_answer
from tight.handlers import DEFAULT_HEADERS, Response, respond

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Any

    from tight.dispatch import Resource
    from tight.request import Request


def answer_unmatched(resource: "Resource", request: "Request") -> "Any":
    """The `Response`, or what has to be awaited for it."""
    if request.method == "HEAD":
        endpoint = resource.find("GET", request)
        if endpoint is not None:
            value = endpoint(request)
            return answer_awaited(resource, request, value) if endpoint.is_async else respond(value)
    allowed = _allowed(resource, request)
    if not allowed:
        return own_answer(resource, request, 404, {"message": "Not Found"})
    names = ", ".join(sorted(allowed))
    if request.method == "OPTIONS":
        return Response(204, None, {"Allow": names, **_preflight_headers(resource, request, names)})
    answer = own_answer(resource, request, 405, {"message": "Method Not Allowed"})
    return _allowing(names, answer) if isinstance(answer, Response) else _allowing_later(names, answer)


def _preflight_headers(resource: "Resource", request: "Request", names: str) -> "dict[str, str]":
    if resource.cors is not None:
        return resource.cors.preflight_headers(request, names)
    defaults = resource.namespace.get(DEFAULT_HEADERS, resource.default_headers)
    if "access-control-allow-origin" not in map(str.lower, defaults):  # nobody wants requests of other origins
        return {}
    from tight.cors import Cors

    return Cors().preflight_headers(request, names)


def _allowing(names: str, answer: Response) -> Response:
    """`answer` with the header Allow, unless it has one."""
    answer.headers = {"Allow": names, **answer.headers}
    return answer


async def _allowing_later(names: str, answer: "Awaitable[Response]") -> Response:
    return _allowing(names, await answer)


def _allowed(resource: "Resource", request: "Request") -> "set[str]":
    allowed = set(resource.anywhere)
    if resource.router is not None:
        allowed |= resource.router.allowed(request.segments())
    if "GET" in allowed:
        allowed.add("HEAD")
    return allowed | {"OPTIONS"} if allowed else allowed
