"""Topics, buckets and buses of the embedded AWS: what they would invoke a function with at AWS."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.sources.conftest import NOTES, TAKES, Noted, status_at_end
from tight_tasks import manifest
from tight_tasks.project import Project
from tight_tasks.serve import Serve
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources import sns
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.bus import BusSource
from tight_tasks.serve.sources.source import Source

MakeApp = Callable[..., Path]
Feed = Callable[..., Any]
Clients = Callable[[str, str], Any]

EVENTS = NOTES + "\ndef handler(event, context):\n    note(event)\n"


def test_a_topic_invokes_with_snss_own_event(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    topics = clients("sns", aws)
    declared = {"kind": "topic", "topic": "order-created", "filter": {"country": ["se"]}, "queue": None}

    async def visit(serve: Serve, source: Source) -> Any:
        for country, text in (("no", "not this"), ("se", "this")):
            attributes = {"country": {"DataType": "String", "StringValue": country}}
            topic = topics.create_topic(Name="order-created")["TopicArn"]
            topics.publish(TopicArn=topic, Message=text, Subject="About", MessageAttributes=attributes)
        await noted.until(lambda all_of: len(all_of) > 0)
        return await status_at_end(source)

    feed(make_app(take=EVENTS), aws, declared, visit)
    ((event,),) = noted()
    (record,) = event["Records"]
    told = record.pop("Sns")
    assert record == {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": record["EventSubscriptionArn"],
    }
    assert record["EventSubscriptionArn"].startswith("arn:aws:sns:us-west-2:123456789012:order-created:")
    assert {name: told[name] for name in ("Type", "Subject", "Message", "TopicArn", "MessageAttributes")} == {
        "Type": "Notification",
        "Subject": "About",
        "Message": "this",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:order-created",
        "MessageAttributes": {"country": {"Type": "String", "Value": "se"}},
    }
    # As in "Using Lambda with Amazon SNS".
    assert told.keys() == {
        "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
        "SigningCertUrl", "UnsubscribeUrl", "MessageAttributes",
    }  # fmt: skip


def test_a_number_is_delivered_to_a_function_as_text() -> None:
    # "Amazon SNS message attributes": Lambda is given Number and String.Array as String.
    notification = {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:t",
        "Message": "hello",
        "Timestamp": "2026-11-21T12:00:00.000Z",
        "MessageAttributes": {"size": {"Type": "Number", "Value": "3"}, "key": {"Type": "Binary", "Value": "AAE="}},
    }

    event = sns.event_of({"Body": json.dumps(notification)}, "arn:aws:sns:us-west-2:123456789012:t:1")
    assert event is not None
    assert event["Records"][0]["Sns"]["Subject"] is None
    assert event["Records"][0]["Sns"]["MessageAttributes"] == {
        "size": {"Type": "String", "Value": "3"},
        "key": {"Type": "Binary", "Value": "AAE="},
    }


@pytest.mark.parametrize("raw", [True, False])
def test_a_topic_comes_through_a_queue_raw_or_wrapped(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted, raw: bool
) -> None:
    topics = clients("sns", aws)
    name = f"shipped-{raw}".lower()
    declared = {"kind": "topic", "topic": name, "queue": f"{name}-here", "raw": raw, "filter": {"to": ["se"]}}

    async def visit(serve: Serve, source: Source) -> Any:
        for country in ("no", "se"):
            attributes = {"to": {"DataType": "String", "StringValue": country}}
            topics.publish(
                TopicArn=topics.create_topic(Name=name)["TopicArn"], Message=country, MessageAttributes=attributes
            )
        await noted.until(lambda all_of: len(all_of) > 0)
        return await status_at_end(source)

    status = feed(make_app(take=TAKES), aws, declared, visit)
    ((took, body),) = noted()
    assert (body if raw else json.loads(body)["Message"]) == "se"
    assert (took, status["kind"], status["delivered"]) == ("took", "topic", 1)


def test_a_bucket_tells_of_the_objects_that_are_wanted(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted
) -> None:
    buckets = clients("s3", aws)
    declared = {"kind": "bucket", "bucket": "uploads", "on": ["ObjectCreated:*"], "prefix": "in/", "suffix": ".csv"}

    async def visit(serve: Serve, source: Source) -> None:
        for key in ("in/a.txt", "out/a.csv", "in/a b.csv"):
            buckets.put_object(Bucket="uploads", Key=key, Body=b"1,2")
        await noted.until(lambda all_of: len(all_of) > 0)

    feed(make_app(take=EVENTS), aws, declared, visit)
    ((event,),) = noted()
    (record,) = event["Records"]
    assert (record["eventSource"], record["eventName"]) == ("aws:s3", "ObjectCreated:Put")
    assert (record["s3"]["bucket"]["name"], record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == (
        "uploads",
        "in/a+b.csv",
        3,
    )
    assert {"userIdentity", "requestParameters", "responseElements"} < record.keys()
    assert {"sequencer", "eTag"} < record["s3"]["object"].keys()


def test_what_another_source_is_told_by_a_bucket_stays(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients
) -> None:
    buckets = clients("s3", aws)

    async def visit(serve: Serve, source: Source) -> None:
        pass

    app = make_app(take=EVENTS)
    for on in ("ObjectCreated:*", "ObjectRemoved:*", "ObjectCreated:*"):
        feed(app, aws, {"kind": "bucket", "bucket": "shared", "on": [on]}, visit)
    told = buckets.get_bucket_notification_configuration(Bucket="shared")["QueueConfigurations"]
    assert sorted(each["Events"] for each in told) == [["s3:ObjectCreated:*"], ["s3:ObjectRemoved:*"]]


@pytest.mark.parametrize("bus", ["default", "orders"])
def test_a_bus_tells_of_the_events_that_match(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, noted: Noted, bus: str
) -> None:
    events = clients("events", aws)
    declared = {
        "kind": "bus",
        "bus": bus,
        "pattern": {"source": ["shop"], "detail": {"total": [{"numeric": [">", 5]}]}},
    }

    async def visit(serve: Serve, source: Source) -> None:
        entries = [
            {"Source": name, "DetailType": "order", "Detail": json.dumps({"total": total}), "EventBusName": bus}
            for name, total in (("other", 9), ("shop", 1), ("shop", 9))
        ]
        await asyncio.to_thread(events.put_events, Entries=entries)
        await noted.until(lambda all_of: len(all_of) > 0)

    feed(make_app(take=EVENTS), aws, declared, visit)
    ((event,),) = noted()
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "order", {"total": 9})
    assert event.keys() >= {"version", "id", "account", "time", "region", "resources"}


def test_patterns_of_functions_with_long_names_have_a_rule_each(make_app: MakeApp) -> None:
    aws = Aws(Project.load(make_app()), {})

    async def invoke(function: str, event: bytes) -> Outcome:
        raise AssertionError(function)

    async def rules() -> set[str]:
        said = {"kind": "bus", "function": "take", "place": "handler.py:1"}
        declared = [manifest.Source.model_validate({**said, "pattern": {"source": [each]}}) for each in ("one", "two")]
        return {BusSource(each, "f" * 60 + end, invoke, aws)._rule for each in declared for end in ("a", "b")}

    found = asyncio.run(rules())
    assert (len(found), max(map(len, found))) == (4, 64)


def test_a_real_account_is_left_alone(
    make_app: MakeApp, feed: Feed, aws: str, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Aws, "is_local", lambda self, service: False)

    async def visit(serve: Serve, source: Source) -> Any:
        return source.status()

    status = feed(make_app(take=EVENTS), aws, {"kind": "topic", "topic": "real"}, visit)
    assert status["problem"] == "it is in an AWS account, and feeds the functions that are deployed there"
    assert "real" not in str(clients("sns", aws).list_topics()["Topics"])
