"""A queue: what lies in the shelves is taken out; what can't be found ends in the dead letters."""

from tight import queue

from app.models.effect import Effect


@queue("picking", visibility=10, max_receives=1, dead_letter="picking-dead")
def pick(message):
    if message["product"] == "moon dust":
        raise LookupError("there is none in the shelves")
    Effect.note(f"picked {message['id']}")
