"""Events of Amazon MQ for RabbitMQ: "Using Lambda with Amazon MQ" in the Lambda developer guide."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from tight.testing.events.sent import ACCOUNT, REGION, Event

_PROPERTIES = (
    *("contentType", "contentEncoding", "headers", "deliveryMode", "priority", "correlationId", "replyTo"),
    *("expiration", "messageId", "timestamp", "type", "userId", "appId", "clusterId"),
)


def rabbitmq_event(
    queue: str,
    *messages: Any,
    headers: Mapping[str, Any] | None = None,
    routing_key: str | None = None,
    exchange: str | None = None,
    virtual_host: str = "/",
    **properties: Any,
) -> Event:
    """A batch of a queue: text and bytes as they are, any other value as JSON.

    `headers` and `properties`, under AWS's names such as messageId, are those of each message. Lambda says neither
    `routing_key` nor `exchange`: with one of them, the event is as `invoke serve` and the host send it.
    """
    given = dict.fromkeys(_PROPERTIES) | properties
    given["headers"] = {name: _header(value) for name, value in (headers or {}).items()}
    added = {"exchange": exchange, "routingKey": routing_key} if routing_key is not None or exchange is not None else {}
    return {
        "eventSource": "aws:rmq",
        "eventSourceArn": f"arn:aws:mq:{REGION}:{ACCOUNT}:broker:shop:b-9bcfa592-423a-4942-879d-eb284b418fc8",
        "rmqMessagesByQueue": {f"{queue}::{virtual_host}": [_message(each, given, added) for each in messages]},
    }


def _message(message: Any, properties: Mapping[str, Any], added: Mapping[str, Any]) -> Event:
    text = message if isinstance(message, (str, bytes)) else json.dumps(message)
    content = text.encode() if isinstance(text, str) else text
    return {
        "basicProperties": {**properties, "bodySize": len(content)},
        "redelivered": False,
        "data": b64encode(content).decode("ascii"),
        **added,
    }


def _header(value: Any) -> Any:
    """Text comes as its bytes; a number as it is."""
    return {"bytes": list(value.encode())} if isinstance(value, str) else value
