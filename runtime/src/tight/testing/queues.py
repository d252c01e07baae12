"""moto's FIFO queues, put right.

A group is held up by a message that was received and is not deleted. moto lets it go only when it comes by that message
again, so that of several that come back together the last is given out first, and the order of the group is lost.
"""

from typing import Any


def keep_groups_in_order() -> None:
    """From now on in this process a group is held up by messages that are hidden, and by no others."""
    from moto.sqs.models import Queue  # a second of import, needed by the embedded AWS only

    def pending_message_groups(self: Any) -> set[str]:
        hidden = [message for message in [*self.pending_messages] if not message.visible]
        return {message.group_id for message in hidden if message.group_id is not None}

    assert isinstance(Queue.pending_message_groups, property)  # or moto has changed, and this has to be looked at
    Queue.pending_message_groups = property(pending_message_groups)
