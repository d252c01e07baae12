"""moto's queues, put right where they lose what SQS keeps.

The order of a group: a FIFO group is held up by a message that was received and is not deleted. moto lets it go only
when it comes by that message again, so that of several that come back together the last is given out first.

Messages: moto deletes one by a new list of all the others, and who sends or deletes at the same time is forgotten.
"""

from contextlib import suppress
from typing import Any


def put_queues_right() -> None:
    """From now on in this process."""
    from moto.sqs.exceptions import ReceiptHandleIsInvalid  # a second of import, needed by the embedded AWS only
    from moto.sqs.models import Queue

    def pending_message_groups(self: Any) -> set[str]:
        hidden = [message for message in [*self.pending_messages] if not message.visible]
        return {message.group_id for message in hidden if message.group_id is not None}

    def delete_message(self: Any, receipt_handle: str) -> None:
        if receipt_handle in self.deleted_messages:
            return
        found = next((each for each in [*self._messages] if each.had_receipt_handle(receipt_handle)), None)
        if found is None:
            raise ReceiptHandleIsInvalid
        self.pending_messages.discard(found)
        self.deleted_messages.update(found.all_receipt_handles)
        with suppress(ValueError):  # somebody else was faster
            self._messages.remove(found)

    # Or moto has changed, and this has to be looked at.
    assert isinstance(Queue.pending_message_groups, property)
    assert callable(Queue.delete_message)
    Queue.pending_message_groups = property(pending_message_groups)
    Queue.delete_message = delete_message
