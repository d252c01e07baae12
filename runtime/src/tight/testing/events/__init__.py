"""Events of AWS, complete enough for any handler, a module for each family of shapes.

    http_api_event("POST", "/accounts?draft=1", json={"name": "Ada"}, query={"tag": ["a", "b"]}, principal_id="7")

Those of a gateway are given a request in the words of a client, and give what that gateway makes of it: see `Parts` for
what a request may have. The path is percent-encoded, as in a URL; some gateways decode it, and their function does.

    batch(sqs_event({"id": 7}, queue="orders"), sqs_event({"id": 8}, queue="orders", attributes={"kind": "late"}))

Those of other services are given what was sent, and `batch` makes one event of the records of several.
Those of other triggers are given what is in them: `rabbitmq_event("orders", {"id": 7})`.
"""

from tight.testing.events.alb import alb_event
from tight.testing.events.amqp import rabbitmq_event
from tight.testing.events.authorizers import (
    request_authorizer_event,
    token_authorizer_event,
    websocket_authorizer_event,
)
from tight.testing.events.dynamodb import dynamodb_event
from tight.testing.events.eventbridge import eventbridge_event
from tight.testing.events.http import function_url_event, http_api_event
from tight.testing.events.kinesis import kinesis_event
from tight.testing.events.records import batch
from tight.testing.events.rest import rest_api_event
from tight.testing.events.s3 import s3_event, s3_test_event
from tight.testing.events.schedule import schedule_event
from tight.testing.events.sent import Event, Parts
from tight.testing.events.sns import sns_event
from tight.testing.events.sqs import sqs_event
from tight.testing.events.websocket import (
    websocket_connect_event,
    websocket_disconnect_event,
    websocket_message_event,
)

__all__ = [
    "Event",
    "Parts",
    "alb_event",
    "batch",
    "dynamodb_event",
    "eventbridge_event",
    "function_url_event",
    "http_api_event",
    "kinesis_event",
    "rabbitmq_event",
    "request_authorizer_event",
    "rest_api_event",
    "s3_event",
    "s3_test_event",
    "schedule_event",
    "sns_event",
    "sqs_event",
    "token_authorizer_event",
    "websocket_authorizer_event",
    "websocket_connect_event",
    "websocket_disconnect_event",
    "websocket_message_event",
]
