"""A data stream of Kinesis: who looks at what."""

from tight import kinesis

from app.models.effect import Effect


@kinesis("clicks")
def count(message, partition_key):
    Effect.note(f"{partition_key} looked at {message['page']}")
