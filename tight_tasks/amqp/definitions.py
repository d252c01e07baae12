"""What the app's @amqp handlers need of a broker, as a file for RabbitMQ: "Definitions" in its documentation."""

from collections.abc import Iterable, Iterator
from typing import Any

from tight_tasks.amqp.names import dead_letters_of, queue_of
from tight_tasks.errors import CanNotDefine
from tight_tasks.manifest import Function, Source

Definitions = dict[str, list[dict[str, Any]]]


def definitions(functions: Iterable[Function], virtual_host: str = "/", prefix: str = "") -> Definitions:
    """Durable exchanges and queues as `invoke serve` declares them, and their bindings; no users and no permissions.

    `prefix` stands before the names of queues. A queue of instances that don't compete is each one's own, and not among
    them. Raises `CanNotDefine` where one name stands for two exchanges.
    """
    found: Definitions = {"vhosts": [{"name": virtual_host}]}
    found |= {"exchanges": [], "queues": [], "bindings": []}
    kinds: dict[str, str] = {}
    for function in functions:
        for source in function.sources:
            if source.kind != "amqp":
                continue
            for part, entry in _parts(function.name, source, prefix):
                if part == "exchanges" and kinds.setdefault(entry["name"], entry["type"]) != entry["type"]:
                    raise CanNotDefine(entry["name"], source.place)
                if entry not in found[part]:
                    found[part].append(entry)
    for part in ("exchanges", "queues", "bindings"):
        found[part] = [_in(virtual_host, entry) for entry in sorted(found[part], key=_order)]
    return found


def _parts(function: str, source: Source, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    declared: dict[str, Any] = source.model_extra or {}
    exchange, dead_letter = declared["exchange"], dead_letters_of(source, prefix)
    if exchange and not exchange.startswith("amq."):  # those are the broker's own
        yield "exchanges", _exchange(exchange, "topic")
    if dead_letter:
        yield "exchanges", _exchange(dead_letter, "fanout")
        yield "queues", _queue(dead_letter, {})
        yield "bindings", _binding(dead_letter, dead_letter, "#")
    if not declared["competing"]:
        return
    queue = queue_of(function, source, prefix)
    yield "queues", _queue(queue, {"x-dead-letter-exchange": dead_letter} if dead_letter else {})
    if exchange:  # the one without a name delivers by the queue's
        yield "bindings", _binding(exchange, queue, declared["routing_key"])


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "durable": True, "auto_delete": False, "internal": False, "arguments": {}}


def _queue(name: str, more: dict[str, Any]) -> dict[str, Any]:
    """A quorum queue: a classic one forgets acknowledgements when its broker is killed."""
    return {"name": name, "durable": True, "auto_delete": False, "arguments": {"x-queue-type": "quorum", **more}}


def _binding(exchange: str, queue: str, routing_key: str) -> dict[str, Any]:
    return {
        "source": exchange,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }


def _order(entry: dict[str, Any]) -> list[str]:
    return [str(entry.get(name, "")) for name in ("name", "source", "destination", "routing_key")]


def _in(virtual_host: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {"vhost": virtual_host, **entry}
