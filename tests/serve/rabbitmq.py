"""A RabbitMQ broker of the tests' own: that of `services.run`, on free ports, which can be killed and started again."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pika
import psutil

from tight_tasks.dynamo.guard import guarded
from tight_tasks.dynamo.process import started
from tight_tasks.services import rabbitmq
from tight_tasks.services.ports import free_ports

_LIMIT_S = 90


class Broker:
    """`url` is for AMQP clients. What is durable outlives `kill` and `start`."""

    def __init__(self, node: rabbitmq.Broker) -> None:
        self.node = node
        self.url = node.address
        self._running = ExitStack()

    def start(self) -> None:
        starting = started(guarded(self.node.command()), self.node.folder / "output", self.node.answers, "RabbitMQ")
        self._guard = psutil.Process(self._running.enter_context(starting).pid)

    def take_all(self, queue: str) -> list[str]:
        """What waits in a queue, which is empty then."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            channel = connection.channel()
            taken = iter(lambda: channel.basic_get(queue, auto_ack=True), (None, None, None))
            return [body.decode() for _, _, body in taken]

    def kill(self) -> None:
        """End the broker at once, as a power cut does."""
        family = self._guard.children(recursive=True)
        family[0].kill()
        psutil.wait_procs(family, timeout=_LIMIT_S)
        self.stop()

    def stop(self) -> None:
        self._running.close()


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """Raises LookupError with how to get what is missing."""
    why_not = rabbitmq.why_not()
    if why_not:
        raise LookupError(why_not)
    node = rabbitmq.Broker(folder, *free_ports(0, 0, 0))
    with started(guarded(node.names_command()), folder / "names", node.names_answer, "Erlang's epmd"):
        broker = Broker(node)
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


async def until(condition: Callable[[], object], limit_s: int = _LIMIT_S) -> None:
    for _ in range(limit_s * 50):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")
