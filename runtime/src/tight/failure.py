"""Answers to exceptions, and the answers that Tight gives of its own accord."""

from tight import log
from tight.errors import BadBody, InvalidInput, TightError
from tight.exits import HttpExit
from tight.handlers import ERROR, Endpoint, Response, Signature, refuse_twins, respond, settle, visible
from tight.request import FILLERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from typing import Any

    from tight.dispatch import Resource
    from tight.handlers import Mark
    from tight.request import Request


def error_handlers(namespace: "dict[str, Any]", marks: "list[Mark]") -> "dict[Any, Callable[..., Any]]":
    """The functions that `@error` marks, by status or class of exceptions."""
    own = [mark for mark in marks if mark.trigger == ERROR]
    refuse_twins(own, [mark.options for mark in own], lambda mark: f"error({mark.options[0]})")
    return {mark.options[0]: visible(namespace, mark) for mark in own}


def known_answer(resource: "Resource", request: "Request", error: BaseException) -> "Any":
    """The answer to an exception that the app or Tight has one for, or what has to be awaited for it; else None."""
    leaves = list(_leaves(error))
    for each in leaves:
        if isinstance(each, HttpExit):
            return each.response
    if len(leaves) == 1:
        error = leaves[0]
    for kind in type(error).__mro__:
        # A caller's mistake is a ValueError, but not the one that an app means by `error(ValueError)`.
        if kind is TightError and isinstance(error, (BadBody, InvalidInput)):
            break
        if kind in resource.errors:
            return _call(resource.errors[kind], request, error)
    if isinstance(error, BadBody):
        return own_answer(resource, request, 400, {"message": f"Bad Request: {error.reason}"}, error)
    if isinstance(error, InvalidInput):
        faults = {"message": "Unprocessable Entity", "errors": error.fields}
        return own_answer(resource, request, 422, faults, error)
    return None


def _leaves(error: BaseException) -> "Iterator[BaseException]":
    """The errors in a group, which comes out of a `TaskGroup`; else the error itself."""
    nested = getattr(error, "exceptions", None)
    if isinstance(nested, tuple):
        for each in nested:
            yield from _leaves(each)
    else:
        yield error


def own_answer(
    resource: "Resource", request: "Request", status: int, body: object, error: BaseException | None = None
) -> "Any":
    """The app's own answer for `status`, which `error(404)` and its like give; else `body`."""
    handler = resource.errors.get(status)
    return Response(status, body) if handler is None else _call(handler, request, error, status)


def last_answer(resource: "Resource", request: "Request", error: BaseException) -> "Any":
    """What Lambda sends back when an exception has come through all middleware, or an answer could not be written."""
    try:
        return resource.answer(request, _last_response(resource, request, error))
    except Exception as second:
        if resource.reraise:
            raise
        # The app's own handler of errors failed, or its answer can't be written.
        _log(resource, request, second)
    failed = {"message": request.gateway.server_error}
    try:
        return resource.answer(request, Response(500, failed))
    except Exception as third:  # noqa: BLE001  # of an event that no gateway sends, not even the headers can be read
        _log(resource, request, third)
        return request.gateway.answer(500, {}, {}, [], resource.dumps(failed), False)


def _last_response(resource: "Resource", request: "Request", error: BaseException) -> Response:
    response: Response | None = _settled(known_answer(resource, request, error))
    if response is None:
        if resource.reraise or not isinstance(error, Exception):
            raise error
        _log(resource, request, error)
        response = _settled(own_answer(resource, request, 500, {"message": request.gateway.server_error}, error))
        assert response is not None  # there is one for every status
    return response


def as_step(resource: "Resource", endpoint: Endpoint) -> "tuple[Callable[[Request], Any], bool]":
    """What `@wrap` stands around, and whether it has to be awaited: what has an answer comes out as a `Response`."""

    def step(request: "Request") -> Response:
        try:
            return respond(endpoint(request))
        except BaseException as error:
            response: Response | None = known_answer(resource, request, error)
            if response is None:
                raise
            return response

    async def awaited(request: "Request") -> Response:
        try:
            value = endpoint(request)
        except BaseException as error:
            response: Response | None = await settle(known_answer(resource, request, error))
            if response is None:
                raise
            return response
        return await answer_awaited(resource, request, value)

    is_async = endpoint.is_async or has_async(resource.errors.values())
    return (awaited if is_async else step), is_async


async def answer_awaited(resource: "Resource", request: "Request", value: "Awaitable[Any]") -> Response:
    """The `Response` that the value of an `async def` stands for."""
    try:
        return respond(await settle(value))
    except BaseException as error:
        response: Response | None = await settle(known_answer(resource, request, error))
        if response is None:
            raise
        return response


def has_async(functions: "Iterable[Callable[..., Any]]") -> bool:
    """Whether what one of them gives has to be awaited."""
    return any(Signature(function).is_async for function in functions)


def _call(handler: "Callable[..., Any]", request: "Request", error: BaseException | None, status: int = 500) -> "Any":
    fillers = {**FILLERS, "error": lambda _: error, "status": lambda _: status}
    endpoint = Endpoint(handler, fillers)
    if not endpoint.is_async:
        try:
            return _with_status(endpoint(request), status)
        except HttpExit as way_out:
            return way_out.response

    async def awaited() -> Response:
        try:
            return _with_status(await settle(endpoint(request)), status)
        except HttpExit as way_out:
            return way_out.response
        except Exception as second:
            if second is error:
                raise
            raise second from error  # the log tells both, though this one is awaited when that one has been caught

    return awaited()


def _with_status(value: object, status: int) -> Response:
    """A handler of errors that names no status answers with that of the error."""
    response = respond(value)
    is_data = response.body is value
    named = isinstance(value, (tuple, Response)) or (isinstance(value, dict) and "statusCode" in value)
    if is_data or not named:
        response.status = status
    return response


def _settled(response: "Any") -> "Any":
    if response is None or isinstance(response, Response):
        return response
    from tight.loop import run

    return run(response)


def _log(resource: "Resource", request: "Request", error: BaseException) -> None:
    try:
        path = request.path
    except (AttributeError, TypeError):  # an event that no gateway sends
        path = None
    log.exception(f"{resource.__name__} failed", error, method=request.method, path=path)
