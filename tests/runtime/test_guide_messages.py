"""The code of docs/guides/messages.md, run as it stands."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tight import client, enqueue
from tight.app import controllers
from tight.attributes import read
from tight.errors import UnreadableMessage

GUIDE = (Path(__file__).parents[2] / "docs/guides/messages.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE, re.DOTALL))


@pytest.fixture
def received(
    shell: pytest.MonkeyPatch, aws: str, write_app: Callable[[dict[str, str]], None]
) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """The messages in one of the queues of the guide's app."""
    write_app(FILES)
    shell.setenv("AWS_ENDPOINT_URL", aws)
    shell.setenv("TIGHT_PREFIX", "guide-")
    sqs, sns = client("sqs"), client("sns")
    urls = {
        name: sqs.create_queue(QueueName=f"guide-{name}")["QueueUrl"] for name in ("invoices", "parcels", "created")
    }
    arn = sns.create_topic(Name="guide-order-created")["TopicArn"]
    queue = arn.replace(":sns:", ":sqs:").replace("guide-order-created", "guide-created")
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})

    def receive(name: str) -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=urls[name], MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", []))

    yield receive
    sns.delete_topic(TopicArn=arn)
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)


def post(function: str, body: object) -> tuple[int, Any]:
    """Status and body of the answer to a POST of JSON."""
    headers = {"Content-Type": "application/json"}
    event = {"httpMethod": "POST", "path": "/", "headers": headers, "body": json.dumps(body)}
    answer: Any = controllers("app.functions")(function)(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_an_order_is_published_and_an_invoice_waits(received: Callable[[str], list[dict[str, Any]]]) -> None:
    assert post("orders", {"id": 7}) == (202, {"id": 7})
    (message,) = received("created")

    assert (message["Body"], read(message["MessageAttributes"])) == ('{"id":7}', {"plan": "pro"})
    assert received("invoices") == []  # for 30 seconds


def test_parcels_are_sent_side_by_side(received: Callable[[str], list[dict[str, Any]]]) -> None:
    assert post("parcels", {"parcels": [{"id": 1}, {"id": 2}]}) == (200, {"messages": 2})
    assert sorted(message["Body"] for message in received("parcels")) == ['{"id":1}', '{"id":2}']


def test_an_envelope_of_ones_own_signs(
    received: Callable[[str], list[dict[str, Any]]], shell: pytest.MonkeyPatch
) -> None:
    namespace: dict[str, Any] = {}
    exec(FILES["app/lib/signed.py"], namespace)  # noqa: S102  # the guide's
    signed = namespace["Signed"]()
    shell.setenv("KEY", "secret")
    enqueue("parcels", {"id": 7}, envelope=signed)
    (message,) = received("parcels")
    attributes = read(message["MessageAttributes"])

    assert signed.parse(message["Body"], attributes) == {"id": 7}
    with pytest.raises(UnreadableMessage, match="its signature is wrong"):
        signed.parse(message["Body"].replace("7", "8"), attributes)


def test_the_guides_test_passes(tested_app: Any) -> None:
    tested_app.write(FILES)

    assert "1 passed" in tested_app.passes()
