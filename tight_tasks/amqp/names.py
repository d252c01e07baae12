"""What an @amqp handler's queue is called, and where its dead letters go, as serve, hosts and definitions name both.

`prefix`, TIGHT_PREFIX of the app's environment, stands before the names of queues.
"""

from tight_tasks.manifest import Source


def queue_of(function: str, source: Source, prefix: str = "") -> str:
    """The one that is declared, or that of the function and its Python function."""
    return prefix + ((source.model_extra or {}).get("queue") or f"{function}.{source.function}")


def dead_letters_of(source: Source, prefix: str = "") -> str | None:
    """An exchange and the queue that is bound to it; None where dead letters are dropped."""
    name = (source.model_extra or {}).get("dead_letter")
    return prefix + name if name else None
