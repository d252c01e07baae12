"""The event shapes of AWS's HTTP gateways: pure functions from an event to its parts, and from a response to an answer.

REST API, payload 1.0: "Set up Lambda proxy integrations in API Gateway" in the API Gateway developer guide.
HTTP API, payload 2.0, and Function URL: "Create AWS Lambda proxy integrations for HTTP APIs" there, and "Invoking
Lambda function URLs" in the Lambda developer guide.
"""

from tight.errors import NotAnHttpEvent
from tight.response import sendable
from tight.router import decode_path, split_path, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from tight.response import HeaderValue

    Event = dict[str, Any]

    class Gateway(Protocol):
        """One event shape, read and answered. Header names come in lower case, a repeated query value as its last."""

        server_error: str

        def method(self, event: Event) -> str: ...
        def path(self, event: Event) -> str: ...
        def parts(self, event: Event) -> tuple[str, ...]: ...
        def path_parameters(self, event: Event) -> dict[str, str]: ...
        def headers(self, event: Event) -> Mapping[str, str]: ...
        def query(self, event: Event) -> Mapping[str, str]: ...
        def answer(
            self, status: int, headers: Mapping[str, HeaderValue], cookies: list[str], body: str, encoded: bool
        ) -> Event: ...


class RestApi:
    """REST API, payload 1.0: path and path parameters come percent-encoded, the path without the stage."""

    server_error = "Internal server error"  # the gateway's own spelling

    def method(self, event: "Event") -> str:
        return str(event["httpMethod"]).upper()

    def path(self, event: "Event") -> str:
        return event.get("path") or "/"

    def parts(self, event: "Event") -> "tuple[str, ...]":
        return split_path(self.path(event)) if _is_decoded(event) else decode_path(self.path(event))

    def path_parameters(self, event: "Event") -> "dict[str, str]":
        found: dict[str, str] = event.get("pathParameters") or {}
        return found if _is_decoded(event) else {name: unquote(value) for name, value in found.items()}

    def headers(self, event: "Event") -> "Mapping[str, str]":
        return {name.lower(): value for name, value in (event.get("headers") or {}).items()}

    def query(self, event: "Event") -> "Mapping[str, str]":
        return event.get("queryStringParameters") or {}

    def answer(
        self, status: int, headers: "Mapping[str, HeaderValue]", cookies: list[str], body: str, encoded: bool
    ) -> "Event":
        answer: Event = {
            "statusCode": status,
            "headers": _single(headers),
            "body": body,
            "isBase64Encoded": encoded,
        }
        repeated = {name: [_text(one) for one in value] for name, value in headers.items() if isinstance(value, list)}
        if cookies:
            repeated["Set-Cookie"] = [*repeated.get("Set-Cookie", ()), *cookies]
        if repeated:
            answer["multiValueHeaders"] = repeated
        return answer


class HttpApi:
    """HTTP API and Function URL, payload 2.0: header names are lower-case, repeated values joined by commas."""

    server_error = "Internal Server Error"  # the gateway's own spelling

    def method(self, event: "Event") -> str:
        return str(event["requestContext"]["http"].get("method", "GET")).upper()

    def path(self, event: "Event") -> str:
        path: str = event.get("rawPath") or "/"
        stage = event["requestContext"].get("stage") or "$default"
        prefix = f"/{stage}"
        if stage != "$default" and (path == prefix or path.startswith(f"{prefix}/")):
            return path[len(prefix) :] or "/"
        return path

    def parts(self, event: "Event") -> "tuple[str, ...]":
        # An HTTP API has decoded rawPath already, a Function URL has not.
        if ".lambda-url." in event["requestContext"].get("domainName", ""):
            return decode_path(self.path(event))
        return split_path(self.path(event))

    def headers(self, event: "Event") -> "Mapping[str, str]":
        # Lower case already, but for events that a person has written.
        return {name.lower(): value for name, value in (event.get("headers") or {}).items()}

    def query(self, event: "Event") -> "Mapping[str, str]":
        return event.get("queryStringParameters") or {}

    def path_parameters(self, event: "Event") -> "dict[str, str]":
        return event.get("pathParameters") or {}

    def answer(
        self, status: int, headers: "Mapping[str, HeaderValue]", cookies: list[str], body: str, encoded: bool
    ) -> "Event":
        joined = _single(headers)
        for name, value in headers.items():
            if isinstance(value, list):
                if name.lower() == "set-cookie":
                    cookies = [*(_text(one) for one in value), *cookies]
                else:
                    joined[name] = ",".join(_text(one) for one in value)
        answer: Event = {"statusCode": status, "headers": joined, "body": body, "isBase64Encoded": encoded}
        if cookies:
            answer["cookies"] = cookies
        return answer


REST_API: "Gateway" = RestApi()
HTTP_API: "Gateway" = HttpApi()


def gateway_of(event: "Event") -> "Gateway":
    """The gateway that an event came through. Raises `NotAnHttpEvent` for an event of another service."""
    if not isinstance(event, dict):
        raise NotAnHttpEvent(())
    if "httpMethod" in event:
        return REST_API
    context = event.get("requestContext")
    if isinstance(context, dict) and isinstance(context.get("http"), dict):
        return HTTP_API
    raise NotAnHttpEvent(event)


def _is_decoded(event: "Event") -> bool:
    # An HTTP API says which payload it sends, a REST API does not; only the former has decoded the path.
    return "version" in event


def _single(headers: "Mapping[str, HeaderValue]") -> dict[str, str]:
    return {name: _text(value) for name, value in headers.items() if value is not None and not isinstance(value, list)}


def _text(value: "str | int | bool") -> str:
    return str(value).lower() if isinstance(value, bool) else sendable(str(value))
