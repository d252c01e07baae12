"""Events of a WebSocket API: "Working with WebSocket APIs" in the API Gateway developer guide.

Its form is that of a REST API without method and path. Only the handshake brings the client's headers and query along.
"""

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tight.testing.events.rest import rest_api_event
from tight.testing.events.sent import API, REGION, SOURCE_IP, Event, Parts, clock, now

if TYPE_CHECKING:
    from typing_extensions import Unpack

CONNECTION = "L0SM9cOFvHcCIhw="
HOST = f"{API}.execute-api.{REGION}.amazonaws.com"
_OF_HTTP = ("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters")


def websocket_connect_event(connection_id: str = CONNECTION, *, stage: str = "dev", **parts: "Unpack[Parts]") -> Event:
    """A client's handshake: `headers`, `query`, and the `principal_id` that the API's authorizer gave."""
    sent = rest_api_event("GET", "/", **parts)
    event = _event("$connect", "CONNECT", connection_id, stage)
    if parts.get("principal_id") is not None:
        event["requestContext"]["authorizer"] = sent["requestContext"]["authorizer"]
    return {**{name: sent[name] for name in _OF_HTTP if sent[name]}, **event}


def websocket_message_event(
    body: Any, route: str = "$default", connection_id: str = CONNECTION, *, stage: str = "dev"
) -> Event:
    """A message that the API has found a route for: text as it is, any other value as JSON."""
    event = _event(route, "MESSAGE", connection_id, stage)
    event["requestContext"]["messageId"] = uuid4().hex[:15] + "="
    return {**event, "body": body if isinstance(body, str) else json.dumps(body)}


def websocket_disconnect_event(
    connection_id: str = CONNECTION, *, status: int = 1000, reason: str = "", stage: str = "dev"
) -> Event:
    """The end of a connection."""
    event = _event("$disconnect", "DISCONNECT", connection_id, stage)
    event["requestContext"] |= {"disconnectStatusCode": status, "disconnectReason": reason}
    headers = {"Host": HOST, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    return {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}, **event}


def _event(route: str, kind: str, connection_id: str, stage: str) -> Event:
    moment, request_id = now(), uuid4().hex[:15] + "="
    return {
        "requestContext": {
            "routeKey": route,
            "eventType": kind,
            "extendedRequestId": request_id,
            "requestTime": clock(moment),
            "messageDirection": "IN",
            "stage": stage,
            "connectedAt": int(moment.timestamp() * 1000),
            "requestTimeEpoch": int(moment.timestamp() * 1000),
            "identity": {"sourceIp": SOURCE_IP, "userAgent": "tight.testing"},
            "requestId": request_id,
            "domainName": HOST,
            "connectionId": connection_id,
            "apiId": API,
        },
        "isBase64Encoded": False,
    }
