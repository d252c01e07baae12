"""Messages to a RabbitMQ broker, read back with pika; the broker is killed and started again in between."""

import time
from collections.abc import Callable, Iterator
from traceback import format_exception
from types import SimpleNamespace
from typing import Any

import pika
import pytest

from tests.serve.rabbitmq import Broker
from tight import amqp_publish
from tight.clients import cache
from tight.clients.broker import broker as kept_broker
from tight.envelopes import Json
from tight.errors import NotSent, UnsendableMessage
from tight.request import Invocation, current

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Receive = Callable[[], list[tuple[Any, Any, bytes]]]


@pytest.fixture
def bind(broker: Broker, shell: pytest.MonkeyPatch) -> Iterator[Callable[..., Receive]]:
    """Makes an empty durable queue, bound to amq.topic; gives what takes all messages out of it."""
    shell.setenv("AMQP_URL", broker.url)
    shell.setenv("NAME", "shop")

    def connect() -> Any:
        return pika.BlockingConnection(pika.URLParameters(broker.url))

    def make(queue: str, routing_key: str | None = None) -> Receive:
        with connect() as connection:
            channel = connection.channel()
            channel.queue_delete(queue)
            channel.queue_declare(queue, durable=True)
            if routing_key:
                channel.queue_bind(queue, "amq.topic", routing_key)

        def receive() -> list[tuple[Any, Any, bytes]]:
            with connect() as connection:
                channel = connection.channel()
                taken = iter(lambda: channel.basic_get(queue, auto_ack=True), (None, None, None))
                return list(taken)

        return receive

    yield make
    kept_broker().close()


def test_a_message_reaches_the_queues_of_its_routing_key(bind: Callable[..., Receive]) -> None:
    receive = bind("orders", "order.*")
    message_id = amqp_publish("order.created", {"id": 7}, attributes={"plan": "pro", "count": 3, "tags": ["a", True]})
    amqp_publish("parcel.sent", {"id": 8})
    ((method, properties, body),) = receive()

    assert (method.routing_key, method.exchange, body) == ("order.created", "amq.topic", b'{"id":7}')
    assert (properties.message_id, properties.delivery_mode) == (message_id, 2)
    assert properties.headers == {"plan": "pro", "count": 3, "tags": ["a", True]}


def test_the_invocations_correlation_id_and_trace_travel_as_headers(bind: Callable[..., Receive]) -> None:
    class Correlated(Invocation):
        correlation_id = "c-1"
        attributes = {"traceparent": PARENT}  # noqa: RUF012  # never changed

    receive = bind("orders", "order.*")
    before = current.set(Correlated({}, SimpleNamespace(aws_request_id="r-1")))
    amqp_publish("order.created", {"id": 7}, envelope=Json())
    current.set(before)
    ((_, properties, body),) = receive()

    assert properties.correlation_id == "c-1"
    assert properties.headers == {"correlation_id": "c-1", "traceparent": PARENT}
    assert Json().parse(body.decode(), {}) == {"id": 7}
    assert Json().metadata(body.decode(), {})["topic"] == "order.created"


def test_the_default_exchange_gives_to_the_queue_of_that_name(bind: Callable[..., Receive]) -> None:
    receive = bind("orders")
    amqp_publish("orders", "text", exchange="")

    assert [body for _, _, body in receive()] == [b"text"]
    with pytest.raises(NotSent, match="no queue has the name of its routing key"):
        amqp_publish("no-such-queue", "text", exchange="")


def test_a_missing_exchange_is_named_and_the_next_message_goes_through(bind: Callable[..., Receive]) -> None:
    receive = bind("orders", "order.*")
    with pytest.raises(NotSent, match="for the exchange nowhere was not sent: NOT_FOUND"):
        amqp_publish("order.created", 1, exchange="nowhere")
    amqp_publish("order.created", 2)

    assert [body for _, _, body in receive()] == [b"2"]


def test_a_lost_connection_is_made_anew(bind: Callable[..., Receive], broker: Broker) -> None:
    receive = bind("orders", "order.*")
    amqp_publish("order.created", 1)
    time.sleep(2.5)  # Erlang's disk_log keeps what was declared for two seconds before it writes it
    broker.kill()
    with pytest.raises(NotSent, match="AMQP_URL has to name a broker that can be reached"):
        amqp_publish("order.created", 2)
    broker.start()
    amqp_publish("order.created", 3)
    broker.kill()
    broker.start()
    amqp_publish("order.created", 4)

    assert [body for _, _, body in receive()] == [b"1", b"3", b"4"]


def test_one_connection_is_kept_until_it_is_dropped(bind: Callable[..., Receive], broker: Broker) -> None:
    bind("orders", "order.*")
    first = kept_broker()
    amqp_publish("order.created", 1)
    channel = first._channel
    amqp_publish("order.created", 2)
    assert (kept_broker(), first._channel) == (first, channel)

    cache.forget()
    assert kept_broker() is not first
    first.close()
    assert channel.is_closed


@pytest.mark.parametrize("value", [0.5, 2**64, object()])
def test_headers_that_cannot_be_written_are_refused(bind: Callable[..., Receive], value: object) -> None:
    receive = bind("orders", "order.*")
    with pytest.raises(UnsendableMessage, match="its headers take text, whole numbers"):
        amqp_publish("order.created", 1, attributes={"x": value})
    amqp_publish("order.created", 2)

    assert [body for _, _, body in receive()] == [b"2"]


def test_no_broker_is_an_error(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AMQP_URL", "amqp://guest:guest@127.0.0.1:1/")

    with pytest.raises(NotSent, match="AMQPConnectionError"):
        amqp_publish("order.created", 1)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:5672",
        "localhost:5672",
        "guest:secret@127.0.0.1",
        "amqp://guest:127.0.0.1:secret/",
        "amqp://guest:secret/7@127.0.0.1:5672/",  # a / that is not %2F: the host is guest then, the port a password
        "amqp://guest:secret@[::1:5672/",
    ],
)
def test_what_is_no_address_of_a_broker_is_refused_without_its_password(shell: pytest.MonkeyPatch, url: str) -> None:
    shell.setenv("AMQP_URL", url)

    refused = r"^the message for the broker at AMQP_URL was not sent: that is no address of one; write amqp://USER:"
    with pytest.raises(NotSent, match=refused) as caught:
        amqp_publish("order.created", 1)
    assert "secret" not in "".join(format_exception(caught.value))
