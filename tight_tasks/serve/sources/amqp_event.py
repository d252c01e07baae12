"""Amazon MQ's event for RabbitMQ, of one message: "Using Lambda with Amazon MQ" in the Lambda developer guide. Pure.

Two keys of a message are Tight's own, since Lambda leaves them out: `exchange` and `routingKey`.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tight_tasks.serve.variables import ACCOUNT

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage


def rabbit_event(message: "AbstractIncomingMessage", queue: str, virtual_host: str, region: str) -> dict[str, Any]:
    broker = f"arn:aws:mq:{region}:{ACCOUNT}:broker:rabbitmq:b-00000000-0000-0000-0000-000000000000"
    return {
        "eventSource": "aws:rmq",
        "eventSourceArn": broker,
        "rmqMessagesByQueue": {f"{queue}::{virtual_host}": [_message(message)]},
    }


def _message(message: "AbstractIncomingMessage") -> dict[str, Any]:
    return {
        "basicProperties": {
            "contentType": message.content_type,
            "contentEncoding": message.content_encoding,
            "headers": _headers(message.headers),
            "deliveryMode": int(message.delivery_mode) if message.delivery_mode else None,
            "priority": message.priority,
            "correlationId": message.correlation_id,
            "replyTo": message.reply_to,
            "expiration": _milliseconds(message.expiration),
            "messageId": message.message_id,
            "timestamp": _written(message.timestamp) if message.timestamp else None,
            "type": message.type,
            "userId": message.user_id,
            "appId": message.app_id,
            "clusterId": message.cluster_id or None,
            "bodySize": len(message.body),
        },
        "redelivered": bool(message.redelivered),
        "data": base64.b64encode(message.body).decode(),
        "exchange": message.exchange,
        "routingKey": message.routing_key,
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


def _milliseconds(seconds: object) -> str | None:
    return str(round(seconds * 1000)) if isinstance(seconds, int | float) else None


def _written(at: datetime) -> str:
    """As Java writes it: Jan 1, 1970, 12:33:41 AM."""
    return f"{at:%b} {at.day}, {at.year}, {at.hour % 12 or 12}:{at:%M:%S} {at:%p}"
