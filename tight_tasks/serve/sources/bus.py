"""Event buses: a rule of EventBridge for each declared pattern. "Amazon EventBridge rules" in its user guide."""

import json
from hashlib import sha256
from typing import Any

from tight_tasks import manifest
from tight_tasks.errors import NoSource
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.inbox import Inbox
from tight_tasks.serve.sources.queues import Message, Queue
from tight_tasks.serve.sources.source import Invoke
from tight_tasks.serve.variables import ACCOUNT

_LONGEST_RULE = 64


class BusSource:
    """A bus, by its name or ARN, and a pattern."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        said = source.model_extra or {}
        self._aws = aws
        bus: str = said.get("bus") or "default"
        self._bus = bus.rpartition("/")[2]
        self._pattern = json.dumps(said["pattern"], sort_keys=True)
        digest = sha256(f"{function} {self._pattern}".encode()).hexdigest()[:8]
        self._rule = f"tight-{digest}-{function}"[:_LONGEST_RULE]
        self._inbox = Inbox(
            "bus",
            self._bus,
            function,
            invoke,
            aws,
            at="events",
            attach=self._attach,
            event_of=event_of,
            more=digest,
        )
        self.start, self.stop, self.status = self._inbox.start, self._inbox.stop, self._inbox.status

    async def _attach(self, queue: Queue) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # loaded with the first client

        rule = {"Name": self._rule, "EventBusName": self._bus, "EventPattern": self._pattern}
        target = [{"Id": "tight", "Arn": queue.arn}]
        try:
            there = (await self._aws.call("events", "list_event_buses"))["EventBuses"]
            if self._bus not in {each["Name"] for each in there}:
                await self._aws.call("events", "create_event_bus", Name=self._bus)
            await self._aws.call("events", "put_rule", **rule)
            await self._aws.call("events", "put_targets", Rule=self._rule, EventBusName=self._bus, Targets=target)
        except (BotoCoreError, ClientError) as error:
            raise NoSource("bus", self._bus, str(error)) from error


def event_of(message: Message) -> dict[str, Any]:
    """The event, as EventBridge puts it into a queue, with what the embedded AWS leaves out."""
    event: dict[str, Any] = json.loads(message["Body"])
    return {"account": ACCOUNT, **event}
