"""Parcels: counts the messages of a queue of RabbitMQ."""

from tally import Tally

from tight import amqp

tally = Tally("AMQP")


@amqp("bench-tight", prefetch=100)  # tomodachi's own
async def take(message: dict[str, int]) -> None:
    tally.count(message["number"])
