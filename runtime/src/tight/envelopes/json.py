"""tomodachi's JSON: data with the service that sent it and what it says of the message.

    {"service": {"name", "uuid"},
     "metadata": {"message_uuid", "protocol_version", "compatible_protocol_versions", "timestamp", "topic",
                  "data_encoding": "raw" | "base64_gzip_json"},
     "data": ...}

From 60,000 characters on the data is zlib's, in spite of that name, in base64: tomodachi's
`envelope/json_base.py`.
"""

from base64 import b64decode, b64encode
from json import dumps, loads
from time import time as now

from tight.encoding import jsonable
from tight.envelopes.packing import compress, decompress
from tight.errors import UnreadableMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = "tomodachi-json-base--1.0.0"

_LONG = 60_000


class Json:
    """Reads and writes what tomodachi's `JsonBase` does."""

    def parse(self, text: str, attributes: "dict[str, Any]") -> "Any":  # noqa: ARG002  # an envelope's method
        message = _opened(text)
        encoding = message["metadata"].get("data_encoding")
        if encoding == "raw":
            return message.get("data")
        if encoding != "base64_gzip_json":
            raise UnreadableMessage(f"its data_encoding is {encoding!r}, and neither raw nor base64_gzip_json")
        try:
            return loads(decompress(b64decode(message["data"])))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise UnreadableMessage(f"its data is no compressed JSON: {error}") from error

    def metadata(self, text: str, attributes: "dict[str, Any]") -> "dict[str, Any]":  # noqa: ARG002  # as above
        """tomodachi's `metadata`, and in it `service`."""
        message = _opened(text)
        return {**message["metadata"], "service": message.get("service")}

    def build(self, data: object, **facts: "Any") -> str:
        from tight.envelopes.identity import message_uuid  # uuid is needed to send alone

        encoding, text = "raw", _dumps(data)
        if len(text) >= _LONG:
            data, encoding = b64encode(compress(text.encode())).decode(), "base64_gzip_json"
        metadata = {
            "message_uuid": message_uuid(facts),
            "protocol_version": VERSION,
            "compatible_protocol_versions": ["json_base-wip"],
            "timestamp": facts["time"] if "time" in facts else now(),
            "topic": facts.get("topic", ""),
            "data_encoding": encoding,
        }
        service = {"name": facts.get("service"), "uuid": facts.get("service_uuid")}
        return _dumps({"service": service, "metadata": metadata, "data": data})


def _dumps(value: object) -> str:
    return dumps(value, allow_nan=False, default=jsonable)


def _opened(text: str) -> "dict[str, Any]":
    try:
        message = loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"it is no JSON: {error}") from error
    if not isinstance(message, dict) or not isinstance(message.get("metadata"), dict):
        raise UnreadableMessage("it has no metadata, so it is none of tomodachi's JSON")
    return message
