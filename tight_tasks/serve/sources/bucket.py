"""Buckets: S3's notifications. "Process Amazon S3 event notifications with Lambda" in the Lambda developer guide."""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from tight_tasks import manifest
from tight_tasks.errors import NoSource
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.inbox import Inbox
from tight_tasks.serve.sources.names import inbox_name
from tight_tasks.serve.sources.queues import Message, Queue
from tight_tasks.serve.sources.source import Invoke


class BucketSource:
    """`on` are events such as ObjectCreated:*, with or without s3: before them."""

    def __init__(self, source: manifest.Source, function: str, invoke: Invoke, aws: Aws) -> None:
        said = source.model_extra or {}
        self._aws = aws
        self._bucket: str = said["bucket"].rpartition(":::")[2]
        self._function = function
        on = said.get("on") or ["ObjectCreated:*"]
        self._events = [f"s3:{each.removeprefix('s3:')}" for each in on]
        self._rules = [{"Name": name, "Value": said[name]} for name in ("prefix", "suffix") if said.get(name)]
        what = sha256(json.dumps([self._events, self._rules]).encode()).hexdigest()[:8]
        self._id = inbox_name("bucket", f"{self._bucket}-{what}", function)
        self._inbox = Inbox(
            "bucket", self._bucket, function, invoke, aws, at="s3", attach=self._attach, event_of=event_of, more=what
        )
        self.start, self.stop, self.status = self._inbox.start, self._inbox.stop, self._inbox.status

    async def _attach(self, queue: Queue) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # loaded with the first client

        try:
            await self._make_bucket()
            operation = "get_bucket_notification_configuration"
            found = await self._aws.call("s3", operation, Bucket=self._bucket)
            found.pop("ResponseMetadata", None)
            others = [each for each in found.get("QueueConfigurations", []) if each.get("Id") != self._id]
            own: dict[str, Any] = {"Id": self._id, "QueueArn": queue.arn, "Events": self._events}
            if self._rules:
                own["Filter"] = {"Key": {"FilterRules": self._rules}}
            whole = {**found, "QueueConfigurations": [*others, own]}
            operation = "put_bucket_notification_configuration"
            await self._aws.call("s3", operation, Bucket=self._bucket, NotificationConfiguration=whole)
        except (BotoCoreError, ClientError) as error:
            raise NoSource("bucket", self._bucket, str(error)) from error

    async def _make_bucket(self) -> None:
        there = (await self._aws.call("s3", "list_buckets"))["Buckets"]
        if self._bucket in {each["Name"] for each in there}:
            return
        region = self._aws.project.region
        place: dict[str, Any] = (
            {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        await self._aws.call("s3", "create_bucket", Bucket=self._bucket, **place)


def event_of(message: Message) -> dict[str, Any] | None:
    """The notification, with what the embedded AWS leaves out; None for S3's test of the queue."""
    event: dict[str, Any] = json.loads(message["Body"])
    if "Records" not in event:
        return None
    for record in event["Records"]:
        record.setdefault("userIdentity", {"principalId": "local"})
        record.setdefault("requestParameters", {"sourceIPAddress": "127.0.0.1"})
        record.setdefault("responseElements", {"x-amz-request-id": message["MessageId"], "x-amz-id-2": ""})
        record["s3"]["bucket"].setdefault("ownerIdentity", {"principalId": "local"})
        what = record["s3"]["object"]
        what.setdefault("sequencer", f"{_sent(message):016X}")
        what["key"] = quote_plus(unquote_plus(what["key"]), safe="/")  # S3 leaves slashes as they are
    return event


def _sent(message: Message) -> int:
    return int(message.get("Attributes", {}).get("SentTimestamp", 0))
