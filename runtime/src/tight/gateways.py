"""The event shapes of AWS's HTTP gateways: from an event to its parts, from a response to an answer.

REST API, payload 1.0: "Set up Lambda proxy integrations in API Gateway" in the API Gateway developer guide.
HTTP API, payload 2.0, and Function URL: "Create AWS Lambda proxy integrations for HTTP APIs" there, and "Invoking
Lambda function URLs" in the Lambda developer guide. Load balancers have a module of their own, `tight.balancers`.

What every request needs of them, its method and path, stands in `tight.request`; this is loaded for the rest.
"""

from tight.request import BALANCER, HTTP, REST, URL, unquote, way_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Protocol

    from tight.request import Event, Way

    class Gateway(Protocol):
        """One event shape, read and answered."""

        name: str
        server_error: str

        def path_parameters(self, event: Event) -> dict[str, str]:
            """Those of the gateway's own route, decoded."""

        def headers(self, event: Event) -> Iterable[tuple[str, str]]: ...
        def cookies(self, event: Event) -> str:
            """The header Cookie."""

        def query(self, event: Event) -> dict[str, list[str]]: ...
        def source_ip(self, event: Event) -> str | None: ...
        def answer(
            self,
            status: int,
            headers: dict[str, str],
            repeated: Mapping[str, list[str]],
            cookies: list[str],
            body: str,
            encoded: bool,
        ) -> Event:
            """`headers` are new, and so may become part of the answer; `repeated` are those with several values."""


class RestApi:
    """REST API: of a repeated field the last value stands in the single map, all of them in the multi-value map."""

    name = REST
    server_error = "Internal server error"  # the gateway's own spelling

    def path_parameters(self, event: "Event") -> "dict[str, str]":
        found: dict[str, str] = event.get("pathParameters") or {}
        if "version" in event:  # an HTTP API's, which decodes them
            return found
        return {name: unquote(value) for name, value in found.items()}

    def headers(self, event: "Event") -> "Iterable[tuple[str, str]]":
        # Whoever writes an event by hand may name them in one of the maps only.
        yield from (event.get("headers") or {}).items()
        for name, values in (event.get("multiValueHeaders") or {}).items():
            if values:
                yield name, ("; " if name.lower() == "cookie" else ",").join(values)

    def cookies(self, event: "Event") -> str:
        return next((value for name, value in reversed([*self.headers(event)]) if name.lower() == "cookie"), "")

    def query(self, event: "Event") -> "dict[str, list[str]]":
        single = event.get("queryStringParameters") or {}
        return {name: [value] for name, value in single.items()} | (event.get("multiValueQueryStringParameters") or {})

    def source_ip(self, event: "Event") -> "str | None":
        ip: str | None = event["requestContext"]["identity"]["sourceIp"]
        return ip

    def answer(
        self,
        status: int,
        headers: "dict[str, str]",
        repeated: "Mapping[str, list[str]]",
        cookies: "list[str]",
        body: str,
        encoded: bool,
    ) -> "Event":
        answer: Event = {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": encoded}
        if cookies:
            repeated = {**repeated, "Set-Cookie": cookies}
        if repeated:
            answer["multiValueHeaders"] = repeated
        return answer


class HttpApi:
    """HTTP API: header names in lower case, repeated values joined by commas, cookies as a list of their own."""

    name = HTTP
    server_error = "Internal Server Error"  # the gateway's own spelling

    def path_parameters(self, event: "Event") -> "dict[str, str]":
        return event.get("pathParameters") or {}

    def headers(self, event: "Event") -> "Iterable[tuple[str, str]]":
        yield from (event.get("headers") or {}).items()
        if event.get("cookies"):
            yield "cookie", self.cookies(event)

    def cookies(self, event: "Event") -> str:
        return "; ".join(event.get("cookies") or [(event.get("headers") or {}).get("cookie", "")])

    def query(self, event: "Event") -> "dict[str, list[str]]":
        joined = event.get("queryStringParameters") or {}
        # A comma may stand between two values or be a part of one; only the query as it was sent tells.
        if event.get("rawQueryString") and any("," in value for value in joined.values()):
            from urllib.parse import parse_qs

            return parse_qs(event["rawQueryString"], keep_blank_values=True)
        return {name: [value] for name, value in joined.items()}

    def source_ip(self, event: "Event") -> "str | None":
        ip: str | None = event["requestContext"]["http"].get("sourceIp")
        return ip

    def answer(
        self,
        status: int,
        headers: "dict[str, str]",
        repeated: "Mapping[str, list[str]]",
        cookies: "list[str]",
        body: str,
        encoded: bool,
    ) -> "Event":
        for name, values in repeated.items():
            headers[name] = ",".join(values)
        answer: Event = {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": encoded}
        if cookies:
            answer["cookies"] = cookies
        return answer


class FunctionUrl(HttpApi):
    """Leaves cookies in the headers too."""

    name = URL


_GATEWAYS: "dict[str, Gateway]" = {each.name: each for each in (RestApi(), HttpApi(), FunctionUrl())}


def gateway_of(event: "Event") -> "Gateway":
    """The gateway that an event came through. Raises `NotAnHttpEvent` for an event of another service."""
    way = way_of(event)
    if way is not None:
        return _GATEWAYS[way[0]]
    if isinstance(event, dict) and isinstance(event.get("httpMethod"), str):
        from tight.balancers import balancer_of

        return balancer_of(event)
    from tight.errors import NotAnHttpEvent

    raise NotAnHttpEvent(event if isinstance(event, dict) else ())


def way_through_balancer(event: "Event") -> "Way":
    """What `way_of` does not tell. Raises as `gateway_of` does."""
    gateway_of(event)
    return BALANCER, event["httpMethod"].upper(), str(event.get("path") or "/"), True


def is_http(event: "Any") -> bool:
    """Whether an event came through one of the gateways."""
    from tight.errors import NotAnHttpEvent

    try:
        gateway_of(event)
    except NotAnHttpEvent:
        return False
    return True
