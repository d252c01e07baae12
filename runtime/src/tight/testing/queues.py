"""moto's queues, put right where they lose what SQS keeps.

The order of a group: in a FIFO queue a message waits for all of its group before it. moto asks of each by itself
whether it is hidden, so that of several that come back together a later one may be given out first.

Messages: moto deletes one by a new list of all the others, and who sends or deletes at the same time is forgotten.

Long queues: for each message that it takes or gives moto looks at the time, in a slow way, for all that are there. Of
3,000 the sending and receiving of ten took a second.
"""

from contextlib import suppress
from time import time
from typing import Any


def put_queues_right() -> None:
    """From now on in this process."""
    from moto.sqs.models import Message, Queue, SQSBackend  # a second of import, needed by the embedded AWS only

    own = ((Queue, (messages, approximate_number_of_messages, pending_message_groups)), (Message, (visible, delayed)))
    for kind, properties in own:
        for each in properties:
            assert isinstance(getattr(kind, each.__name__), property)  # or moto has changed: this has to be looked at
            setattr(kind, each.__name__, property(each))
    setattr(Queue, Queue.delete_message.__name__, delete_message)
    setattr(SQSBackend, SQSBackend.is_message_valid_based_on_retention_period.__name__, is_retained)


def messages(queue: Any) -> list[Any]:
    """Those that may be given out."""
    held: set[str | None] = set()
    found = []
    for message in [*_kept(queue)]:
        if not _is_visible(message):
            held.add(message.group_id)
        elif not queue.fifo_queue or message.group_id not in held:
            found.append(message)
    return found


def approximate_number_of_messages(queue: Any) -> int:
    return sum(map(_is_visible, [*_kept(queue)]))


def pending_message_groups(queue: Any) -> set[str]:
    """Groups of which a message is hidden."""
    hidden = [message for message in [*queue.pending_messages] if not message.visible]
    return {message.group_id for message in hidden if message.group_id is not None}


def delete_message(queue: Any, receipt_handle: str) -> None:
    from moto.sqs.exceptions import ReceiptHandleIsInvalid  # as above

    if receipt_handle in queue.deleted_messages:
        return
    found = next((each for each in [*_kept(queue)] if each.had_receipt_handle(receipt_handle)), None)
    if found is None:
        raise ReceiptHandleIsInvalid
    queue.pending_messages.discard(found)
    queue.deleted_messages.update(found.all_receipt_handles)
    with suppress(ValueError):  # somebody else was faster
        _kept(queue).remove(found)


def visible(message: Any) -> bool:
    return time() * 1000 > float(message.visible_at)


def delayed(message: Any) -> bool:
    return time() * 1000 < float(message.delayed_until)


def is_retained(backend: Any, queue_name: str, message: Any) -> bool:
    """moto asks for all attributes of the queue, three of which count its messages."""
    kept_s = int(backend.get_queue(queue_name).message_retention_period)
    return time() < int(message.sent_timestamp) / 1000 + kept_s


def _kept(queue: Any) -> list[Any]:
    """All that there are, in their order: the list itself."""
    found: list[Any] = queue._messages  # noqa: SLF001  # moto has no other name for it
    return found


def _is_visible(message: Any) -> bool:
    return bool(message.visible and not message.delayed)
