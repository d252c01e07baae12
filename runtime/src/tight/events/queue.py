"""`@queue`: messages of an SQS queue.

    @queue("orders", batch=10, max_receives=5, dead_letter="orders-dead")
    def take(message: Order):
        ...

An exception means that this message comes again, and no other. Of a FIFO queue all later ones of its group in the batch
come again with it, so that their order is kept.
"""

from tight.events.messages import Messages
from tight.handlers import add_mark
from tight.names import last_of, own_name
from tight.trigger import refuse_bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from tight.events.delivery import Envelope

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def queue(
    name: str,
    *,
    batch: int = 10,
    window: int = 0,
    visibility: int | None = None,
    max_receives: int = 5,
    dead_letter: str | None = None,
    fifo: bool = False,
    filter: "dict[str, Any] | list[dict[str, Any]] | None" = None,  # noqa: A002  # AWS's word
    concurrency: int | None = None,
    envelope: "Envelope | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the messages of a queue, by its name, URL or ARN.

    `batch` is the most messages of one event: up to 10, or to 10,000 with a `window` of 1 to 300 seconds to gather them
    in; a FIFO queue has no window. `visibility` is for how many seconds a received message is hidden: six times the
    function's timeout unless it is given. After `max_receives` a message moves to the queue `dead_letter`. `filter` is
    an event filter of Lambda; what does not match is deleted. `concurrency`, 2 to 1,000, is the most batches at a time.
    """
    refuse_bare('@queue("orders")', name)
    arguments = {
        "queue": name,
        "batch": batch,
        "window": window,
        "visibility": visibility,
        "max_receives": max_receives,
        "dead_letter": dead_letter,
        "fifo": fifo or name.endswith(".fifo"),
        "filter": filter,
        "concurrency": concurrency,
    }

    def decorate(function: "Handler") -> "Handler":
        add_mark(Queue.kind, (arguments, envelope), function)
        return function

    return decorate


class Queue(Messages):
    kind = "queue"
    known_by = ("queue",)

    def is_from(self, event: "Any") -> bool:
        name = own_name(self.arguments["queue"], fifo=self.arguments["fifo"])
        return last_of(event["Records"][0]["eventSourceARN"]) == name
