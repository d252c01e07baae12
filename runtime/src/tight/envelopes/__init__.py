"""How a message's data is wrapped in its text.

    publish("orders", {"id": 7}, envelope=Json())

Plain          the data alone
Json           tomodachi's JSON
Protobuf       tomodachi's Protocol Buffers
CloudEvents    the CNCF's, in structured or binary mode

One of your own is any object with these two methods. It may also have `metadata(text, attributes)`, a dict of what the
text says beside the data.

parse(text, attributes)    the data; raises `UnreadableMessage`
build(data, **facts)       the text; raises `UnsendableMessage`. The facts are `topic` (the name of the topic, queue,
                           routing key or event), `service` (the app's name), `service_uuid` (of this environment),
                           `uuid` (of this message), `time` (seconds since 1970), `correlation_id`, `traceparent`, and
                           `attributes`, which travel beside the text and may be added to. Any may be missing.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from tight.envelopes.cloudevents import CloudEvents
    from tight.envelopes.json import Json
    from tight.envelopes.plain import Plain
    from tight.envelopes.protobuf import Protobuf

    class Envelope(Protocol):
        def parse(self, text: str, attributes: dict[str, Any]) -> Any: ...
        def build(self, data: Any, **facts: Any) -> str: ...


__all__ = ["CloudEvents", "Json", "Plain", "Protobuf"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.lower()}"), name)
