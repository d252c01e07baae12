"""A stream of a model: what has become of an order."""

from tight import stream

from app.models.effect import Effect
from app.models.order import Order


@stream(Order, on=["INSERT", "MODIFY"])
def follow(new, old):
    before = old.count if old else 0
    Effect.note(f"{new.id} changed from {before} to {new.count}")
