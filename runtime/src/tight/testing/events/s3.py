"""Events of an S3 bucket: "Event message structure" in the Amazon S3 user guide."""

from typing import Any
from urllib.parse import quote_plus

from tight.testing.events.records import iso, next_number
from tight.testing.events.sent import REGION, SOURCE_IP, Event


def s3_event(
    bucket: str,
    key: str,
    *,
    change: str = "ObjectCreated:Put",
    size: int = 1024,
    version_id: str | None = None,
) -> Event:
    """One change of an object; `key` is as it is stored, and is encoded as S3 does. What is removed has no size."""
    stored: dict[str, Any] = {"key": quote_plus(key, safe="/"), "sequencer": f"{next_number():018X}"}
    if not change.startswith("ObjectRemoved"):
        stored |= {"size": size, "eTag": "d41d8cd98f00b204e9800998ecf8427e"}
    if version_id is not None:
        stored["versionId"] = version_id
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": iso(),
        "eventName": change,
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": SOURCE_IP},
        "responseElements": {"x-amz-request-id": "EXAMPLE123456789", "x-amz-id-2": "EXAMPLE/abcdefghijklambda"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "notification",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "EXAMPLE"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": stored,
        },
    }
    return {"Records": [record]}


def s3_test_event(bucket: str) -> Event:
    """What S3 sends when a topic or a queue is told to take its notifications."""
    return {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": iso(),
        "Bucket": bucket,
        "RequestId": "EXAMPLE123456789",
        "HostId": "EXAMPLE/abcdefghijklambda",
    }
