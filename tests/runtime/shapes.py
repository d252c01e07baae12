"""AWS's event shapes for HTTP: what a client sends as each gateway hands it on, and an answer as each sends it back.

After the documentation of each: "Set up Lambda proxy integrations in API Gateway" (REST API), "Create AWS Lambda proxy
integrations for HTTP APIs" (payload 1.0 and 2.0), "Invoking Lambda function URLs", "Use Lambda functions as targets of
an Application Load Balancer".

docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_plus

from tight.fields import gather

Handler = Callable[[dict[str, Any], object], Any]


class Sent(NamedTuple):
    """What a client sends; path and query are percent-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, list[str]]
    stage: str
    route_parameters: Mapping[str, str]

    @property
    def staged_path(self) -> str:
        return self.path if self.stage == "$default" else f"/{self.stage}{self.path}"

    def query_values(self, decode: Callable[[str], str] = unquote_plus) -> dict[str, list[str]]:
        pairs = [pair.partition("=") for pair in self.query.split("&") if pair]
        return gather((decode(name), decode(value)) for name, _, value in pairs)


class Wire(NamedTuple):
    """What a client is sent: header names in lower case, values of a repeated one joined by commas."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes


class Shape:
    """One of AWS's event shapes: renders what a client sends, and sends what a function answers, as its gateway does.

    Such as "Set up Lambda proxy integrations in API Gateway" and "Lambda functions as targets" tell.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.decodes_paths = name.startswith("http-api")  # %2F too
        self.keeps_repeats = name != "alb"
        self.server_error = "Internal server error" if name in ("rest", "http-api-1.0") else "Internal Server Error"

    def event(
        self,
        method: str = "GET",
        path: str = "/",
        *,
        query: str = "",
        headers: Mapping[str, str | list[str]] | None = None,
        body: bytes = b"",
        stage: str | None = None,
        route_parameters: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> dict[str, Any]:
        """The event of a request with this percent-encoded path and query, then `changed` as given.

        A body is base64 unless its content type is text; `stage` is dev, but of a HTTP API and Function URL $default.
        """
        sent = {"Host": "api.example.org", "X-Forwarded-For": "198.51.100.1, 203.0.113.7", **(headers or {})}
        lists = {name: values if isinstance(values, list) else [values] for name, values in sent.items()}
        kind = next((values[-1] for name, values in lists.items() if name.lower() == "content-type"), "")
        plain = not body or kind.startswith(("text/", "application/json", "application/xml", "application/javascript"))
        text = body.decode() if plain else b64encode(body).decode()
        stage = stage or ("dev" if self.name == "rest" else "$default")
        request = Sent(method, path, query, lists, stage, route_parameters or {})
        render = {"rest": _rest, "http-api-1.0": _http_as_rest, "http-api": _http, "function-url": _function_url}
        event = render.get(self.name, _alb if self.name == "alb" else _multi_value_alb)(request)
        return {**event, "body": text or event.get("body"), "isBase64Encoded": not plain, **changed}

    def wire(self, answer: dict[str, Any]) -> Wire:
        """What the client is sent for the answer of a function, without what the gateway adds to it."""
        json.dumps(answer, ensure_ascii=False).encode()  # as AWS's runtime client does
        known = {"statusCode", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"}
        assert answer.keys() <= known, "a REST API answers 502 to any other key"
        assert isinstance(answer["statusCode"], int)
        assert isinstance(answer["body"], str)
        single, lists = answer.get("headers", {}), answer.get("multiValueHeaders", {})
        assert all(isinstance(value, str) for value in single.values())
        assert all(isinstance(value, str) for values in lists.values() for value in values)
        pairs = [(name.lower(), value) for name, values in lists.items() for value in values]
        if self.name == "alb multi-value":
            assert "headers" not in answer, "a balancer with multi-value headers reads no others"
        elif self.name in ("http-api", "function-url", "alb"):
            assert not pairs, "the gateway reads no multi-value headers"
        pairs += [(name.lower(), value) for name, value in single.items()]
        if self.name in ("http-api", "function-url"):
            pairs += [("set-cookie", cookie) for cookie in answer.get("cookies", [])]
        else:
            assert "cookies" not in answer, "only payload 2.0 has cookies"
        fields = gather(pairs)
        cookies = fields.pop("set-cookie", [])
        body = b64decode(answer["body"], validate=True) if answer["isBase64Encoded"] else answer["body"].encode()
        return Wire(answer["statusCode"], {name: ",".join(values) for name, values in fields.items()}, cookies, body)

    def ask(self, handler: Handler, *request: Any, **parts: Any) -> Wire:
        """What the client of `handler` is sent; the event is left as it was."""
        event = self.event(*request, **parts)
        before = deepcopy(event)
        answer = handler(event, None)
        assert event == before
        return self.wire(answer)


def _rest(sent: Sent) -> dict[str, Any]:
    values = sent.query_values()
    return {
        "resource": "/{proxy+}",
        "path": sent.path,
        "httpMethod": sent.method,
        "headers": _last(sent.headers),
        "multiValueHeaders": sent.headers,
        "queryStringParameters": _last(values) or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": dict(sent.route_parameters) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "api.example.org",
            "extendedRequestId": "Example=",
            "httpMethod": sent.method,
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "test", "userArn": None},
            "path": sent.staged_path,
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "21/Nov/2026:03:00:00 +0000",
            "requestTimeEpoch": 1795230000000,
            "resourcePath": "/{proxy+}",
            "stage": sent.stage,
        },
        "body": None,
    }


def _http_as_rest(sent: Sent) -> dict[str, Any]:
    event = _rest(sent)
    event["requestContext"]["authorizer"] = {"claims": None, "scopes": None}
    parameters = {name: unquote(value) for name, value in sent.route_parameters.items()}
    return {**event, "version": "1.0", "path": unquote(sent.staged_path), "pathParameters": parameters or None}


def _http(sent: Sent) -> dict[str, Any]:
    cookies = [cookie for name, repeats in sent.headers.items() if name.lower() == "cookie" for cookie in repeats]
    values = sent.query_values()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(sent.staged_path),
        "rawQueryString": sent.query,
        "headers": _joined({name.lower(): values for name, values in sent.headers.items() if name.lower() != "cookie"}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": sent.method,
                "path": unquote(sent.staged_path),
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": sent.stage,
            "time": "21/Nov/2026:03:00:00 +0000",
            "timeEpoch": 1795230000000,
        },
    }
    # What is empty is left out.
    if cookies:
        event["cookies"] = [pair for cookie in cookies for pair in cookie.split("; ")]
    if values:
        event["queryStringParameters"] = _joined(values)
    if sent.route_parameters:
        event["pathParameters"] = {name: unquote(value) for name, value in sent.route_parameters.items()}
    return event


def _function_url(sent: Sent) -> dict[str, Any]:
    event = _http(sent)
    if "cookies" in event:
        event["headers"]["cookie"] = "; ".join(event["cookies"])
    context = {"accountId": "anonymous", "domainName": "a1b2c3d4e5.lambda-url.eu-north-1.on.aws"}
    return {**event, "rawPath": sent.staged_path, "requestContext": {**event["requestContext"], **context}}


def _alb(sent: Sent) -> dict[str, Any]:
    values = sent.query_values(str)
    return {**_target(sent), "headers": _last(_lower(sent.headers)), "queryStringParameters": _last(values)}


def _multi_value_alb(sent: Sent) -> dict[str, Any]:
    values = sent.query_values(str)
    return {
        **_target(sent),
        "multiValueHeaders": _lower(sent.headers),
        "multiValueQueryStringParameters": values,
    }


def _target(sent: Sent) -> dict[str, Any]:
    group = "arn:aws:elasticloadbalancing:eu-north-1:123456789012:targetgroup/shop/6d0ecf831eec9f09"
    context = {"elb": {"targetGroupArn": group}}
    return {"requestContext": context, "httpMethod": sent.method, "path": sent.path, "body": ""}


def _last(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in fields.items()}


def _joined(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: ",".join(values) for name, values in fields.items()}


def _lower(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name.lower(): values for name, values in fields.items()}


SHAPES = [Shape(name) for name in ("rest", "http-api", "http-api-1.0", "function-url", "alb", "alb multi-value")]
