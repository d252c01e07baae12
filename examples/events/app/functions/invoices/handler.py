"""A topic through a queue: invoices are written when there is time, and for tea alone."""

from tight import topic

from app.models.effect import Effect


@topic("order-placed", queue="invoices", filter={"product": ["tea"]})
def write(message, attributes):
    Effect.note(f"invoiced {message['id']} for {attributes['product']}")
