"""Where the outcomes of asynchronous events go outside of the app: queues, topics and buses, by boto3."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from tight_tasks.project import Project
from tight_tasks.serve.sources.aws import Aws

_RETRIES = 3  # nobody else tries again


class Destinations:
    """`variables` are the app's, which say where AWS's services are."""

    def __init__(self, project: Project, variables: Mapping[str, str]) -> None:
        self._ends = AsyncExitStack()
        self._aws = self._made(project, variables)

    def follow(self, project: Project, variables: Mapping[str, str]) -> None:
        """What is delivered from now on goes where these say."""
        if (self._aws.project.region, self._aws.variables) != (project.region, dict(variables)):
            self._aws = self._made(project, variables)

    def _made(self, project: Project, variables: Mapping[str, str]) -> Aws:
        aws = Aws(project, variables, retries=_RETRIES)
        self._ends.push_async_callback(aws.close)  # at the end: a delivery may be using it until then
        return aws

    async def deliver(self, arn: str, message: dict[str, Any]) -> None:
        """Raises what boto3 raises, and ValueError for an ARN of another service."""
        aws = self._aws  # one for all of a delivery
        parts = arn.split(":")
        if parts[0] != "arn" or len(parts) < 6:
            raise ValueError(f"{arn} is neither a function of the app nor an ARN")
        service, name = parts[2], parts[-1].rpartition("/")[2]
        text = message["body"] if "attributes" in message else json.dumps(message)
        attributes = message.get("attributes", {})
        if service == "sqs":
            address = (await aws.call("sqs", "get_queue_url", QueueName=name))["QueueUrl"]
            sent = {"QueueUrl": address, "MessageBody": text, "MessageAttributes": attributes}
            await aws.call("sqs", "send_message", **sent)
        elif service == "sns":
            await aws.call("sns", "publish", TopicArn=arn, Message=text, MessageAttributes=attributes)
        elif service == "events":
            failed = message["requestContext"]["condition"] != "Success"
            kind = f"Lambda Function Invocation Result - {'Failure' if failed else 'Success'}"
            entry = {"Source": "lambda", "DetailType": kind, "Detail": text, "EventBusName": name}
            await aws.call("events", "put_events", Entries=[entry])
        else:
            raise ValueError(f"{arn}: a destination is a function, a queue, a topic or an event bus")

    async def close(self) -> None:
        await self._ends.aclose()
