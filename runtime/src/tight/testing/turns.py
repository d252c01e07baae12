"""Calls of the embedded DynamoDB, one at a time.

moto looks whether a condition holds, and then writes, in a thread for each call: of two conditional writes at once both
may succeed, which in DynamoDB can't be.
"""

from functools import wraps
from threading import RLock
from typing import Any

from moto.dynamodb.responses import DynamoHandler


def take_turns() -> None:
    """Let each call of DynamoDB in this process wait for the one before."""
    turn = RLock()
    answer = DynamoHandler.call_action

    @wraps(answer)
    def answer_in_turn(handler: DynamoHandler) -> Any:
        with turn:
            return answer(handler)

    DynamoHandler.call_action = answer_in_turn  # type: ignore[method-assign]  # moto has no setting for it
