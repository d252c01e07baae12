"""Where the outcomes of asynchronous events go outside of the app: queues, topics and buses, by boto3."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any


class Destinations:
    """`variables` are the app's, which say where AWS's services are."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    async def deliver(self, arn: str, message: dict[str, Any]) -> None:
        """Raises what boto3 raises, and ValueError for an ARN of another service."""
        parts = arn.split(":")
        if parts[0] != "arn" or len(parts) < 6:
            raise ValueError(f"{arn} is neither a function of the app nor an ARN")
        await asyncio.to_thread(self._send, parts[2], arn, parts[-1].rpartition("/")[2], message)

    def _send(self, service: str, arn: str, name: str, message: dict[str, Any]) -> None:
        text = message["body"] if "attributes" in message else json.dumps(message)
        attributes = message.get("attributes", {})
        if service not in ("sqs", "sns", "events"):
            raise ValueError(f"{arn}: a destination is a function, a queue, a topic or an event bus")
        with closing(self._client(service)) as client:
            if service == "sqs":
                address = client.get_queue_url(QueueName=name)["QueueUrl"]
                client.send_message(QueueUrl=address, MessageBody=text, MessageAttributes=attributes)
            elif service == "sns":
                client.publish(TopicArn=arn, Message=text, MessageAttributes=attributes)
            else:
                failed = message["requestContext"]["condition"] != "Success"
                kind = f"Lambda Function Invocation Result - {'Failure' if failed else 'Success'}"
                entry = {"Source": "lambda", "DetailType": kind, "Detail": text, "EventBusName": name}
                client.put_events(Entries=[entry])

    def _client(self, service: str) -> Any:
        import boto3  # half a second, for apps with destinations only

        variables = self._variables
        endpoint = variables.get(f"AWS_ENDPOINT_URL_{service.upper()}") or variables.get("AWS_ENDPOINT_URL")
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=variables.get("AWS_REGION"),
            aws_access_key_id=variables.get("AWS_ACCESS_KEY_ID", "local"),
            aws_secret_access_key=variables.get("AWS_SECRET_ACCESS_KEY", "local"),
        )
