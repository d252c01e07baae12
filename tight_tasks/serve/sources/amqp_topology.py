"""What a source of messages needs on a RabbitMQ broker: exchange, queue and binding, and where dead letters go.

What is there already is used as it is, whatever its arguments: a broker's definitions have the last word.
"""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pika.exceptions import ChannelClosedByBroker

from tight_tasks.amqp.names import dead_letters_of, queue_of
from tight_tasks.manifest import Source
from tight_tasks.serve.sources.amqp_client import Channel, Connection

# A classic queue forgets acknowledgements when its broker is killed, and delivers hundreds of messages again.
QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}
_PRECONDITION_FAILED = 406
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Topology:
    """`dead_letter` names an exchange and the queue that is bound to it; None where dead letters are dropped."""

    queue: str
    routing_key: str
    exchange: str
    competing: bool
    dead_letter: str | None

    @classmethod
    def of(cls, declared: Source, function: str, prefix: str = "") -> "Topology":
        """Instances that compete share one queue; of others each has a queue of its own, which goes with it.

        `prefix` stands before the names of queues.
        """
        said: dict[str, Any] = declared.model_extra or {}
        competing = bool(said.get("competing", True))
        queue = queue_of(function, declared, prefix)
        exchange, key = said.get("exchange", "amq.topic"), said["routing_key"]
        return cls(
            queue if competing else f"{queue}.{uuid4().hex}",
            key,
            exchange,
            competing,
            dead_letters_of(declared, prefix),
        )

    async def declare(self, connection: Connection, channel: Channel) -> None:
        """Have all of it. Raises pika's errors where the broker refuses."""
        if self.dead_letter:
            await _dead_letters(connection, channel, self.dead_letter)
        await _exchange(connection, self.exchange, "topic")
        if self.competing:
            # Where a broker gives a message up by itself, as RabbitMQ 4 does after 20 deliveries, it is kept, too.
            more = {"x-dead-letter-exchange": self.dead_letter} if self.dead_letter else {}
            await _durable_queue(connection, self.queue, {**QUORUM, **more})
        else:
            await channel.ask("queue_declare", queue=self.queue, exclusive=True, auto_delete=True)
        if self.exchange:  # the one without a name delivers by the name of the queue
            await channel.ask("queue_bind", queue=self.queue, exchange=self.exchange, routing_key=self.routing_key)


async def _dead_letters(connection: Connection, channel: Channel, name: str) -> None:
    await _exchange(connection, name, "fanout")
    await _durable_queue(connection, name, QUORUM)
    await channel.ask("queue_bind", queue=name, exchange=name, routing_key="#")


async def _exchange(connection: Connection, name: str, kind: str) -> None:
    if name and not name.startswith("amq."):  # those are the broker's own
        await _try(connection, "exchange_declare", name, exchange=name, exchange_type=kind, durable=True)


async def _durable_queue(connection: Connection, name: str, arguments: dict[str, Any]) -> None:
    await _try(connection, "queue_declare", name, queue=name, durable=True, arguments=arguments)


async def _try(connection: Connection, operation: str, name: str, **arguments: Any) -> None:
    """In a channel of its own, since a refusal closes it."""
    trial = await connection.channel()
    try:
        await trial.ask(operation, **arguments)
    except ChannelClosedByBroker as error:
        if error.reply_code != _PRECONDITION_FAILED:
            raise
        _log.warning("%s is used as the broker has it: %s", name, error.reply_text)
    finally:
        trial.close()
