"""What a source of messages needs on a RabbitMQ broker: exchange, queue and binding, and where dead letters go.

What is there already is used as it is, whatever its arguments: a broker's definitions have the last word.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import ChannelPreconditionFailed

from tight_tasks.manifest import Source

# A classic queue forgets acknowledgements when its broker is killed, and delivers hundreds of messages again.
QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}
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
        queue = prefix + (said.get("queue") or f"{function}.{declared.function}")
        dead_letter = said.get("dead_letter")
        exchange, key = said.get("exchange", "amq.topic"), said["routing_key"]
        return cls(
            queue if competing else f"{queue}.{uuid4().hex}",
            key,
            exchange,
            competing,
            prefix + dead_letter if dead_letter else None,
        )

    async def declare(
        self, connection: AbstractConnection, channel: AbstractChannel
    ) -> tuple[AbstractQueue, AbstractExchange | None]:
        """The queue, and the exchange of dead letters. Raises aio-pika's errors where the broker refuses."""
        dead_letters = await self._dead_letters(connection, channel)
        await self._exchange(connection, self.exchange, "topic")
        queue = await self._queue(connection, channel)
        if self.exchange:  # the one without a name delivers by the name of the queue
            await queue.bind(self.exchange, self.routing_key)
        return queue, dead_letters

    async def _queue(self, connection: AbstractConnection, channel: AbstractChannel) -> AbstractQueue:
        if not self.competing:
            return await channel.declare_queue(self.queue, exclusive=True, auto_delete=True)
        # Where a broker gives a message up by itself, as RabbitMQ 4 does after 20 deliveries, it is kept, too.
        more = {"x-dead-letter-exchange": self.dead_letter} if self.dead_letter else {}
        await _durable_queue(connection, self.queue, {**QUORUM, **more})
        return await channel.get_queue(self.queue)

    async def _dead_letters(self, connection: AbstractConnection, channel: AbstractChannel) -> AbstractExchange | None:
        name = self.dead_letter
        if name is None:
            return None
        await self._exchange(connection, name, "fanout")
        await _durable_queue(connection, name, QUORUM)
        await (await channel.get_queue(name)).bind(name, "#")
        return await channel.get_exchange(name)

    @staticmethod
    async def _exchange(connection: AbstractConnection, name: str, kind: str) -> None:
        if name and not name.startswith("amq."):  # those are the broker's own
            await _try(connection, name, lambda trial: trial.declare_exchange(name, kind, durable=True))


async def _durable_queue(connection: AbstractConnection, name: str, arguments: dict[str, Any]) -> None:
    await _try(connection, name, lambda trial: trial.declare_queue(name, durable=True, arguments=arguments))


async def _try(
    connection: AbstractConnection, name: str, declare: Callable[[AbstractChannel], Awaitable[object]]
) -> None:
    """In a channel of its own, since a refusal closes it."""
    trial = await connection.channel()
    try:
        await declare(trial)
    except ChannelPreconditionFailed as error:
        _log.warning("%s is used as the broker has it: %s", name, error)
    finally:
        if not trial.is_closed:
            await trial.close()
