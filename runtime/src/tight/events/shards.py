"""Records of a shard of Kinesis or DynamoDB Streams, which keep their order.

The first that fails stops the batch. It alone is reported: Lambda goes on from the lowest sequence number that it is
told, so that all behind it come again too.
"""

from tight.events.batch import Records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tight.events.delivery import Delivery


class Shard(Records):
    def lane_of(self, delivery: "Delivery") -> str:  # noqa: ARG002  # all of them are in one
        return "shard"

    def reported(self, failed: "list[Any]") -> "list[Any]":
        return failed[:1]

    def name_in(self, event: "Any") -> str:
        """`orders` of arn:aws:kinesis:...:stream/orders and of arn:aws:dynamodb:...:table/orders/stream/2026-..."""
        arn: str = event["Records"][0]["eventSourceARN"]
        return arn.split("/")[1]
