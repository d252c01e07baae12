"""What event source mappings share: which of a batch have failed, and how much one event holds. Pure functions.

"Handling errors for an SQS event source in Lambda" and "Configuring partial batch response with DynamoDB and Lambda" in
the Lambda developer guide. What they leave open is decided here so: a result that is no object, or whose
`batchItemFailures` is no list, fails the whole batch; an object without that key is a success.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tight_tasks.serve.invocation import Outcome

LARGEST_BATCH = 6 * 1024 * 1024


def failed_of(outcome: Outcome, identifiers: Sequence[str]) -> set[str]:
    """Which of a batch, by message id, have failed. Of an unknown id the whole batch has."""
    listed = _listed(outcome)
    if listed is None or not listed <= set(identifiers):
        return set(identifiers)
    return listed


def done_of(outcome: Outcome, sequence_numbers: Sequence[str]) -> int:
    """How many records of a shard, from its first, are done: those before the lowest number that is listed."""
    listed = _listed(outcome)
    if listed is None or not listed <= set(sequence_numbers):
        return 0
    return min((sequence_numbers.index(each) for each in listed), default=len(sequence_numbers))


def _listed(outcome: Outcome) -> set[str] | None:
    """The identifiers in a partial batch response; None where all has failed."""
    if outcome.is_error:
        return None
    try:
        result = json.loads(outcome.payload or b"null")
    except ValueError:
        return None
    if result is None:
        return set()
    if not isinstance(result, dict):
        return None
    failures = result.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return None
    found = [each.get("itemIdentifier") if isinstance(each, dict) else None for each in failures]
    named = {each for each in found if isinstance(each, str) and each}
    return named if len(named) == len(set(map(json.dumps, found))) else None


def split(records: Iterable[dict[str, Any]], limit: int = LARGEST_BATCH) -> Iterator[list[dict[str, Any]]]:
    """The records in order, in lists that stay below `limit` bytes of JSON, but for one that is larger by itself."""
    part: list[dict[str, Any]] = []
    size = 0
    for record in records:
        more = len(json.dumps(record)) + 2
        if part and size + more > limit:
            yield part
            part, size = [], 0
        part.append(record)
        size += more
    if part:
        yield part


def to_event(records: Sequence[dict[str, Any]]) -> bytes:
    """The event with these records."""
    return json.dumps({"Records": list(records)}).encode()
