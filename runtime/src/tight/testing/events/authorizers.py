"""Events of Lambda authorizers: "Input to an API Gateway Lambda authorizer", "Control access to HTTP APIs with AWS
Lambda authorizers" and "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers" in the API Gateway
developer guide.
"""

from typing import TYPE_CHECKING, Literal

from tight.testing.events.http import http_api_event
from tight.testing.events.rest import rest_api_event
from tight.testing.events.sent import ACCOUNT, API, REGION, Event, Parts, Sent
from tight.testing.events.websocket import CONNECTION, websocket_connect_event

if TYPE_CHECKING:
    from typing_extensions import Unpack


def token_authorizer_event(token: str, method: str = "GET", path: str = "/", *, stage: str = "dev") -> Event:
    """What a REST API asks an authorizer of type TOKEN; `token` is the whole header, as in `Bearer abc`."""
    return {"type": "TOKEN", "methodArn": _arn(stage, method, path), "authorizationToken": token}


def request_authorizer_event(
    method: str,
    path: str,
    *,
    version: Literal["1.0", "2.0"] = "2.0",
    stage: str | None = None,
    **parts: "Unpack[Parts]",
) -> Event:
    """What an authorizer of type REQUEST is asked: 2.0 by an HTTP API, 1.0 by a REST API.

    The identity source of 2.0 is the header Authorization. `stage` is `$default` and `dev` unless it is given.
    """
    if version == "1.0":
        event = rest_api_event(method, path, stage=stage or "dev", **parts)
        event |= {"type": "REQUEST", "methodArn": _arn(stage or "dev", method, path)}
    else:
        event = http_api_event(method, path, stage=stage or "$default", **parts)
        given = event["headers"].get("authorization")
        event |= {
            "type": "REQUEST",
            "routeArn": _arn(stage or "$default", method, path),
            "identitySource": [given] if given else None,
        }
    return {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}


def websocket_authorizer_event(
    connection_id: str = CONNECTION, *, stage: str = "dev", **parts: "Unpack[Parts]"
) -> Event:
    """What an authorizer is asked about a client's handshake, before $connect: of its `headers` and `query`."""
    event = websocket_connect_event(connection_id, stage=stage, **parts)
    del event["isBase64Encoded"]
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{stage}/$connect"
    return {**event, "type": "REQUEST", "methodArn": arn}


def _arn(stage: str, method: str, path: str) -> str:
    sent = Sent(method, path)
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{stage}/{sent.method}{sent.path}"
