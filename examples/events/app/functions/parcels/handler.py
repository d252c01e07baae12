"""RabbitMQ: what the parcel service tells. Its routing key is no part of Lambda's event, so a header says it too."""

from tight import amqp

from app.models.effect import Effect


@amqp("parcels", routing_key="parcel.*")
def track(message, headers):
    Effect.note(f"parcel {message['id']} {headers['state']}")
