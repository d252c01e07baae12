"""An event for a function that is tried out."""

import re
from datetime import datetime, timezone

from tight_tasks.manifest import Function, Route
from tight_tasks.serve.sources.schedule import scheduled_event
from tight_tasks.serve.variables import ACCOUNT

_TIME = datetime(2025, 1, 1, tzinfo=timezone.utc)
_PARAMETER = re.compile(r"\{[^}]*\}")


def example_event(function: Function | None, name: str, region: str) -> tuple[str, object]:
    """What it is in a few words, and the event: a request to the first route, GET preferred, else that of the first
    schedule, else an empty one.

    Of a function that is in no manifest nobody knows what calls it: a request, by Tight's convention.
    """
    if function is not None and "http" not in function.triggers:
        schedules = [(source.model_extra or {})["name"] for source in function.sources if source.kind == "schedule"]
        if schedules:
            return f"the schedule {schedules[0]}", scheduled_event(schedules[0], _TIME, region)
        return "an empty event", {}
    routes = function.routes if function is not None else ()
    route = min(routes, key=_simplest_first, default=None)
    method, pattern = (route.method, route.path) if route is not None else ("GET", f"/{name}")
    return f"{method} {pattern}", _http_event(method, pattern)


def _simplest_first(route: Route) -> tuple[bool, bool]:
    return route.method != "GET", "{" in route.path


def _http_event(method: str, pattern: str) -> dict[str, object]:
    """Payload format 2.0: "AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide."""
    path = _PARAMETER.sub("1", pattern)
    parameters = {found.group()[1:-1].rstrip("+"): "1" for found in _PARAMETER.finditer(pattern)}
    has_body = method not in ("GET", "HEAD", "DELETE", "OPTIONS")
    event: dict[str, object] = {
        "version": "2.0",
        "routeKey": f"{method} {pattern}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "application/json",
            "host": "example.execute-api.us-east-1.amazonaws.com",
            **({"content-type": "application/json", "content-length": "2"} if has_body else {}),
        },
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "example",
            "domainName": "example.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "tight",
            },
            "requestId": "example",
            "routeKey": f"{method} {pattern}",
            "stage": "$default",
            "time": f"{_TIME:%d/%b/%Y:%H:%M:%S %z}",
            "timeEpoch": int(_TIME.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if parameters:
        event["pathParameters"] = parameters
    if has_body:
        event["body"] = "{}"
    return event
