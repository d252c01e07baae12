"""Events of a Kinesis data stream: "Using Lambda to process records from Amazon Kinesis Data Streams" in the Lambda
developer guide.
"""

from base64 import b64encode
from typing import Any

from tight.testing.events.records import as_text, next_number
from tight.testing.events.sent import ACCOUNT, REGION, Event, now


def kinesis_event(*data: Any, stream: str = "stream", partition_key: str = "key") -> Event:
    """A record for each: bytes and text as they are, another value as JSON."""
    return {"Records": [_record(each, stream, partition_key) for each in data]}


def _record(data: Any, stream: str, partition_key: str) -> dict[str, Any]:
    sequence_number = str(49590338271490256608559692538361571095921575989136588898 + next_number())
    content = data if isinstance(data, bytes) else as_text(data).encode()
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
            "sequenceNumber": sequence_number,
            "data": b64encode(content).decode(),
            "approximateArrivalTimestamp": round(now().timestamp(), 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/function",
        "awsRegion": REGION,
        "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}",
    }
