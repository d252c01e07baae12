"""Envelopes: what each writes, what it reads, and what it says of texts that are none of its own."""

import json
import subprocess
import sys
import zlib
from base64 import b64decode, b64encode
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from google.protobuf.wrappers_pb2 import StringValue

from tight.envelopes import CloudEvents, Json, Plain, Protobuf
from tight.errors import UnreadableMessage, UnsendableMessage

FACTS = {
    "topic": "order-created",
    "service": "shop",
    "service_uuid": "5f7e",
    "uuid": "0c1d",
    "time": 1_780_000_000.25,
    "correlation_id": "c-1",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}


def people(**fields: Any) -> Struct:
    message = Struct()
    message.update(fields)
    return message


@pytest.mark.parametrize("data", ["text", {"id": 7, "lines": [None, True, 1.5]}, 7, None, [], "ö\n"])
def test_plain_data_comes_back(data: object) -> None:
    assert Plain().parse(Plain().build(data, **FACTS), {}) == data


def test_plain_text_is_the_text_and_json_is_read_as_json() -> None:
    assert Plain().build("7") == "7"
    assert Plain().parse("7", {}) == 7
    assert Plain().parse("{not json", {}) == "{not json"
    assert Plain().parse("[" * 100_000, {}) == "[" * 100_000


def test_json_has_tomodachis_parts_in_tomodachis_order() -> None:
    assert Json().build({"id": 7}, **FACTS) == (
        '{"service": {"name": "shop", "uuid": "5f7e"}, "metadata": {"message_uuid": "5f7e.0c1d", '
        '"protocol_version": "tomodachi-json-base--1.0.0", "compatible_protocol_versions": ["json_base-wip"], '
        '"timestamp": 1780000000.25, "topic": "order-created", "data_encoding": "raw"}, "data": {"id": 7}}'
    )


@pytest.mark.parametrize(("characters", "encoding"), [(59_997, "raw"), (59_998, "base64_gzip_json")])
def test_json_is_compressed_from_60000_characters_on(characters: int, encoding: str) -> None:
    data = "a" * characters  # and the two quotes
    text = Json().build(data, **FACTS)

    assert json.loads(text)["metadata"]["data_encoding"] == encoding
    assert Json().parse(text, {}) == data
    assert (len(text) < 1000) is (encoding != "raw")


def test_json_writes_what_answers_may_hold() -> None:
    data = {"price": Decimal("4.20"), "at": datetime(2026, 1, 31, tzinfo=timezone.utc)}

    assert Json().parse(Json().build(data), {}) == {"price": 4.2, "at": "2026-01-31T00:00:00+00:00"}


def test_metadata_of_json_names_the_service() -> None:
    metadata = Json().metadata(Json().build(1, **FACTS), {})

    assert (metadata["topic"], metadata["service"]) == ("order-created", {"name": "shop", "uuid": "5f7e"})


def test_every_message_has_an_id_of_its_own() -> None:
    ids = {Json().metadata(Json().build(1, service_uuid="5f7e"), {})["message_uuid"] for _ in range(3)}

    assert len(ids) == 3
    assert all(each.startswith("5f7e.") for each in ids)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("plain", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it has no metadata"),
        ('{"metadata": {"data_encoding": "xml"}}', "its data_encoding is 'xml'"),
        ('{"metadata": {"data_encoding": "base64_gzip_json"}}', "its data is no compressed JSON"),
        ('{"metadata": {"data_encoding": "base64_gzip_json"}, "data": "AAAA"}', "it can't be decompressed"),
    ],
)
def test_what_is_none_of_tomodachis_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason):
        Json().parse(text, {})


@pytest.mark.parametrize(
    ("packed", "reason"),
    [(zlib.compress(b" " * 70_000_000), "more than 64 MB"), (zlib.compress(b'"abc"')[:-5], "is cut off")],
)
def test_compressed_data_is_read_whole_and_no_further_than_64_mb(packed: bytes, reason: str) -> None:
    text = json.dumps({"metadata": {"data_encoding": "base64_gzip_json"}, "data": b64encode(packed).decode()})

    with pytest.raises(UnreadableMessage, match=reason):
        Json().parse(text, {})


@pytest.mark.parametrize("name", ["Ada", "a" * 70_000])
def test_a_protobuf_message_comes_back(name: str) -> None:
    envelope = Protobuf(Struct)
    text = envelope.build(people(name=name), **FACTS)

    assert envelope.parse(text, {}) == people(name=name)
    metadata = envelope.metadata(text, {})
    assert metadata["data_encoding"] == ("proto" if name == "Ada" else "gzip_proto")
    assert metadata["service"] == {"name": "shop", "uuid": "5f7e"}
    assert len(text) < 1000


def test_a_protobuf_envelope_takes_its_own_class_alone() -> None:
    with pytest.raises(UnsendableMessage, match="it is dict, and no Struct"):
        Protobuf(Struct).build({"name": "Ada"})
    with pytest.raises(UnsendableMessage, match="it is StringValue, and no Struct"):
        Protobuf(Struct).build(StringValue(value="Ada"))


def test_a_validator_sees_each_protobuf_message() -> None:
    def named(message: Struct) -> None:
        if "name" not in message:
            raise ValueError("a name is needed")

    envelope = Protobuf(Struct, validator=named)

    assert envelope.parse(envelope.build(people(name="Ada")), {}) == people(name="Ada")
    with pytest.raises(ValueError, match="a name is needed"):
        envelope.parse(envelope.build(people(age=36)), {})


@pytest.mark.parametrize("text", ["{}", "AAAA", "not base64!"])
def test_what_is_no_protobuf_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMessage):
        Protobuf(Struct).parse(text, {})


def test_protobuf_is_imported_by_its_envelope_alone() -> None:
    code = "import sys; from tight.envelopes import CloudEvents, Json, Plain; print('google.protobuf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "False"


def test_a_structured_cloud_event_is_one_json_object() -> None:
    event = json.loads(CloudEvents("/orders", "order.created", subject="7").build({"id": 7}, **FACTS))

    assert event == {
        "specversion": "1.0",
        "id": "0c1d",
        "source": "/orders",
        "type": "order.created",
        "subject": "7",
        "time": "2026-05-28T20:26:40.250000Z",
        "correlationid": "c-1",
        "traceparent": FACTS["traceparent"],
        "datacontenttype": "application/json",
        "data": {"id": 7},
    }


@pytest.mark.parametrize("mode", ["structured", "binary"])
@pytest.mark.parametrize("data", [{"id": 7}, "text", [1], None])
def test_a_cloud_event_comes_back(mode: Any, data: object) -> None:
    envelope = CloudEvents("/orders", mode=mode)
    attributes: dict[str, Any] = {}
    text = envelope.build(data, attributes=attributes, **FACTS)

    assert CloudEvents().parse(text, attributes) == data
    metadata = CloudEvents().metadata(text, attributes)
    assert (metadata["id"], metadata["source"], metadata["type"]) == ("0c1d", "/orders", "order-created")


def test_bytes_travel_in_a_structured_cloud_event_alone() -> None:
    text = CloudEvents().build(b"\x00\xff", **FACTS)

    assert b64decode(json.loads(text)["data_base64"]) == b"\x00\xff"
    assert CloudEvents().parse(text, {}) == b"\x00\xff"
    with pytest.raises(UnsendableMessage, match="use structured mode"):
        CloudEvents(mode="binary").build(b"\x00\xff", **FACTS)


def test_binary_mode_leaves_the_text_to_the_data() -> None:
    attributes = {"plan": "pro"}
    text = CloudEvents("/orders", mode="binary").build({"id": 7}, **FACTS, attributes=attributes)

    assert json.loads(text) == {"id": 7}
    assert attributes == {
        "plan": "pro",
        "ce-specversion": "1.0",
        "ce-id": "0c1d",
        "ce-source": "/orders",
        "ce-type": "order-created",
        "ce-time": "2026-05-28T20:26:40.250000Z",
        "content-type": "application/json",
    }


@pytest.mark.parametrize("prefix", ["ce-", "CE-", "ce_", "cloudEvents:", "cloudEvents_"])
def test_the_attributes_of_every_protocol_are_read(prefix: str) -> None:
    attributes = {f"{prefix}{name}": name for name in ("id", "source", "type")} | {f"{prefix}specversion": "1.0"}

    assert CloudEvents().parse('{"id": 7}', attributes) == {"id": 7}
    assert CloudEvents().metadata("", attributes)["source"] == "source"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("text", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("{}", "it has no specversion"),
        ('{"specversion": "1.0", "id": "1"}', "the CloudEvent lacks source, type"),
        ('{"specversion": "0.3", "id": "1", "source": "/", "type": "t"}', "of version 0.3"),
        ('{"specversion": "1.0", "id": "1", "source": "/", "type": "t", "data_base64": "?"}', "is no base64"),
    ],
)
def test_what_is_no_cloud_event_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason):
        CloudEvents().parse(text, {})


def test_a_cloud_event_without_a_source_is_not_sent() -> None:
    with pytest.raises(UnsendableMessage, match="needs a source and a type"):
        CloudEvents().build({})
