"""What is sent to the clients of a WebSocket API, by API Gateway's management API.

    reply(connection_id, {"text": "hello"})
    gone = broadcast(connection_ids, {"text": "hello"})

The API is that of the event that is being handled. Elsewhere, as in a function behind a queue, `endpoint` says which:
`https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com/prod`. AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI, or else
AWS_ENDPOINT_URL, goes before both. The function's role needs execute-api:ManageConnections.
"Use @connections commands in your backend service" in the API Gateway developer guide.
"""

import os

from tight.errors import NoConnections
from tight.handlers import dumps
from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_ENDPOINTS = ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "AWS_ENDPOINT_URL")
_SERVICE = "apigatewaymanagementapi"


def reply(connection_id: str, data: "Any", *, endpoint: "str | None" = None) -> bool:
    """Send a message to one client: text as it is, any other value as JSON, 128 KB at most. False where it is gone.

    `bytes` are for text in UTF-8; only the host sends others. Raises `NoConnections` where no API is known, and
    botocore's own errors: PayloadTooLargeException, LimitExceededException.
    """
    client = _client(endpoint)
    try:
        client.post_to_connection(ConnectionId=connection_id, Data=_sent(data))
    except client.exceptions.GoneException:
        return False
    return True


def broadcast(connection_ids: "Iterable[str]", data: "Any", *, endpoint: "str | None" = None) -> "list[str]":
    """Send a message to several clients, one after the other. Gives the ids of those that are gone, to be forgotten.

    An error other than that ends it, so that some clients have the message and others not.
    """
    sent = _sent(data)
    return [each for each in connection_ids if not reply(each, sent, endpoint=endpoint)]


def _sent(data: "Any") -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    return (data if isinstance(data, str) else dumps(data)).encode()


def _client(given: "str | None") -> "Any":
    from tight.clients.aws import client, session  # boto3, paid by those who send
    from tight.clients.cache import keep

    if any(map(os.environ.get, _ENDPOINTS)):
        return client(_SERVICE)
    endpoint = given or _endpoint()
    return keep((_SERVICE, endpoint), lambda: session().client(_SERVICE, endpoint_url=endpoint))


def _endpoint() -> str:
    """Of the event that is being handled: its API's own address, whatever custom domain the client came by."""
    invocation = current.get()
    event = invocation.event if invocation is not None else None
    facts = event.get("requestContext") if isinstance(event, dict) else None
    if not isinstance(facts, dict) or "connectionId" not in facts:
        raise NoConnections
    domain, region = str(facts["domainName"]), os.environ.get("AWS_REGION")
    if ".execute-api." not in domain and facts.get("apiId") and region:
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        domain = f"{facts['apiId']}.execute-api.{region}.{suffix}"
    return f"https://{domain}/{facts['stage']}"
