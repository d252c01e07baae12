"""tomodachi's Protocol Buffers: a message of the app in one of tomodachi's, in base64.

    @queue("people", envelope=Protobuf(Person))

`protobuf` is imported with this module, and by no other: `pip install "tight-runtime[protobuf]"`. From 60,001 bytes on
the data is compressed by zlib: tomodachi's `envelope/protobuf_base.py` and `sns_sqs_message.proto`.
"""

import binascii
from base64 import b64decode, b64encode
from functools import cache
from time import time as now

from tight.envelopes.identity import message_uuid
from tight.envelopes.packing import compress, decompress
from tight.errors import MissingLibrary, UnreadableMessage, UnsendableMessage

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from google.protobuf.message import DecodeError
except ModuleNotFoundError as _error:
    raise MissingLibrary("protobuf", 'pip install "tight-runtime[protobuf]"') from _error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

VERSION = "tomodachi-protobuf-base--1.0.0"

_LONG = 60_000
_TEXT, _DOUBLE, _MESSAGE, _BYTES = 9, 1, 11, 12  # FieldDescriptorProto.Type
_SERVICE = (("name", _TEXT), ("uuid", _TEXT))
_METADATA = (
    ("message_uuid", _TEXT),
    ("protocol_version", _TEXT),
    ("timestamp", _DOUBLE),
    ("topic", _TEXT),
    ("data_encoding", _TEXT),
)
_PARTS = (("service", _MESSAGE), ("metadata", _MESSAGE), ("data", _BYTES))


class Protobuf:
    """Reads and writes what tomodachi's `ProtobufBase` does, of one class of messages that `protoc` has made.

    `validator` is called with each message that has come; what it raises surfaces.
    """

    def __init__(self, proto_class: "type[Any]", validator: "Callable[[Any], object] | None" = None) -> None:
        self.proto_class = proto_class
        self.validator = validator

    def parse(self, text: str, attributes: "dict[str, Any]") -> "Any":  # noqa: ARG002  # an envelope's method
        message = _opened(text)
        data = self.proto_class()
        try:
            data.ParseFromString(_unpacked(message.data, message.metadata.data_encoding))
        except (DecodeError, binascii.Error) as error:
            raise UnreadableMessage(f"its data is no {self.proto_class.__name__}: {error}") from error
        if self.validator is not None:
            self.validator(data)
        return data

    def metadata(self, text: str, attributes: "dict[str, Any]") -> "dict[str, Any]":  # noqa: ARG002  # as above
        """tomodachi's `metadata`, and in it `service`."""
        message = _opened(text)
        found = {name: getattr(message.metadata, name) for name, _ in _METADATA}
        return {**found, "service": {name: getattr(message.service, name) for name, _ in _SERVICE}}

    def build(self, data: object, **facts: "Any") -> str:
        if not isinstance(data, self.proto_class):
            raise UnsendableMessage(f"it is {type(data).__name__}, and no {self.proto_class.__name__}")
        content, encoding = data.SerializeToString(), "proto"
        if len(content) > _LONG:
            content, encoding = compress(content), "gzip_proto"
        message = _wrapper()()
        message.service.name = facts.get("service") or ""
        message.service.uuid = facts.get("service_uuid") or ""
        message.metadata.message_uuid = message_uuid(facts)
        message.metadata.protocol_version = VERSION
        message.metadata.timestamp = facts["time"] if "time" in facts else now()
        message.metadata.topic = facts.get("topic", "")
        message.metadata.data_encoding = encoding
        message.data = content
        return b64encode(message.SerializeToString()).decode("ascii")


def _unpacked(data: bytes, encoding: str) -> bytes:
    if encoding.startswith("base64"):  # of tomodachi's first versions
        data, encoding = b64decode(data), encoding.removeprefix("base64").removeprefix("_") or "proto"
    if encoding == "gzip_proto":
        return decompress(data)
    if encoding != "proto":
        raise UnreadableMessage(f"its data_encoding is {encoding!r}, and neither proto nor gzip_proto")
    return data


def _opened(text: str) -> "Any":
    message = _wrapper()()
    try:
        message.ParseFromString(b64decode(text, validate=True))
    except (DecodeError, ValueError) as error:
        raise UnreadableMessage(f"it is none of tomodachi's messages: {error}") from error
    return message


@cache
def _wrapper() -> "type[Any]":
    """The class of tomodachi's `SNSSQSMessage`, in a pool of its own: tomodachi may have it in the common one."""
    file = descriptor_pb2.FileDescriptorProto(name="sns_sqs_message.proto", package="proto", syntax="proto3")
    message = file.message_type.add(name="SNSSQSMessage")
    for name, fields in (("Service", _SERVICE), ("Metadata", _METADATA)):
        _add_fields(message.nested_type.add(name=name), fields)
    _add_fields(message, _PARTS)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found: type[Any] = message_factory.GetMessageClass(pool.FindMessageTypeByName("proto.SNSSQSMessage"))
    return found


def _add_fields(message: "Any", fields: "tuple[tuple[str, int], ...]") -> None:
    for number, (name, kind) in enumerate(fields, start=1):
        field = message.field.add(name=name, number=number, type=kind, label=1)  # LABEL_OPTIONAL
        if kind == _MESSAGE:
            field.type_name = f".proto.SNSSQSMessage.{name.capitalize()}"
