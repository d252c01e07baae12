"""Counts the messages of a queue of SQS, and of one of RabbitMQ, as a service of tomodachi."""

import json
import os

import tomodachi
from tally import Tally

KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "eu-north-1"}
SQS = os.environ["AWS_ENDPOINT_URL_SQS"]


class Messages(tomodachi.Service):
    name = "messages"
    options = tomodachi.Options(
        http=tomodachi.Options.HTTP(port=int(os.environ["PORT"])),
        aws_sns_sqs=tomodachi.Options.AWSSNSSQS(**KEYS),
        aws_endpoint_urls=tomodachi.Options.AWSEndpointURLs(sns=SQS, sqs=SQS),
        amqp=tomodachi.Options.AMQP(port=int(os.environ["AMQP_PORT"])),
    )

    def __init__(self) -> None:
        self.orders = Tally("SQS")
        self.parcels = Tally("AMQP")

    @tomodachi.http("GET", r"/_tight/ready")
    async def ready(self, request: object) -> str:  # noqa: ARG002  # tomodachi gives it
        return "ready"

    @tomodachi.aws_sns_sqs(queue_name="bench-tomodachi", competing=True)
    async def take_order(self, message: str) -> None:
        self.orders.count(json.loads(message)["number"])

    @tomodachi.amqp("bench.tomodachi", queue_name="bench-tomodachi", competing=True)
    async def take_parcel(self, message: bytes) -> None:
        self.parcels.count(json.loads(message)["number"])
