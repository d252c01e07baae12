"""Messages to topics, queues, buses and brokers.

    publish("order-created", {"id": 7})
    enqueue("orders", order, delay=30)
    put_event("OrderPlaced", {"id": 7})
    amqp_publish("order.created", {"id": 7})

Each gives the message's id once the service has it. The correlation id and the trace of the current invocation travel
as attributes, `correlation_id` and `traceparent`. `await` the same functions of `tight.aio` in `async def` handlers.
Data is wrapped by `envelope`, see `tight.envelopes`; without one it is JSON, text as it is.
"""

import os

from tight.correlation import CORRELATION, PARENT, outgoing
from tight.errors import NotSent, TightError, UnsendableMessage
from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from tight.envelopes import Envelope

_LONGEST_DELAY = 900


def publish(
    topic: str,
    data: object,
    *,
    attributes: "Mapping[str, Any] | None" = None,
    envelope: "Envelope | None" = None,
    group: str | None = None,
    deduplication: str | None = None,
    subject: str | None = None,
) -> str:
    """Send to a topic of SNS: a name or an ARN. `group` is for FIFO topics, whose name gets `.fifo`.

    SNS drops a message whose `deduplication` it has had in the last five minutes; without one, each call is new.
    Raises `UnsendableMessage` and `NotSent`.
    """
    from tight.attributes import write
    from tight.clients.destinations import topic as find

    fifo = group is not None
    message = _Message(topic, data, attributes, envelope)
    request = {"Message": message.text, "MessageAttributes": write(message.attributes), "Subject": subject}
    request |= _fifo(group, deduplication or message.id if fifo else None)

    def send() -> "Any":
        function = getattr(getattr(current.get(), "context", None), "invoked_function_arn", None)
        sns, arn = find(topic, function, fifo=fifo)
        return sns.publish(TopicArn=arn, **_given(request))

    return str(_tried("topic", topic, "sns:Publish", send)["MessageId"])


def enqueue(
    queue: str,
    data: object,
    *,
    delay: int | None = None,
    attributes: "Mapping[str, Any] | None" = None,
    envelope: "Envelope | None" = None,
    group: str | None = None,
    deduplication: str | None = None,
    fifo: bool | None = None,
) -> str:
    """Send to a queue of SQS: a name, an ARN or a URL. `delay` is in seconds, at most 900, and not for FIFO queues.

    A `group` means a FIFO queue, whose name gets `.fifo`, unless `fifo` is False: then it is one of a fair queue's.
    SQS drops a message whose `deduplication` it has had in the last five minutes; without one, each call is new.
    Raises `UnsendableMessage` and `NotSent`.
    """
    from tight.attributes import write
    from tight.clients.destinations import queue as find

    if fifo is None:
        fifo = group is not None or queue.endswith(".fifo")
    _check(delay, group, deduplication, fifo=fifo)
    message = _Message(queue, data, attributes, envelope)
    request = {"MessageBody": message.text, "MessageAttributes": write(message.attributes), "DelaySeconds": delay}
    request |= _fifo(group, deduplication or message.id if fifo else None)

    def send() -> "Any":
        sqs, url = find(queue, fifo=fifo)
        return sqs.send_message(QueueUrl=url, **_given(request))

    return str(_tried("queue", queue, "sqs:SendMessage and sqs:GetQueueUrl", send)["MessageId"])


def put_event(
    detail_type: str,
    data: object,
    *,
    source: str | None = None,
    bus: str = "default",
    resources: "Iterable[str]" = (),
    envelope: "Envelope | None" = None,
) -> str:
    """Put an event on a bus of EventBridge: a name or an ARN. `source` is the app's name where it is left out.

    An event's data is an object. An event has no attributes: what ties it to its cause travels in an envelope that has
    a place for it, such as `CloudEvents()`. Raises `UnsendableMessage` and `NotSent`.
    """
    from tight.clients.aws import client
    from tight.clients.destinations import region_of

    source = source or _service()
    if not source:
        raise UnsendableMessage("an event needs a source: give one, or set NAME, the app's name")
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": _Message(detail_type, data, None, envelope).text,
        "EventBusName": bus,
        "Resources": list(resources),
    }
    answer = _tried(
        "bus", bus, "events:PutEvents", lambda: client("events", region_of(bus)).put_events(Entries=[entry])
    )
    (result,) = answer["Entries"]
    if answer["FailedEntryCount"]:  # with status 200
        raise NotSent("bus", bus, f"{result['ErrorCode']}: {result.get('ErrorMessage')}", "the event stays unsent")
    return str(result["EventId"])


def amqp_publish(
    routing_key: str,
    data: object,
    *,
    exchange: str = "amq.topic",
    attributes: "Mapping[str, Any] | None" = None,
    envelope: "Envelope | None" = None,
) -> str:
    """Send to an exchange of the RabbitMQ broker at AMQP_URL; attributes travel as headers.

    With the exchange "" the routing key is a queue's name, and it is an error where there is none. Elsewhere a broker
    drops what no queue is bound for. Raises `UnsendableMessage` and `NotSent`.
    """
    from tight.clients.broker import broker

    message = _Message(routing_key, data, attributes, envelope)
    headers = dict(message.attributes)
    broker().send(
        exchange,
        routing_key,
        message.text.encode(),
        message_id=message.id,
        correlation_id=headers.get(CORRELATION),
        content_type="text/plain" if isinstance(data, str) and envelope is None else None,
        timestamp=int(message.time),
        headers=headers,
    )
    return message.id


class _Message:
    """What is sent: its text, the attributes beside it, an id of its own, and when it was made."""

    def __init__(
        self, topic: str, data: object, attributes: "Mapping[str, Any] | None", envelope: "Envelope | None"
    ) -> None:
        from time import time
        from uuid import uuid4

        if envelope is None:
            from tight.envelopes.plain import Plain

            envelope = Plain()
        carried = outgoing(current.get())
        self.id = str(uuid4())
        self.time = time()
        self.attributes: dict[str, Any] = {**carried, **(attributes or {})}
        self.text = envelope.build(
            data,
            topic=topic,
            service=_service(),
            service_uuid=_service_uuid(),
            uuid=self.id,
            time=self.time,
            correlation_id=carried.get(CORRELATION),
            traceparent=carried.get(PARENT),
            attributes=self.attributes,
        )


def _service() -> str:
    return os.environ.get("NAME") or os.environ.get("AWS_LAMBDA_FUNCTION_NAME") or ""


def _service_uuid() -> str:
    from uuid import uuid4

    from tight.clients.cache import keep

    return keep("service uuid", lambda: str(uuid4()))


def _check(delay: int | None, group: str | None, deduplication: str | None, *, fifo: bool) -> None:
    if delay is not None and fifo:
        raise UnsendableMessage("a FIFO queue has a delay of its own, and takes none of a message")
    if delay is not None and not 0 <= delay <= _LONGEST_DELAY:
        raise UnsendableMessage(f"its delay is {delay} seconds: SQS takes 0 to {_LONGEST_DELAY}, a schedule any")
    if fifo and group is None:
        raise UnsendableMessage("a FIFO queue needs its group")
    if deduplication is not None and not fifo:
        raise UnsendableMessage("deduplication is for FIFO queues, which need a group as well")


def _fifo(group: str | None, deduplication: str | None) -> "dict[str, str | None]":
    return {"MessageGroupId": group, "MessageDeduplicationId": deduplication}


def _given(request: "dict[str, Any]") -> "dict[str, Any]":
    return {name: value for name, value in request.items() if value is not None}


def _tried(kind: str, name: str, action: str, send: "Callable[[], Any]") -> "Any":
    try:
        return send()
    except TightError:  # no boto3, or no region
        raise
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        remedy = f"it has to be in this account and region, and the function's role needs {action}"
        raise NotSent(kind, name, reason, remedy) from error


def _reason(error: Exception) -> "str | None":
    from botocore.exceptions import BotoCoreError, ClientError  # loaded with the client

    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__ if isinstance(error, BotoCoreError) else None
