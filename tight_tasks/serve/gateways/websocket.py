"""WebSocket API: "Working with WebSocket APIs" in the API Gateway developer guide. Events of a connection, pure.

A message's route is what its body says: the route selection expression is `$request.body.action`.
"""

import base64
import json
import os
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tight_tasks.serve.gateways.parts import single_headers, status_of
from tight_tasks.serve.gateways.wire import Event, Sent, Unfit
from tight_tasks.serve.variables import API

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
LIMIT_S = 29.0  # of a function
LARGEST_MESSAGE = 128 * 1024
LARGEST_FRAME = 32 * 1024
IDLE_S, LONGEST_S = 600.0, 7200.0


def new_id() -> str:
    """As API Gateway has them: Kx3abcDEFghIjkl=."""
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


@dataclass(frozen=True)
class Peer:
    """Who is connected. Times are Unix's, in seconds; `at` is what events say of a path, in a host alone; `authorizer`
    what they say of the caller, where an authorizer was asked.
    """

    source_ip: str
    user_agent: str
    domain: str
    stage: str
    connection_id: str
    connected_at: float = field(default_factory=time.time)
    at: Mapping[str, Any] = field(default_factory=dict)
    authorizer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        return {"sourceIp": self.source_ip, "userAgent": self.user_agent}


def connect_event(peer: Peer, sent: Sent) -> Event:
    names = {name.lower(): name for name, _ in reversed(sent.headers)}  # in the caller's spelling
    way = sent.way
    headers = {names[name]: values for name, values in sent.lowered.items() if name not in way}
    headers |= {name.title(): [value] for name, value in way.items()}
    event: Event = {
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "requestContext": _context(peer, CONNECT, "CONNECT"),
        "isBase64Encoded": False,
        **peer.at,
    }
    if sent.query:
        event["queryStringParameters"] = {name: values[-1] for name, values in sent.query.items()}
        event["multiValueQueryStringParameters"] = sent.query
    return event


def message_event(peer: Peer, route: str, body: str | bytes) -> Event:
    context = {**_context(peer, route, "MESSAGE"), "messageId": new_id()}
    if isinstance(body, bytes):
        said = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    else:
        said = {"body": body, "isBase64Encoded": False}
    return {"requestContext": context, **said, **peer.at}


def disconnect_event(peer: Peer, code: int, reason: str) -> Event:
    headers = {"Host": peer.domain, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    context = {
        **_context(peer, DISCONNECT, "DISCONNECT"),
        "disconnectStatusCode": code,
        "disconnectReason": reason,
    }
    return {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": context,
        "isBase64Encoded": False,
        **peer.at,
    }


def route_of(body: str | bytes, routes: Collection[str]) -> str | None:
    """The route that a message takes; None where the app has neither its own nor $default."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):  # nested too deeply
        said = None
    action = said.get("action") if isinstance(said, dict) else None
    # Routes of the gateway's own are not for messages.
    if isinstance(action, str) and action in routes and not action.startswith("$"):
        return action
    return DEFAULT if DEFAULT in routes else None


def error_message(peer: Peer, text: str) -> str:
    """What the gateway itself tells a client."""
    said = {"message": text, "connectionId": peer.connection_id, "requestId": new_id()}
    return json.dumps(said, separators=(",", ":"))


def connect_answer(payload: bytes, offered: Iterable[str]) -> tuple[int, str | None]:
    """The status that the function of $connect has answered, and the protocol that it has chosen. Raises `Unfit`, also
    for a protocol that the client has not `offered`: a client ends the connection over it.
    """
    try:
        answer = json.loads(payload)
    except ValueError:
        raise Unfit("it is no JSON") from None
    if not isinstance(answer, Mapping):
        raise Unfit(f"it is a {type(answer).__name__}, no object with statusCode")
    chosen = (value for name, value in single_headers(answer) if name.lower() == "sec-websocket-protocol")
    status, protocol = status_of(answer), next(chosen, None)
    if protocol is not None and protocol not in offered and 200 <= status < 300:
        raise Unfit(f"it chooses the protocol {protocol!r}, which the client does not offer")
    return status, protocol


def _context(peer: Peer, route: str, kind: str) -> Event:
    now, request_id = time.time(), new_id()
    return {
        **({"authorizer": peer.authorizer} if peer.authorizer else {}),
        "routeKey": route,
        "eventType": kind,
        "extendedRequestId": request_id,
        "requestTime": datetime.fromtimestamp(now, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "messageDirection": "IN",
        "stage": peer.stage,
        "connectedAt": int(peer.connected_at * 1000),
        "requestTimeEpoch": int(now * 1000),
        "identity": peer.identity,
        "requestId": request_id,
        "domainName": peer.domain,
        "connectionId": peer.connection_id,
        "apiId": API,
    }
