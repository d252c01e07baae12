"""A FIFO queue: the payments of each customer, in their order."""

from tight import queue

from app.models.effect import Effect


@queue("payments", fifo=True)
def book(message, group_id):
    Effect.note(f"booked {message['amount']} of {group_id}")
