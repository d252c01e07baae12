"""Asynchronous events that fail for good: their dead-letter queue and their destinations, in the embedded AWS."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from tight.testing import embedded
from tight_tasks.serve import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

FAILS = "def handler(event, context):\n    raise ValueError('no ' + event['name'])\n"
ACCOUNT = "arn:aws:sqs:us-west-2:123456789012"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The endpoint of an embedded AWS."""
    with embedded.running() as found:
        yield found.endpoint


def client(service: str, endpoint: str) -> Any:
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "local")
    return boto3.client(service, endpoint_url=endpoint, region_name="us-west-2", **keys)


@pytest.fixture
def client_until_the_end(aws: str) -> Iterator[Callable[[str], Any]]:
    """Makes clients of the embedded AWS that are closed after the test."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(closing(client(service, aws)))


def received(queues: Any, url: str) -> list[Any]:
    asked = queues.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=10)
    found: list[Any] = asked.get("Messages", [])
    return found


def failing(queues: Any, url: str) -> Callable[[Serve], Any]:
    """Sends `fails` an event; gives what the queue at `url` has got then."""

    async def visit(serve: Serve) -> Any:
        invoke = {"FunctionName": "fails", "InvocationType": "Event", "Payload": b'{"name": "Ada"}'}
        with closing(client("lambda", serve.url)) as functions:
            await asyncio.to_thread(lambda: functions.invoke(**invoke))
        return await asyncio.to_thread(received, queues, url)

    return visit


def test_a_dead_letter_queue_gets_the_event_as_it_was(
    make_app: MakeApp, served: Served, aws: str, client_until_the_end: Callable[[str], Any]
) -> None:
    queues = client_until_the_end("sqs")
    url = queues.create_queue(QueueName="dead")["QueueUrl"]
    app = make_app(f"functions: {{fails: {{retries: 1, dead_letter: '{ACCOUNT}:dead'}}}}\n", fails=FAILS)

    (message,) = served(app, failing(queues, url), retry_s=(0.05,), variables={"AWS_ENDPOINT_URL": aws})
    assert json.loads(message["Body"]) == {"name": "Ada"}
    # docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (attributes["ErrorCode"], attributes["ErrorMessage"]) == ("200", "no Ada")


def test_a_destination_may_be_a_topic(
    make_app: MakeApp, served: Served, aws: str, client_until_the_end: Callable[[str], Any]
) -> None:
    queues, topics = client_until_the_end("sqs"), client_until_the_end("sns")
    url = queues.create_queue(QueueName="told")["QueueUrl"]
    topic = topics.create_topic(Name="failures")["TopicArn"]
    topics.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"{ACCOUNT}:told", Attributes={"RawMessageDelivery": "true"}
    )
    app = make_app(f"functions: {{fails: {{retries: 0, on_failure: '{topic}'}}}}\n", fails=FAILS)

    (message,) = served(app, failing(queues, url), variables={"AWS_ENDPOINT_URL": aws})
    record = json.loads(message["Body"])
    assert (record["requestContext"]["condition"], record["requestPayload"]) == ("RetriesExhausted", {"name": "Ada"})
    assert record["requestContext"]["approximateInvokeCount"] == 1


def test_a_destination_may_be_a_bus_where_the_app_has_its_own(
    make_app: MakeApp, served: Served, aws: str, client_until_the_end: Callable[[str], Any]
) -> None:
    queues, buses = client_until_the_end("sqs"), client_until_the_end("events")
    url = queues.create_queue(QueueName="bused")["QueueUrl"]
    bus = buses.create_event_bus(Name="outcomes")["EventBusArn"]
    buses.put_rule(Name="all", EventBusName="outcomes", EventPattern='{"source": ["lambda"]}')
    buses.put_targets(Rule="all", EventBusName="outcomes", Targets=[{"Id": "told", "Arn": f"{ACCOUNT}:bused"}])
    app = make_app(f"functions: {{fails: {{retries: 0, on_failure: '{bus}'}}}}\n", fails=FAILS)

    (message,) = served(app, failing(queues, url), variables={"AWS_ENDPOINT_URL_EVENTBRIDGE": aws})
    told = json.loads(message["Body"])
    assert told["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert told["detail"]["requestPayload"] == {"name": "Ada"}


def test_a_destination_is_found_in_the_embedded_aws_that_a_reload_has_started(
    make_app: MakeApp, served: Served
) -> None:
    settings = f"functions: {{fails: {{retries: 0, on_failure: '{ACCOUNT}:late'}}}}\n"

    async def visit(serve: Serve) -> Any:
        make_app(settings, fed="from tight import queue\n\n\n@queue('orders')\ndef take(body):\n    pass\n")
        assert await serve.reload() is None
        with closing(client("sqs", serve.embedded_aws)) as queues:
            url = (await asyncio.to_thread(lambda: queues.create_queue(QueueName="late")))["QueueUrl"]
            return await failing(queues, url)(serve)

    (message,) = served(make_app(settings, fails=FAILS), visit)
    assert json.loads(message["Body"])["requestPayload"] == {"name": "Ada"}
