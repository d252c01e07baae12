"""Parcels: counts the messages of a queue of RabbitMQ."""

from tally import Tally

from tight import amqp

tally = Tally("AMQP")


@amqp("bench-tight")
async def take(message: dict[str, int]) -> None:
    tally.count(message["number"])
