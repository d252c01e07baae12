"""`@amqp`: messages of a RabbitMQ broker.

    @amqp("orders", routing_key="order.*", dead_letter="orders-dead")
    def take(message: Order, routing_key):
        ...

Lambda reads one queue of an Amazon MQ broker: "Using Lambda with Amazon MQ" in the Lambda developer guide. What it
sends knows neither exchange nor routing key, and it is told of no single message: where one fails, the whole batch
comes again, so that @idempotent is advised. `invoke serve` and the host read any broker, one message at a time.
"""

from functools import cached_property
from operator import attrgetter

from tight.events.batch import Delivery, Records
from tight.handlers import add_mark
from tight.names import own_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any, TypeVar

    from tight.events.batch import Envelope
    from tight.handlers import Mark

    Handler = TypeVar("Handler", bound=Callable[..., Any])

_LONGEST = 255  # bytes of a name in AMQP 0-9-1
_MOST_PREFETCHED = 65_535


def amqp(
    queue: "str | None" = None,
    /,
    *,
    routing_key: "str | None" = None,
    exchange: str = "amq.topic",
    competing: bool = True,
    prefetch: int = 10,
    retries: int = 5,
    dead_letter: "str | None" = None,
    envelope: "Envelope | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that is given the messages of a queue, which is bound to a topic exchange by its routing key.

    A queue without a name has that of its function, for `invoke serve` and the host; Lambda needs one that is named.
    Without a routing key it is bound by its own name. Of `competing` instances one gets each message; else each has a
    queue of its own, and gets all. `prefetch` is the most messages that an instance has at a time. Where a message has
    failed once and `retries` times more, it goes to the exchange `dead_letter` and the queue of that name, and without
    one is dropped; in Lambda it comes again until it succeeds or expires.
    """
    if callable(queue):
        raise TypeError(f'@amqp of {queue.__qualname__} needs a queue, such as @amqp("orders")')

    def decorate(function: "Handler") -> "Handler":
        arguments = {
            "queue": queue,
            "routing_key": routing_key if routing_key is not None else queue,
            "exchange": exchange,
            "competing": competing,
            "prefetch": prefetch,
            "retries": retries,
            "dead_letter": dead_letter,
        }
        add_mark(Amqp.kind, (arguments, envelope), function)
        return function

    return decorate


class Letter(Delivery):
    """One message. Its record is that of the event; the name of its queue stands beside that."""

    def __init__(self, trigger: "Amqp", event: "Any", context: object, record: "tuple[str, Any]") -> None:
        self.queue, message = record
        super().__init__(trigger, event, context, message)

    @cached_property
    def properties(self) -> "dict[str, Any]":
        """The basic properties under AWS's names, such as contentType, with texts in place of lists of bytes."""
        found: dict[str, Any] = _plain(self.record.get("basicProperties") or {})
        return found

    @cached_property
    def attributes(self) -> "dict[str, Any]":
        """The headers."""
        return self.properties.get("headers") or {}

    @property
    def message_id(self) -> str:
        """What the publisher called it; empty without a name, as most are."""
        return self.properties.get("messageId") or ""

    @property
    def correlation_id(self) -> "str | None":
        """The property, else the header."""
        found: str | None = self.properties.get("correlationId")
        return found or super().correlation_id

    @cached_property
    def body(self) -> bytes:
        from base64 import b64decode

        return b64decode(self.record["data"])

    @property
    def routing_key(self) -> "str | None":
        """None in Lambda, which does not say it; `routingKey` is what `invoke serve` and the host add to its event."""
        key: str | None = self.record.get("routingKey")
        return key

    @property
    def exchange(self) -> "str | None":
        """As `routing_key`."""
        name: str | None = self.record.get("exchange")
        return name

    @property
    def redelivered(self) -> bool:
        """Whether somebody was given it before."""
        return bool(self.record.get("redelivered"))


class Amqp(Records):
    kind = "amqp"
    known_by = ("queue", "routing_key", "exchange")
    reports = False
    delivery = Letter
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Records.fillers,
        **{name: attrgetter(name) for name in ("exchange", "properties", "queue", "redelivered", "routing_key")},
        "headers": attrgetter("attributes"),
    }

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        super().__init__(name, module, marks, settings)
        mark = next(mark for mark in marks if mark.trigger == self.kind)
        self.describe(mark)
        self.own_name = f"{name}.{mark.function.__qualname__}"

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        arguments: dict[str, Any] = mark.options[0]
        problem = _problem(arguments)
        if problem:
            from tight.errors import BadSource

            raise BadSource(f"@amqp of {mark.function.__qualname__}", mark.place, problem)
        return arguments

    def accepts(self, event: "Any") -> bool:
        return isinstance(event, dict) and event.get("eventSource") == "aws:rmq"

    def is_from(self, event: "Any") -> bool:
        declared = self.arguments["queue"] or self.own_name
        return all(self._is_named(queue, declared) for queue, _ in self.records_in(event))

    def records_in(self, event: "Any") -> "list[Any]":
        # The key is queue::virtual host.
        batches = event["rmqMessagesByQueue"].items()
        return [(name.rpartition("::")[0], message) for name, messages in batches for message in messages]

    def _is_named(self, queue: str, declared: str) -> bool:
        if queue in (declared, own_name(declared)):
            return True
        # Who does not compete has a queue of its own, named after the one that is declared.
        return not self.arguments["competing"] and queue.startswith((f"{declared}.", f"{own_name(declared)}."))


def _problem(arguments: "Mapping[str, Any]") -> "str | None":
    """What is wrong, and what to write instead."""
    queue, key, exchange = arguments["queue"], arguments["routing_key"], arguments["exchange"]
    if not queue and not key:
        return "it has neither a queue nor a routing_key: give it one of them"
    if not exchange and key != queue:
        return "the exchange without a name delivers by the queue's own: leave routing_key out, or name an exchange"
    for name in (queue, key, exchange, arguments["dead_letter"]):
        if name and len(name.encode()) > _LONGEST:
            return f"{name[:20]!r}... has more than {_LONGEST} bytes: write a shorter one"
    for name in (queue, arguments["dead_letter"]):
        if name and name.startswith("amq."):
            return f"{name!r} is a name of the broker's own: write one that does not begin with amq."
    if not 0 < arguments["prefetch"] <= _MOST_PREFETCHED:
        return f"prefetch={arguments['prefetch']} is none: write 1 to {_MOST_PREFETCHED}"
    return f"retries={arguments['retries']} is none: write 0 or more" if arguments["retries"] < 0 else None


def _plain(value: "Any") -> "Any":
    """Lambda sends a header's text as `{"bytes": [104, 105]}`."""
    if isinstance(value, dict):
        numbers = value.get("bytes")
        if len(value) == 1 and isinstance(numbers, list):
            raw = bytes(number % 256 for number in numbers)  # Java counts them from -128 to 127
            try:
                return raw.decode()
            except UnicodeDecodeError:
                return raw
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
