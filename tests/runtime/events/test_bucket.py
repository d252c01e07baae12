"""What happens to the objects of a bucket."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tight.testing import batch, s3_event, s3_test_event

Load = Callable[[str], Callable[[Any, object], Any]]


def take(arguments: str, parameters: str) -> str:
    return (
        f"from tight import bucket\n@bucket('uploads'{arguments})\ndef take({parameters}, event):\n"
        f"    event.setdefault('given', []).append([{parameters}])\n"
    )


# "Event message structure" in the S3 user guide: the key is encoded as a form's fields are.
@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("plain.jpg", "plain.jpg"),
        ("red+flower.jpg", "red flower.jpg"),
        ("a%2Bb", "a+b"),
        ("dir/gr%C3%B6%C3%9Fe.jpg", "dir/größe.jpg"),
        ("100%25", "100%"),
    ],
)
def test_a_key_is_the_one_that_is_stored(load: Load, sent: str, key: str) -> None:
    event = s3_event("uploads", key)

    assert event["Records"][0]["s3"]["object"]["key"] == sent
    assert load(take("", "key"))(event, None) is None
    assert event["given"] == [[key]]


def test_a_handler_is_given_what_s3_says_of_an_object(load: Load) -> None:
    event = s3_event("uploads", "a b", size=7, version_id="v-1")
    record = event["Records"][0]
    record["eventTime"] = "2026-01-01T00:00:00.500Z"

    load(take("", "bucket, key, size, etag, version_id, change, sent_at, message_id, message"))(event, None)
    etag = "d41d8cd98f00b204e9800998ecf8427e"
    message = {"bucket": "uploads", "key": "a b", "size": 7, "etag": etag, "version_id": "v-1"}
    assert event["given"] == [
        [
            *message.values(),
            "ObjectCreated:Put",
            datetime(2026, 1, 1, 0, 0, 0, 500_000, timezone.utc),
            record["s3"]["object"]["sequencer"],
            message,
        ]
    ]


def test_a_removed_object_has_no_size(load: Load) -> None:
    event = s3_event("uploads", "a", change="ObjectRemoved:Delete")

    load(take(", on=['ObjectRemoved:*']", "size, etag, version_id"))(event, None)
    assert event["given"] == [[None, None, None]]


def test_only_what_is_asked_for_is_handed_on(load: Load) -> None:
    changes = [
        ("ObjectCreated:Put", "in/a.jpg"),
        ("ObjectCreated:CompleteMultipartUpload", "in/b.jpg"),
        ("ObjectRemoved:Delete", "in/c.jpg"),
        ("ObjectCreated:Put", "out/d.jpg"),
        ("ObjectCreated:Put", "in/e.png"),
    ]
    event = batch(*(s3_event("uploads", key, change=change) for change, key in changes))

    load(take(", on='s3:ObjectCreated:*', prefix='in/', suffix='.jpg'", "key"))(event, None)
    assert event["given"] == [["in/a.jpg"], ["in/b.jpg"]]


def test_the_test_message_of_s3_is_not_handed_on(load: Load) -> None:
    event = s3_test_event("uploads")

    assert load(take("", "key"))(event, None) is None
    assert "given" not in event


def test_what_a_handler_raises_surfaces_so_that_lambda_tries_again(load: Load) -> None:
    source = "from tight import bucket\n@bucket('uploads')\ndef take(key):\n    raise ConnectionError(key)\n"

    with pytest.raises(ConnectionError, match="a b"):
        load(source)(s3_event("uploads", "a b"), None)


def test_of_several_buckets_each_has_its_own_handler(load: Load) -> None:
    source = """
        from tight import bucket

        @bucket("uploads", suffix=".jpg")
        def shrink(event):
            event["by"] = "shrink"

        @bucket("uploads", on=["ObjectRemoved:*"])
        @bucket("archive")
        def note(event):
            event["by"] = "note"
    """
    handler = load(source)
    for by, event in (
        ("shrink", s3_event("uploads", "a.jpg")),
        ("note", s3_event("uploads", "a.jpg", change="ObjectRemoved:Delete")),
        ("note", s3_event("archive", "a")),
    ):
        handler(event, None)
        assert event["by"] == by
