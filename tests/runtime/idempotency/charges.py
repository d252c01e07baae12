"""What the tests of `@idempotent` run once, and where that is noted."""

from collections.abc import Callable
from typing import Any

from tight import idempotent
from tight.idempotency import Memory, Table

TABLE = "shop-test-idempotency"
Store = Table | Memory


def charge(store: Store, **options: Any) -> tuple[Callable[..., Any], list[Any]]:
    """A function that is run once for each `id` of its message, and the messages that it was run with."""
    ran: list[Any] = []

    @idempotent(**{"key": "message.id", "store": store, **options})
    def run(message: Any) -> Any:
        ran.append(message)
        return {"charged": message["id"], "run": len(ran)}

    return run, ran
