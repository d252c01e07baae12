"""AWS's Lambda API for the functions of the app: `boto3.client("lambda", endpoint_url=serve.url)`.

"Invoke", "GetFunction" and "ListFunctions" in the Lambda API reference. Requests need no valid signature.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tight_tasks.serve.errors import Stopped, Throttled, TooLarge
from tight_tasks.serve.events import AsyncEvents
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.variables import function_of

_FUNCTIONS = "/2015-03-31/functions"
_LARGEST_EVENT = 1024 * 1024  # of an asynchronous invocation: "Lambda quotas" in the Lambda developer guide
_TAIL = 4096


class LambdaApi:
    def __init__(self, functions: Functions, events: AsyncEvents) -> None:
        self._functions = functions
        self._events = events

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{_FUNCTIONS}/{{name}}/invocations", self.invoke, methods=["POST"]),
            Route("/2014-11-13/functions/{name}/invoke-async", self.invoke_async, methods=["POST"]),
            Route(_FUNCTIONS, self.list_functions),
            Route(f"{_FUNCTIONS}/", self.list_functions),
            Route(f"{_FUNCTIONS}/{{name}}", self.get_function),
            Route(f"{_FUNCTIONS}/{{name}}/configuration", self.get_configuration),
        ]

    async def invoke(self, request: Request) -> Response:
        name = function_of(request.path_params["name"])
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        if name not in self._functions.pools:
            return self._missing(name)
        payload = await request.body() or b"{}"
        unreadable = _json_error(payload)
        if unreadable:
            return _error(
                400, "InvalidRequestContentException", f"Could not parse request body into json: {unreadable}"
            )
        match kind:
            case "DryRun":
                return Response(status_code=204)
            case "Event":
                return self._accept(name, payload)
            case "RequestResponse":
                return await self._run(request, name, payload)
        allowed = "RequestResponse, Event, DryRun"
        return _error(400, "InvalidParameterValueException", f"{kind} is no invocation type: there are {allowed}")

    def _accept(self, name: str, payload: bytes) -> Response:
        if len(payload) > _LARGEST_EVENT:
            return _too_large(len(payload), _LARGEST_EVENT, "Event")
        return _accepted(self._events.accept(name, payload))

    async def _run(self, request: Request, name: str, payload: bytes) -> Response:
        try:
            context = _client_context(request.headers.get("x-amz-client-context"))
        except ValueError as error:
            return _error(400, "InvalidRequestContentException", f"Client context: {error}")
        trace = request.headers.get("x-amzn-trace-id", "")
        try:
            entry = await self._functions.invoke(name, payload, trace_id=trace, client_context=context)
        except TooLarge as error:
            return _too_large(error.size, error.limit, "InvokeFunction")
        except Throttled as error:
            return _throttled(str(error))
        except Stopped as error:
            return _error(500, "ServiceException", str(error), key="Message")
        return self._answer(entry, tail=request.headers.get("x-amz-log-type") == "Tail")

    def _answer(self, entry: Entry, *, tail: bool) -> Response:
        assert entry.outcome is not None  # it has ended
        outcome = entry.outcome
        self._functions.journal.conclude(entry, outcome.error_type or "200")
        headers = {"X-Amz-Executed-Version": "$LATEST", "x-amzn-RequestId": entry.request_id}
        if outcome.is_error:
            headers["X-Amz-Function-Error"] = "Unhandled"
        if tail:
            headers["X-Amz-Log-Result"] = base64.b64encode(_log_of(entry)[-_TAIL:]).decode()
        return Response(outcome.payload, headers=headers, media_type="application/json")

    async def invoke_async(self, request: Request) -> Response:
        name = function_of(request.path_params["name"])
        if name not in self._functions.pools:
            return self._missing(name)
        payload = await request.body() or b"{}"
        if _json_error(payload):
            return _error(400, "InvalidRequestContentException", "Could not parse request body into json")
        return self._accept(name, payload)

    async def list_functions(self, _: Request) -> Response:
        return JSONResponse({"Functions": [self._configuration(name) for name in sorted(self._functions.pools)]})

    async def get_function(self, request: Request) -> Response:
        name = function_of(request.path_params["name"])
        if name not in self._functions.pools:
            return self._missing(name)
        code = {"RepositoryType": "local", "Location": self._functions.project.root.as_uri()}
        return JSONResponse({"Configuration": self._configuration(name), "Code": code, "Tags": {}})

    async def get_configuration(self, request: Request) -> Response:
        name = function_of(request.path_params["name"])
        return JSONResponse(self._configuration(name)) if name in self._functions.pools else self._missing(name)

    def _configuration(self, name: str) -> Mapping[str, Any]:
        project = self._functions.project
        settings = project.function(name)
        return {
            "FunctionName": name,
            "FunctionArn": self._functions.arn(name),
            "Runtime": project.runtime,
            "Handler": f"app_index.{name}",
            "MemorySize": settings.memory,
            "Timeout": settings.timeout,
            "Architectures": [project.architecture],
            "PackageType": "Zip",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "Version": "$LATEST",
        }

    def _missing(self, name: str) -> Response:
        arn = f"{self._functions.arn(name)}:$LATEST"
        return _error(404, "ResourceNotFoundException", f"Function not found: {arn}", key="Message")


def _json_error(payload: bytes) -> str | None:
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        return str(error)
    return None


def _client_context(header: str | None) -> str:
    """As JSON on one line, from base64. Raises ValueError."""
    if not header:
        return ""
    try:
        return json.dumps(json.loads(base64.b64decode(header, validate=True)))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ValueError(f"it is not base64 of JSON: {error}") from error


def _log_of(entry: Entry) -> bytes:
    """As CloudWatch has it: START, what the function printed, END, REPORT."""
    end = f"END RequestId: {entry.request_id}"
    report = entry.usage.report(entry.request_id) if entry.usage else ""
    lines = [f"START RequestId: {entry.request_id} Version: $LATEST", *entry.log, end, report, ""]
    return "\n".join(lines).encode()


def _accepted(request_id: str) -> Response:
    return Response(status_code=202, headers={"x-amzn-RequestId": request_id})


def _too_large(size: int, limit: int, operation: str) -> Response:
    if operation == "Event":
        text = f"{size} byte payload is too large for the Event invocation type (limit {limit} bytes)"
    else:
        text = f"Request must be smaller than {limit} bytes for the {operation} operation"
    return _error(413, "RequestTooLargeException", text)


def _throttled(message: str) -> Response:
    body = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User", "message": message}
    return JSONResponse(body, 429, headers={"x-amzn-ErrorType": "TooManyRequestsException"})


def _error(status: int, kind: str, message: str, *, key: str = "message") -> Response:
    return JSONResponse({key: message, "Type": "User"}, status, headers={"x-amzn-ErrorType": kind})
