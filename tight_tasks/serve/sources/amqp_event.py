"""Amazon MQ's event for RabbitMQ, of one message: "Using Lambda with Amazon MQ" in the Lambda developer guide. Pure.

Two keys of a message are Tight's own, since Lambda leaves them out: `exchange` and `routingKey`.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from tight_tasks.serve.variables import ACCOUNT

if TYPE_CHECKING:
    from tight_tasks.serve.sources.amqp_client import Letter


def rabbit_event(letter: "Letter", queue: str, virtual_host: str, region: str) -> dict[str, Any]:
    broker = f"arn:aws:mq:{region}:{ACCOUNT}:broker:rabbitmq:b-00000000-0000-0000-0000-000000000000"
    return {
        "eventSource": "aws:rmq",
        "eventSourceArn": broker,
        "rmqMessagesByQueue": {f"{queue}::{virtual_host}": [_message(letter)]},
    }


def _message(letter: "Letter") -> dict[str, Any]:
    method, properties, body = letter
    return {
        "basicProperties": {
            "contentType": properties.content_type,
            "contentEncoding": properties.content_encoding,
            "headers": _headers(properties.headers or {}),
            "deliveryMode": properties.delivery_mode,
            "priority": properties.priority,
            "correlationId": properties.correlation_id,
            "replyTo": properties.reply_to,
            "expiration": properties.expiration,
            "messageId": properties.message_id,
            "timestamp": _written(_at(properties.timestamp)) if properties.timestamp else None,
            "type": properties.type,
            "userId": properties.user_id,
            "appId": properties.app_id,
            "clusterId": properties.cluster_id or None,
            "bodySize": len(body),
        },
        "redelivered": bool(method.redelivered),
        "data": base64.b64encode(body).decode(),
        "exchange": method.exchange,
        "routingKey": method.routing_key,
    }


def _headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _header(value) for name, value in headers.items()}


def _header(value: Any) -> Any:
    """Texts come as the numbers of their bytes, as from the library that Lambda reads RabbitMQ with."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes | bytearray):
        return {"bytes": list(value)}
    if isinstance(value, Mapping):
        return _headers(value)
    if isinstance(value, list):
        return [_header(each) for each in value]
    if isinstance(value, datetime):
        return _written(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _written(at: datetime) -> str:
    """As Java writes it: Jan 1, 1970, 12:33:41 AM."""
    return f"{at:%b} {at.day}, {at.year}, {at.hour % 12 or 12}:{at:%M:%S} {at:%p}"
