"""The event shapes of AWS's HTTP gateways: from an event to its parts, from a response to an answer.

REST API, payload 1.0: "Set up Lambda proxy integrations in API Gateway" in the API Gateway developer guide.
HTTP API, payload 2.0, and Function URL: "Create AWS Lambda proxy integrations for HTTP APIs" there, and "Invoking
Lambda function URLs" in the Lambda developer guide. Load balancers have a module of their own, `tight.balancers`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Protocol

    Event = dict[str, Any]

    class Gateway(Protocol):
        """One event shape, read and answered."""

        name: str
        flat: bool  # an answer without repeated fields and cookies is status, headers, body and nothing else
        server_error: str

        def method(self, event: Event) -> str: ...

        def path(self, event: Event) -> str:
            """Without the stage; percent-encoded where `is_encoded` says so."""

        def is_encoded(self, event: Event) -> bool: ...
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
    """REST API: path and path parameters come percent-encoded and without the stage; of a repeated field the last value
    stands in the single map, all of them in the multi-value map.

    An HTTP API may be told to send this payload too: then it says so by `version`, has decoded the path, and leaves the
    stage in it.
    """

    name = "rest"
    flat = True
    server_error = "Internal server error"  # the gateway's own spelling

    def method(self, event: "Event") -> str:
        try:
            method: str = event["httpMethod"].upper()
        except AttributeError:
            from tight.errors import NotAnHttpEvent

            raise NotAnHttpEvent(event) from None
        return method

    def path(self, event: "Event") -> str:
        path = event.get("path") or "/"
        if "version" in event:
            return without_stage(path, (event.get("requestContext") or {}).get("stage"))
        return str(path)

    def is_encoded(self, event: "Event") -> bool:
        return "version" not in event

    def path_parameters(self, event: "Event") -> "dict[str, str]":
        found: dict[str, str] = event.get("pathParameters") or {}
        if "version" in event:
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
    """HTTP API: the path comes decoded, with the stage in front unless that is `$default`; header names in lower case,
    repeated values joined by commas, cookies as a list of their own.
    """

    name = "http"
    flat = True
    server_error = "Internal Server Error"  # the gateway's own spelling

    def method(self, event: "Event") -> str:
        return str(event["requestContext"]["http"].get("method") or "GET").upper()

    def path(self, event: "Event") -> str:
        return without_stage(event.get("rawPath") or "/", event["requestContext"].get("stage"))

    def is_encoded(self, event: "Event") -> bool:  # noqa: ARG002  # a gateway's method
        return False

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
    """Leaves the path percent-encoded, and cookies in the headers too."""

    name = "url"

    def is_encoded(self, event: "Event") -> bool:  # noqa: ARG002  # a gateway's method
        return True


_REST, _HTTP, _URL = RestApi(), HttpApi(), FunctionUrl()


def gateway_of(event: "Event") -> "Gateway":
    """The gateway that an event came through. Raises `NotAnHttpEvent` for an event of another service."""
    if isinstance(event, dict):
        context = event.get("requestContext")
        if not isinstance(context, dict):
            context = {}
        if "httpMethod" in event:
            if "elb" not in context:
                return _REST
            from tight.balancers import balancer_of

            return balancer_of(event)
        if isinstance(context.get("http"), dict):
            return _URL if ".lambda-url." in str(context.get("domainName")) else _HTTP
    from tight.errors import NotAnHttpEvent

    raise NotAnHttpEvent(event if isinstance(event, dict) else ())


def is_http(event: "Any") -> bool:
    """Whether an event came through one of the gateways."""
    from tight.errors import NotAnHttpEvent

    try:
        gateway_of(event).method(event)
    except NotAnHttpEvent:
        return False
    return True


def unquote(text: str) -> str:
    """`text` with its percent-encoding decoded."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # 4 ms, needed by few paths

    return decode(text)


def without_prefix(path: str, prefix: str) -> str:
    """`path` below `prefix`, the name of a stage or a base path; `path` itself where it does not start with that."""
    prefix = "/" + prefix.strip("/")
    if path == prefix:
        return "/"
    return path[len(prefix) :] if prefix != "/" and path.startswith(prefix + "/") else path


def without_stage(path: str, stage: "str | None") -> str:
    """`path` below the name of the stage that an HTTP API puts in front of it, unless that is its default stage."""
    return without_prefix(path, stage) if stage and stage != "$default" else path
