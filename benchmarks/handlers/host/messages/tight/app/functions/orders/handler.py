"""Orders: counts the messages of a queue of SQS."""

import json

from tally import Tally

from tight import queue

tally = Tally("SQS")


@queue("bench-tight")
async def take(message: dict[str, str]) -> None:
    tally.count(json.loads(message["Message"])["number"])
