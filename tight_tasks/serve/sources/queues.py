"""Queues of SQS: found, made where they are missing on this machine; their messages taken, deleted, given back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tight_tasks.errors import BadMapping, NoSource
from tight_tasks.serve.sources.aws import Aws

Message = Mapping[str, Any]
"""As boto3 has it: MessageId, ReceiptHandle, Body, Attributes..."""

_AT_ONCE = 10  # of the API's batches
_TRIES = 3
_ONCE = ("FifoQueue", "ContentBasedDeduplication")  # set when a queue is made: ElasticMQ refuses to hear of them again


@dataclass(frozen=True)
class Wanted:
    """A queue that an app declares. Seconds; without `dead_letter`, failed messages come back until they expire."""

    name: str
    visibility_s: int
    fifo: bool = False
    dead_letter: str | None = None
    max_receives: int = 5


@dataclass(frozen=True)
class Queue:
    """A queue that is there, at the endpoint of the service `at`: SQS, or what sends to it."""

    aws: Aws
    at: str
    url: str
    arn: str
    visibility_s: int

    async def receive(self, count: int, wait_s: int, visibility_s: int | None) -> list[Message]:
        """At most ten."""
        more: dict[str, Any] = {} if visibility_s is None else {"VisibilityTimeout": visibility_s}
        # The older name of MessageSystemAttributeNames, which every server knows.
        more |= {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        count = min(count, _AT_ONCE)
        answer = await self._call("receive_message", MaxNumberOfMessages=count, WaitTimeSeconds=wait_s, **more)
        messages: list[Message] = answer.get("Messages", [])
        return messages

    async def send(self, text: str) -> None:
        await self._call("send_message", MessageBody=text)

    async def delete(self, messages: Sequence[Message]) -> None:
        await self._in_batches("delete_message_batch", messages, {})

    async def give_back(self, messages: Sequence[Message]) -> None:
        """Others may take them at once."""
        await self._in_batches("change_message_visibility_batch", messages, {"VisibilityTimeout": 0})

    async def _in_batches(self, operation: str, messages: Sequence[Message], more: dict[str, int]) -> None:
        for start in range(0, len(messages), _AT_ONCE):
            some = enumerate(messages[start : start + _AT_ONCE])
            entries = [{"Id": str(place), "ReceiptHandle": each["ReceiptHandle"], **more} for place, each in some]
            await self._insist(operation, entries)

    async def _insist(self, operation: str, entries: list[dict[str, Any]]) -> None:
        from botocore.exceptions import BotoCoreError  # it is loaded with the first client

        for left in reversed(range(_TRIES)):
            try:
                await self._call(operation, Entries=entries)
                break
            except BotoCoreError:
                if not left:
                    raise

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self.aws.call("sqs", operation, at=self.at, QueueUrl=self.url, **arguments)


async def find_queue(aws: Aws, wanted: Wanted, at: str = "sqs") -> Queue:
    """The queue, made or set as it is wanted where it is on this machine.

    Raises `NoSource` where nothing answers, or where a real account has no such queue.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # as above

    try:
        url = await _url(aws, at, wanted.name)
        if aws.is_local(at):
            url = await _set(aws, at, wanted.name, url, await _attributes(aws, at, wanted))
        if url is None:
            raise NoSource("queue", wanted.name, "make it, or let invoke services.run do so on this machine")
        found = await _told(aws, at, url)
    except (BotoCoreError, ClientError) as error:
        raise NoSource("queue", wanted.name, str(error)) from error
    return Queue(aws, at, url, found["QueueArn"], int(found["VisibilityTimeout"]))


def check_visibility(name: str, visibility_s: int, timeout_s: float) -> None:
    """Raises `BadMapping` where Lambda refuses the mapping."""
    if visibility_s < timeout_s:
        problem = f"its visibility timeout of {visibility_s} s is less than the function's {timeout_s:g} s"
        raise BadMapping("queue", name, f"{problem}, which Lambda refuses: raise the one or lower the other")


async def _url(aws: Aws, at: str, name: str) -> str | None:
    from botocore.exceptions import ClientError  # as above

    try:
        url: str = (await aws.call("sqs", "get_queue_url", at=at, QueueName=name))["QueueUrl"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code.endswith(("NonExistentQueue", "QueueDoesNotExist")):
            return None
        raise
    return url


async def _attributes(aws: Aws, at: str, wanted: Wanted) -> dict[str, str]:
    """Of a queue on this machine; its dead-letter queue is there then."""
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if wanted.fifo else {}
    attributes = {"VisibilityTimeout": str(wanted.visibility_s), **fifo}
    if wanted.dead_letter:
        # One that is there may be a queue with settings of its own.
        url = await _url(aws, at, wanted.dead_letter) or await _set(aws, at, wanted.dead_letter, None, fifo)
        policy = {
            "deadLetterTargetArn": (await _told(aws, at, url))["QueueArn"],
            "maxReceiveCount": wanted.max_receives,
        }
        attributes["RedrivePolicy"] = json.dumps(policy)
    return attributes


async def _set(aws: Aws, at: str, name: str, url: str | None, attributes: Mapping[str, str]) -> str:
    """The URL of a queue on this machine, once it is there with these attributes."""
    if url is None:
        made = await aws.call("sqs", "create_queue", at=at, QueueName=name, Attributes=attributes)
        return str(made["QueueUrl"])
    changed = {name: value for name, value in attributes.items() if name not in _ONCE}
    await aws.call("sqs", "set_queue_attributes", at=at, QueueUrl=url, Attributes=changed)
    return url


async def _told(aws: Aws, at: str, url: str) -> dict[str, str]:
    asked = {"QueueUrl": url, "AttributeNames": ["QueueArn", "VisibilityTimeout"]}
    found: dict[str, str] = (await aws.call("sqs", "get_queue_attributes", at=at, **asked))["Attributes"]
    return found
