"""What waits for a service, for `async def`: `await aio.enqueue("orders", order)`.

The same functions with the same arguments, each in a thread of the event loop's own, while the loop goes on.
"""

from asyncio import to_thread
from functools import wraps

import tight
from tight import publishing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, ParamSpec, TypeVar

    Arguments = ParamSpec("Arguments")
    Answer = TypeVar("Answer")

__all__ = ["amqp_publish", "broadcast", "enqueue", "publish", "put_event", "reply"]


def _beside(
    function: "Callable[Arguments, Answer]",
) -> "Callable[Arguments, Coroutine[Any, Any, Answer]]":
    @wraps(function)
    async def awaited(*args: "Arguments.args", **kwargs: "Arguments.kwargs") -> "Answer":
        return await to_thread(function, *args, **kwargs)

    return awaited


amqp_publish = _beside(publishing.amqp_publish)
enqueue = _beside(publishing.enqueue)
publish = _beside(publishing.publish)
put_event = _beside(publishing.put_event)

if TYPE_CHECKING:
    broadcast = _beside(tight.broadcast)
    reply = _beside(tight.reply)


def __getattr__(name: str) -> object:
    if name not in ("broadcast", "reply"):  # of tight-events, which not every app has
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _beside(getattr(tight, name))
