"""CloudEvents 1.0, which says who sent what and when, in structured or binary mode.

structured    the whole event is the text, as JSON
binary        the data is the text, and the rest are attributes, `ce-id` and such, with `content-type`

Both are read, whichever is written, and in binary mode also the names of AMQP (`cloudEvents:id`, `cloudEvents_id`) and
of Kafka (`ce_id`).

Rules: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and formats/json-format.md. For SQS and SNS
there are none; the names are those of HTTP.
"""

from base64 import b64decode, b64encode
from json import dumps, loads

from tight.encoding import jsonable
from tight.errors import UnreadableMessage, UnsendableMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

_PREFIXES = ("ce-", "ce_", "cloudevents:", "cloudevents_")
_NEEDED = ("specversion", "id", "source", "type")
_JSON = "application/json"


class CloudEvents:
    """`source` is a URI that names the sender, such as `/orders`, the app's name where it is left out; `type` names
    what has happened, the topic where it is left out; `subject` says of what within the source.
    """

    def __init__(
        self,
        source: str | None = None,
        type: str | None = None,  # noqa: A002  # CloudEvents' own name
        subject: str | None = None,
        *,
        mode: 'Literal["structured", "binary"]' = "structured",
    ) -> None:
        self.source = source
        self.type = type
        self.subject = subject
        self.mode = mode

    def parse(self, text: str, attributes: "dict[str, Any]") -> "Any":
        event = _binary(attributes)
        if event:
            content_type = str(event.get("datacontenttype") or _JSON)
            return _from_json(text) if "json" in content_type else text
        event = _structured(text)
        if "data_base64" not in event:
            return event.get("data")
        try:
            return b64decode(event["data_base64"], validate=True)
        except (TypeError, ValueError) as error:
            raise UnreadableMessage(f"its data_base64 is no base64: {error}") from error

    def metadata(self, text: str, attributes: "dict[str, Any]") -> "dict[str, Any]":
        """The event without its data: `id`, `source`, `type`, `time` and the others that it has."""
        event = _binary(attributes) or _structured(text)
        return {name: value for name, value in event.items() if name not in ("data", "data_base64")}

    def build(self, data: object, **facts: "Any") -> str:
        event = self._context(facts)
        if self.mode == "structured":
            event |= _carried(data)
            return dumps(event, allow_nan=False, default=jsonable)
        attributes: dict[str, Any] = facts.get("attributes", {})
        if isinstance(data, (bytes, bytearray)):
            raise UnsendableMessage("it is bytes, which have no place in the text of binary mode: use structured mode")
        attributes.update({f"ce-{name}": value for name, value in event.items()})
        attributes["content-type"] = "text/plain" if isinstance(data, str) else _JSON
        return data if isinstance(data, str) else dumps(data, allow_nan=False, default=jsonable)

    def _context(self, facts: "dict[str, Any]") -> "dict[str, Any]":
        from datetime import datetime, timezone
        from uuid import uuid4

        source, kind = self.source or facts.get("service"), self.type or facts.get("topic")
        if not (source and kind):
            raise UnsendableMessage("a CloudEvent needs a source and a type: CloudEvents(source=..., type=...)")
        sent = facts.get("time")
        moment = datetime.now(timezone.utc) if sent is None else datetime.fromtimestamp(sent, timezone.utc)
        event = {
            "specversion": "1.0",
            "id": facts.get("uuid") or str(uuid4()),
            "source": source,
            "type": kind,
            "subject": self.subject,
            "time": moment.isoformat().replace("+00:00", "Z"),
        }
        if self.mode == "structured":  # in binary mode they stand beside it anyway
            event |= {"correlationid": facts.get("correlation_id"), "traceparent": facts.get("traceparent")}
        return {name: value for name, value in event.items() if value}


def _carried(data: object) -> "dict[str, Any]":
    if isinstance(data, (bytes, bytearray)):
        return {"datacontenttype": "application/octet-stream", "data_base64": b64encode(data).decode("ascii")}
    return {"datacontenttype": _JSON, "data": data}


def _binary(attributes: "dict[str, Any]") -> "dict[str, Any]":
    """The event that attributes tell of, `datacontenttype` among them; empty where they tell of none."""
    event: dict[str, Any] = {}
    for name, value in attributes.items():
        lowered = name.lower()
        for prefix in _PREFIXES:
            if lowered.startswith(prefix):
                event[lowered.removeprefix(prefix)] = value
    if not event.get("specversion"):
        return {}
    types = [value for name, value in attributes.items() if name.lower() == "content-type"]
    if types:
        event["datacontenttype"] = types[0]
    return _checked(event)


def _structured(text: str) -> "dict[str, Any]":
    event = _from_json(text)
    if not isinstance(event, dict) or "specversion" not in event:
        raise UnreadableMessage("it has no specversion, so it is no CloudEvent")
    return _checked(event)


def _checked(event: "dict[str, Any]") -> "dict[str, Any]":
    missing = [name for name in _NEEDED if not event.get(name)]
    if missing:
        raise UnreadableMessage(f"the CloudEvent lacks {', '.join(missing)}")
    if not str(event["specversion"]).startswith("1."):
        raise UnreadableMessage(f"it is a CloudEvent of version {event['specversion']}, and not of 1.0")
    return event


def _from_json(text: str) -> "Any":
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"it is no JSON: {error}") from error
