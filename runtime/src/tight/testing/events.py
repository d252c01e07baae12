"""Events of AWS's gateways, complete enough for any handler. A `body` of bytes is sent as base64, of text as it is, any
other as JSON.

Shapes: "Set up Lambda proxy integrations in API Gateway" (REST API, payload 1.0) and "Create AWS Lambda proxy
integrations for HTTP APIs" (payload 2.0) in the API Gateway developer guide.
"""

import json
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

Event = dict[str, Any]

_AGENT = "tight.testing"
_SOURCE = "203.0.113.1"  # of the range for documentation, RFC 5737
_ACCOUNT = "123456789012"


def rest_api_event(
    method: str,
    path: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Event:
    """A request through a REST API. `path` is percent-encoded, as clients send it."""
    text, encoded, sent = _body_and_headers(body, headers)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent or None,
        "multiValueHeaders": {name: [value] for name, value in sent.items()} or None,
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": {"proxy": path.strip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.us-west-2.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "extendedRequestId": "Example=",
            "httpMethod": method,
            "identity": {"sourceIp": _SOURCE, "userAgent": _AGENT, "userArn": None},
            "path": f"/dev{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "resourceId": "abc123",
            "resourcePath": "/{proxy+}",
            "stage": "dev",
        },
        "body": text,
        "isBase64Encoded": encoded,
    }


def http_api_event(
    method: str,
    path: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Event:
    """A request through an HTTP API. `path` is decoded, as this gateway gives it."""
    text, encoded, sent = _body_and_headers(body, headers)
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}, quote_via=quote),
        "headers": {name.lower(): value for name, value in sent.items()},
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.us-west-2.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": _SOURCE,
                "userAgent": _AGENT,
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if text is not None:
        event["body"] = text
    return event


def _body_and_headers(body: object, headers: Mapping[str, str] | None) -> tuple[str | None, bool, dict[str, str]]:
    if body is None or isinstance(body, str):
        return body, False, dict(headers or {})
    if isinstance(body, bytes):
        return b64encode(body).decode("ascii"), True, dict(headers or {})
    return json.dumps(body), False, {"Content-Type": "application/json", **(headers or {})}
