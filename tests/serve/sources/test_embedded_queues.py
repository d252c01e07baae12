"""The embedded AWS's queues, where moto's own lose messages or their order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Clients = Callable[[str, str], Any]


def test_no_message_is_lost_while_some_send_and_others_delete(aws: str, clients: Clients) -> None:
    queues = clients("sqs", aws)
    url = queues.create_queue(QueueName="busy", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    numbers = range(300)
    found: list[int] = []

    def send(some: range) -> None:
        for start in range(0, len(some), 10):
            entries = [{"Id": str(number), "MessageBody": str(number)} for number in some[start : start + 10]]
            queues.send_message_batch(QueueUrl=url, Entries=entries)

    def take(_: object) -> None:
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 2}
        while messages := queues.receive_message(**asked).get("Messages"):
            found.extend(int(each["Body"]) for each in messages)
            for each in messages:
                queues.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])

    with ThreadPoolExecutor(6) as threads:
        sending = [threads.submit(send, numbers[start::3]) for start in range(3)]
        taking = [threads.submit(take, None) for _ in range(3)]
        for each in [*sending, *taking]:
            each.result()
    assert set(found) == set(numbers)
    left = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == left["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_queue_of_two_thousand_messages_is_filled_and_emptied(aws: str, clients: Clients) -> None:
    queues = clients("sqs", aws)
    url = queues.create_queue(QueueName="long")["QueueUrl"]
    for start in range(0, 2000, 10):
        entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(start, start + 10)]
        queues.send_message_batch(QueueUrl=url, Entries=entries)
    found: list[int] = []
    while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found.extend(int(each["Body"]) for each in messages)
        entries = [{"Id": each["Body"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
        queues.delete_message_batch(QueueUrl=url, Entries=entries)
    assert found == [*range(2000)]
