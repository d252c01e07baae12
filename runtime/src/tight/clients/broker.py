"""A RabbitMQ broker, at the environment variable AMQP_URL: one connection, kept, and made anew when it was lost.

`pika` is imported when the first message is sent: `pip install "tight-runtime[amqp]"`. The broker confirms each
message; it is sent once more, with the same id, only where the kept connection turns out to be lost. So a receiver may
see a message twice.
"""

import os
from contextlib import suppress
from struct import error as struct_error
from threading import Lock

from tight.clients.cache import keep
from tight.errors import MissingLibrary, NotSent, UnsendableMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOCAL_BROKER = "amqp://guest:guest@127.0.0.1:5672/%2F"
_ADDRESS = "write amqp://USER:PASSWORD@HOST:PORT/VHOST, and %2F for a / in one of these"
_PATIENCE = 10.0  # seconds for which a broker may block its senders


def broker() -> "Broker":
    """The broker of the environment."""
    url = os.environ.get("AMQP_URL") or _LOCAL_BROKER
    return keep(("amqp", url), lambda: Broker(url))


class Broker:
    """A connection that one thread at a time sends over."""

    def __init__(self, url: str) -> None:
        try:
            import pika  # 30 ms of cold start, paid by the functions that send to a broker
        except ModuleNotFoundError as error:
            if error.name != "pika":
                raise
            raise MissingLibrary("pika", 'pip install "tight-runtime[amqp]"') from None
        self._pika = pika
        try:
            self._parameters = pika.URLParameters(url)
        except (IndexError, ValueError):  # whose text may have the password
            raise NotSent("broker", "at AMQP_URL", "that is no address of one", _ADDRESS) from None
        self._parameters.blocked_connection_timeout = _PATIENCE
        self._channel: Any = None
        self._turn = Lock()

    def send(self, exchange: str, routing_key: str, body: bytes, **properties: "Any") -> None:
        """Give one message to `exchange`, persistent; to "", the default one, a queue's name is the routing key.

        NotSent says what the broker or the network said, also where the default exchange knows no such queue;
        UnsendableMessage refuses headers that pika can't write.
        """
        errors = self._pika.exceptions
        message = self._pika.BasicProperties(delivery_mode=2, **properties)  # it outlives a restart of the broker
        try:
            message.encode()
        except (errors.UnsupportedAMQPFieldException, struct_error) as error:
            raise UnsendableMessage("its headers take text, whole numbers, bytes, true, false and lists") from error
        with self._turn:
            try:
                self._send(exchange, routing_key, body, message)
            except (errors.AMQPError, OSError) as error:
                if not isinstance(error, (errors.UnroutableError, errors.NackError)):
                    self._drop()
                raise NotSent("exchange", exchange or '""', _reason(error), _remedy(error, errors)) from error

    def close(self) -> None:
        """End the connection; the next message makes another."""
        with self._turn:
            self._drop()

    def _send(self, exchange: str, routing_key: str, body: bytes, properties: "Any") -> None:
        was_kept = self._channel is not None
        message = {"routing_key": routing_key, "body": body, "properties": properties, "mandatory": not exchange}
        try:
            self._open().basic_publish(exchange, **message)
        except (self._pika.exceptions.AMQPConnectionError, self._pika.exceptions.ChannelWrongStateError):
            # A broker ends a connection that a frozen environment has not answered on.
            if not was_kept:
                raise
            self._drop()
            self._open().basic_publish(exchange, **message)

    def _open(self) -> "Any":
        if self._channel is None:
            channel = self._pika.BlockingConnection(self._parameters).channel()
            channel.confirm_delivery()
            self._channel = channel
        return self._channel

    def _drop(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            with suppress(Exception):  # it is lost or closed already
                channel.connection.close()


def _reason(error: Exception) -> str:
    text = getattr(error, "reply_text", None)
    return str(text) if text else f"{type(error).__name__} {error}".strip()


def _remedy(error: Exception, errors: "Any") -> str:
    if isinstance(error, errors.UnroutableError):
        return "no queue has the name of its routing key"
    if isinstance(error, (errors.ChannelClosedByBroker, errors.NackError)):
        return "the exchange and the user's permissions on the broker have to allow it"
    return "AMQP_URL has to name a broker that can be reached from here"
