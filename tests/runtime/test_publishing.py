"""Messages to topics, queues and buses of the embedded AWS, read back as their receivers get them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tight import aio, client, enqueue, publish, put_event
from tight.attributes import read
from tight.clients import cache
from tight.clients.destinations import region_of
from tight.clients.session import watch
from tight.envelopes import CloudEvents, Json
from tight.errors import NotSent, UnsendableMessage
from tight.request import Invocation, current

ACCOUNT = "123456789012"  # the embedded AWS's
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Receive = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def environment(shell: pytest.MonkeyPatch, aws: str) -> None:
    shell.setenv("AWS_ENDPOINT_URL", aws)
    shell.setenv("NAME", "shop")
    shell.setenv("TIGHT_PREFIX", "test-")


@pytest.fixture
def make_queue() -> Iterator[Callable[..., Receive]]:
    """Makes a queue; gives what receives all messages in it."""
    made = []

    def make(name: str, **attributes: str) -> Receive:
        sqs = client("sqs")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        made.append(url)

        def receive() -> list[dict[str, Any]]:
            names = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"]}
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **names)
            return list(answer.get("Messages", []))

        return receive

    yield make
    for url in made:
        client("sqs").delete_queue(QueueUrl=url)


@pytest.fixture
def make_topic(make_queue: Callable[..., Receive]) -> Iterator[Callable[..., Receive]]:
    """Makes a topic with a queue that it is delivered raw to; gives what receives from that."""
    made = []

    def make(name: str, **attributes: str) -> Receive:
        sns = client("sns")
        arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        made.append(arn)
        receive = make_queue(f"of-{name}", **attributes)
        queue = f"arn:aws:sqs:eu-north-1:{ACCOUNT}:of-{name}"
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes=raw)
        return receive

    yield make
    for arn in made:
        client("sns").delete_topic(TopicArn=arn)


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The names of the operations that are sent to AWS."""
    seen: list[str] = []

    def see(event_name: str, **_: object) -> None:
        seen.append(event_name.rpartition(".")[2])

    stop = watch(lambda session: session.register("before-send", see))
    yield seen
    stop()


@pytest.fixture
def invocation() -> Iterator[Invocation]:
    """An invocation that came with a correlation id and a trace."""

    class Correlated(Invocation):
        correlation_id = "c-1"
        attributes = {"traceparent": PARENT}  # noqa: RUF012  # never changed

    arn = f"arn:aws:lambda:eu-north-1:{ACCOUNT}:function:shop-orders"
    found = Correlated({}, SimpleNamespace(aws_request_id="r-1", invoked_function_arn=arn), "orders")
    before = current.set(found)
    yield found
    current.set(before)


def test_a_message_arrives_in_its_queue_under_the_prefix(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("test-orders")
    message_id = enqueue("orders", {"id": 7}, attributes={"plan": "pro", "count": 3, "key": b"\x00"})
    (message,) = receive()

    assert (message["MessageId"], message["Body"]) == (message_id, '{"id":7}')
    assert read(message["MessageAttributes"]) == {"plan": "pro", "count": 3, "key": b"\x00"}


def test_an_arn_and_a_url_are_used_as_they_are(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("plain")
    enqueue(f"arn:aws:sqs:eu-north-1:{ACCOUNT}:plain", "by ARN")
    enqueue(client("sqs").get_queue_url(QueueName="plain")["QueueUrl"], "by URL")

    assert [message["Body"] for message in receive()] == ["by ARN", "by URL"]


def test_a_queues_url_is_asked_for_once(make_queue: Callable[..., Receive], calls: list[str]) -> None:
    make_queue("test-orders")
    calls.clear()
    for number in range(3):
        enqueue("orders", number)

    assert calls == ["GetQueueUrl", "SendMessage", "SendMessage", "SendMessage"]
    cache.forget()
    enqueue("orders", 3)
    assert calls[4:] == ["GetQueueUrl", "SendMessage"]


def test_a_delayed_message_is_not_there_yet(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("test-orders")
    enqueue("orders", 1, delay=600)

    assert receive() == []


def test_fifo_queues_keep_groups_and_drop_what_they_had(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("test-orders.fifo", FifoQueue="true")
    enqueue("orders", "first", group="7", deduplication="a")
    enqueue("orders", "again", group="7", deduplication="a")
    enqueue("orders.fifo", "second", group="7")
    messages = receive()

    assert [message["Body"] for message in messages] == ["first", "second"]
    assert {message["Attributes"]["MessageGroupId"] for message in messages} == {"7"}


def test_without_deduplication_every_call_is_a_message(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("test-orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    enqueue("orders", "same", group="7")
    enqueue("orders", "same", group="7")

    assert [message["Body"] for message in receive()] == ["same", "same"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"delay": 901}, "its delay is 901 seconds: SQS takes 0 to 900"),
        ({"delay": -1}, "its delay is -1 seconds"),
        ({"delay": 1, "group": "7"}, "a FIFO queue has a delay of its own"),
        ({"fifo": True}, "a FIFO queue needs its group"),
        ({"deduplication": "a"}, "deduplication is for FIFO queues"),
        ({"attributes": {"x": ""}}, "its attribute x is empty"),
    ],
)
def test_what_sqs_would_refuse_is_said_before(arguments: dict[str, Any], reason: str, calls: list[str]) -> None:
    with pytest.raises(UnsendableMessage, match=reason):
        enqueue("orders", 1, **arguments)
    assert calls == []


def test_a_message_reaches_the_queues_of_its_topic(make_topic: Callable[..., Receive]) -> None:
    receive = make_topic("test-order-created")
    publish("order-created", {"id": 7}, attributes={"plan": "pro", "tags": ["a", 1]}, subject="An order")
    (message,) = receive()

    assert message["Body"] == '{"id":7}'
    assert read(message["MessageAttributes"]) == {"plan": "pro", "tags": ["a", 1]}


def test_a_topics_account_is_asked_for_once_and_in_lambda_never(
    make_topic: Callable[..., Receive], calls: list[str], request: pytest.FixtureRequest
) -> None:
    make_topic("test-order-created")
    calls.clear()
    publish("order-created", 1)
    publish("order-created", 2)
    publish(f"arn:aws:sns:eu-north-1:{ACCOUNT}:test-order-created", 3)
    assert calls == ["GetCallerIdentity", "Publish", "Publish", "Publish"]

    cache.forget()
    request.getfixturevalue("invocation")
    publish("order-created", 4)
    assert calls[4:] == ["Publish"]


def test_fifo_topics_keep_groups(make_topic: Callable[..., Receive]) -> None:
    receive = make_topic("test-order-created.fifo", FifoTopic="true", FifoQueue="true")
    publish("order-created", "first", group="7")

    assert [message["Body"] for message in receive()] == ["first"]


def test_what_the_invocation_came_with_goes_on_with_its_messages(
    make_queue: Callable[..., Receive], invocation: Invocation
) -> None:
    receive = make_queue("test-orders")
    enqueue("orders", {"id": 7}, attributes={"plan": "pro"})
    enqueue("orders", {"id": 8}, attributes={"correlation_id": "own"})
    first, second = (read(message["MessageAttributes"]) for message in receive())

    assert first == {"plan": "pro", "correlation_id": "c-1", "traceparent": PARENT}
    assert second["correlation_id"] == "own"


def test_an_envelope_is_told_who_sends_what_where(make_queue: Callable[..., Receive], invocation: Invocation) -> None:
    receive = make_queue("test-orders")
    enqueue("orders", {"id": 7}, envelope=Json())
    enqueue("orders", {"id": 8}, envelope=CloudEvents(mode="binary"))
    first, second = receive()
    metadata = Json().metadata(first["Body"], {})
    attributes = read(second["MessageAttributes"])

    assert (Json().parse(first["Body"], {}), metadata["topic"], metadata["service"]["name"]) == (
        {"id": 7},
        "orders",
        "shop",
    )
    assert (attributes["ce-type"], attributes["ce-source"], attributes["correlation_id"]) == ("orders", "shop", "c-1")
    assert CloudEvents().parse(second["Body"], attributes) == {"id": 8}


def test_all_messages_of_an_environment_name_one_service(make_queue: Callable[..., Receive]) -> None:
    receive = make_queue("test-orders")
    for number in range(2):
        enqueue("orders", number, envelope=Json())
    services = [Json().metadata(message["Body"], {})["service"] for message in receive()]

    assert services[0] == services[1]
    assert len(services[0]["uuid"]) == 36


def test_an_event_reaches_the_rules_of_its_bus(make_queue: Callable[..., Receive], invocation: Invocation) -> None:
    receive = make_queue("events")
    events = client("events")
    pattern = json.dumps({"source": ["shop"], "detail-type": ["OrderPlaced"]})
    events.put_rule(Name="placed", EventPattern=pattern)
    target = {"Id": "1", "Arn": f"arn:aws:sqs:eu-north-1:{ACCOUNT}:events"}
    events.put_targets(Rule="placed", Targets=[target])
    event_id = put_event("OrderPlaced", {"id": 7}, resources=["order/7"])
    put_event("OrderDropped", {"id": 7})
    put_event("OrderPlaced", {"id": 8}, envelope=CloudEvents())
    first, second = (json.loads(message["Body"]) for message in receive())
    events.remove_targets(Rule="placed", Ids=["1"])
    events.delete_rule(Name="placed")

    assert (first["id"], first["detail"], first["resources"]) == (event_id, {"id": 7}, ["order/7"])
    assert second["detail"]["data"] == {"id": 8}
    assert (second["detail"]["correlationid"], second["detail"]["traceparent"]) == ("c-1", PARENT)


def test_an_event_that_the_bus_refuses_is_not_sent(service: Any, shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", service.endpoint)
    entry = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    service.answer = json.dumps({"FailedEntryCount": 1, "Entries": [entry]}).encode()

    with pytest.raises(NotSent, match="the bus default was not sent: MalformedDetail: Detail is malformed"):
        put_event("OrderPlaced", "text")


def test_an_event_needs_a_source(shell: pytest.MonkeyPatch) -> None:
    shell.delenv("NAME")

    with pytest.raises(UnsendableMessage, match="an event needs a source"):
        put_event("OrderPlaced", {})


@pytest.mark.parametrize(
    ("send", "message"),
    [
        (lambda: enqueue("nowhere", 1), "for the queue nowhere was not sent: AWS.SimpleQueueService.NonExistentQueue"),
        (lambda: publish("nowhere", 1), "for the topic nowhere was not sent: NotFound"),
    ],
)
def test_what_is_not_there_is_named_with_what_is_needed(send: Callable[[], str], message: str) -> None:
    with pytest.raises(NotSent, match=message) as caught:
        send()
    assert "in this account and region, and the function's role needs" in str(caught.value)


def test_a_service_that_is_away_is_an_error(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    shell.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(NotSent, match="EndpointConnectionError"):
        enqueue("orders", 1)


def test_without_boto3_it_says_how_to_get_it() -> None:
    code = """
import sys
sys.modules["boto3"] = sys.modules["botocore"] = None
from tight import enqueue
try:
    enqueue("orders", 1)
except ImportError as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "MissingLibrary\n"


def test_async_code_awaits_the_same_functions(make_queue: Callable[..., Receive], invocation: Invocation) -> None:
    receive = make_queue("test-orders")

    async def send() -> list[str]:
        return list(await asyncio.gather(*(aio.enqueue("orders", number) for number in range(5))))

    ids = asyncio.run(send())
    messages = receive()

    assert sorted(ids) == sorted(message["MessageId"] for message in messages)
    assert {read(message["MessageAttributes"])["correlation_id"] for message in messages} == {"c-1"}
    assert aio.__all__ == ["amqp_publish", "broadcast", "enqueue", "publish", "put_event", "reply"]


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("arn:aws:sqs:us-west-2:123456789012:orders", "us-west-2"),
        ("https://sqs.us-west-2.amazonaws.com/123456789012/orders", "us-west-2"),
        ("http://127.0.0.1:9324/000000000000/orders", None),
        ("orders", None),
    ],
)
def test_an_address_says_its_region(name: str, region: str | None) -> None:
    assert region_of(name) == region


def test_naming_a_sender_loads_no_library() -> None:
    code = "import sys; from tight import amqp_publish, enqueue, idempotent, publish, put_event; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True, env={})
    loaded = {name.partition(".")[0] for name in done.stdout.split()}

    assert loaded & {"asyncio", "boto3", "botocore", "google", "opentelemetry", "pika", "pynamodb", "urllib"} == set()
