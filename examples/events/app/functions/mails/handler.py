"""A topic, straight: whoever ordered gets a mail."""

from tight import topic

from app.models.effect import Effect


@topic("order-placed")
def confirm(message):
    Effect.note(f"confirmed {message['id']}")
