"""Messages of a RabbitMQ broker: each invokes a function, and leaves its queue once that has succeeded.

A message that fails is kept and tried again here, with a wait in between, since the broker itself would give it back at
once; after `retries` it goes to the exchange of dead letters. Who ends in between loses nothing: the broker still has
every message that was not acknowledged, and gives it to somebody else, with a new count.
"""

import asyncio
import json
import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tight_tasks.errors import TaskError
from tight_tasks.manifest import Source
from tight_tasks.serve.sources.amqp_event import rabbit_event
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke, attempt

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage, AbstractQueue

URL = "amqp://guest:guest@127.0.0.1:5672/"
RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_CONNECT_S = 10.0
_LOOK_S = 5.0
_LONGEST_WAIT_S = 10.0
_log = logging.getLogger(__name__)


class NoAmqpClient(TaskError, ImportError):
    def __init__(self) -> None:
        super().__init__("the app has @amqp handlers, and aio-pika is not installed: pip install 'tight-tasks[amqp]'")


class AmqpSource:
    """`declared` has the arguments of @amqp: queue, routing_key, exchange, competing, prefetch, retries, dead_letter.

    The app's AMQP_URL says where the broker is. `retry_s` are the seconds before each further try; the last counts for
    all after it.
    """

    def __init__(
        self,
        declared: Source,
        function: str,
        invoke: Invoke,
        aws: Aws,
        *,
        retry_s: Sequence[float] = RETRY_S,
    ) -> None:
        said: dict[str, Any] = declared.model_extra or {}
        self.function = function
        self.counts = Counts()
        self.problem: str | None = "it is not connected yet"
        self.queue = ""
        self._declared = declared
        self._prefetch: int = said.get("prefetch") or 10
        self._retries: int = said.get("retries", 5)
        self._invoke = invoke
        self._url = aws.variables.get("AMQP_URL") or URL
        self._virtual_host = unquote(urlsplit(self._url).path[1:]) or "/"
        self._region = aws.project.region
        self._prefix = aws.variables.get("TIGHT_PREFIX", "")
        self._retry_s = tuple(retry_s)
        self._grace_s = GRACE_S
        self._stopping = asyncio.Event()
        self._tried = asyncio.Event()
        self._messages: set[asyncio.Task[None]] = set()
        self._consuming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and go on trying where there is no broker yet: `problem` says so then. Raises `NoAmqpClient`."""
        try:
            from tight_tasks.serve.sources.amqp_topology import Topology  # a quarter of a second, for brokers only
        except ImportError:
            raise NoAmqpClient from None
        topology = Topology.of(self._declared, self.function, self._prefix)
        self.queue = topology.queue
        self._consuming = asyncio.create_task(self._keep_consuming(topology))
        try:
            await self._tried.wait()  # what is published from then on finds the queue
        except asyncio.CancelledError:
            self._consuming.cancel()
            raise

    async def stop(self, grace_s: float = GRACE_S) -> None:
        self._grace_s = grace_s
        self._stopping.set()
        if self._consuming is not None:
            await asyncio.gather(self._consuming, return_exceptions=True)
        await self._let_go()  # what a lost connection has left behind

    def status(self) -> dict[str, Any]:
        return {
            "kind": "amqp",
            "name": self.queue,
            "function": self.function,
            "problem": self.problem,
            "running": len(self._messages),
            **self.counts.status(),
        }

    async def _keep_consuming(self, topology: Any) -> None:
        wait_s = 0.25
        while not self._stopping.is_set():
            try:
                await self._consume(topology)
                wait_s = 0.25
            except Exception as error:  # noqa: BLE001  # whatever the broker or its client say, it is tried again
                self.problem = f"{_shown(self._url)}: {error or type(error).__name__}"
                _log.warning("%s: messages of %s: %s; trying again", self.function, self.queue, self.problem)
            self._tried.set()
            await self._pause(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _consume(self, topology: Any) -> None:
        """Until the connection is lost, or the source is stopped."""
        import aio_pika

        connection = await aio_pika.connect(self._url, timeout=_CONNECT_S)
        lost = asyncio.Event()
        try:
            # A broker that starts may leave a request for a queue without an answer.
            beginning = self._begin(connection, topology, lost)
            queue, tag, consumers = await asyncio.wait_for(beginning, _CONNECT_S)
            self.problem = None
            self._tried.set()
            while not (lost.is_set() or self._stopping.is_set()) and tag in consumers:  # gone when its queue is deleted
                await _first(lost, self._stopping, limit_s=_LOOK_S)
            if not lost.is_set() and tag in consumers:
                await queue.cancel(tag, timeout=_CONNECT_S)
                await self._drain()
        finally:
            lost.set()
            await asyncio.wait_for(connection.close(), _CONNECT_S)

    async def _begin(
        self, connection: "AbstractConnection", topology: Any, lost: asyncio.Event
    ) -> "tuple[AbstractQueue, str, Any]":
        """The queue, the consumer's tag, and the channel's consumers by theirs."""
        channel = await connection.channel(on_return_raises=True)  # a dead letter that nobody keeps
        await channel.set_qos(prefetch_count=self._prefetch)
        queue, dead_letters = await topology.declare(connection, channel)
        connection.close_callbacks.add(lambda *_: lost.set())
        channel.close_callbacks.add(lambda *_: lost.set())

        async def take(message: "AbstractIncomingMessage") -> None:  # as aio-pika wants it
            task = asyncio.create_task(self._work(message, dead_letters, lost))
            self._messages.add(task)
            task.add_done_callback(self._messages.discard)

        tag = await queue.consume(take)
        underlay: Any = await channel.get_underlay_channel()  # whose type keeps its consumers to itself
        return queue, tag, underlay.consumers

    async def _drain(self) -> None:
        """Finish what runs within the grace. What is left, the broker gives to others once the connection is closed."""
        if self._messages:
            await asyncio.wait(self._messages, timeout=self._grace_s)
        await self._let_go()

    async def _let_go(self) -> None:
        for task in self._messages:
            task.cancel()
        await asyncio.gather(*self._messages, return_exceptions=True)

    async def _work(
        self, message: "AbstractIncomingMessage", dead_letters: "AbstractExchange | None", lost: asyncio.Event
    ) -> None:
        from aio_pika.exceptions import CONNECTION_EXCEPTIONS

        event = rabbit_event(message, self.queue, self._virtual_host, self._region)
        payload = json.dumps(event, separators=(",", ":")).encode()
        try:
            error = await self._try(payload, lost)
            if error is None:
                await message.ack()
            elif not (lost.is_set() or self._stopping.is_set()):
                await self._give_up(message, error, dead_letters)
            elif not lost.is_set():
                await message.nack(requeue=True)
        except CONNECTION_EXCEPTIONS as failure:
            if not lost.is_set():  # else the broker delivers it again
                self.problem = f"a message stays in hand until this is restarted: {failure}"
            _log.warning("%s: a message of %s was not finished: %s", self.function, self.queue, failure)

    async def _try(self, payload: bytes, lost: asyncio.Event) -> str | None:
        """None for a success; else what went wrong at the last try, or at any when there is no more time."""
        for count in range(self._retries + 1):
            error = await self._ask(payload)
            if error is None:
                break
            if count < self._retries:
                await _first(lost, self._stopping, limit_s=self._retry_s[min(count, len(self._retry_s) - 1)])
            if lost.is_set() or self._stopping.is_set():
                break
        return error

    async def _ask(self, payload: bytes) -> str | None:
        """To wait for a free environment is no failure."""
        outcome = await attempt(self._invoke, self.function, payload, math.inf)
        self.counts.delivered += 1
        self.counts.failed += outcome.is_error
        return outcome.error_type

    async def _give_up(
        self, message: "AbstractIncomingMessage", error: str, dead_letters: "AbstractExchange | None"
    ) -> None:
        """To the exchange of dead letters first, which confirms it; then it may leave its queue."""
        tries = self._retries + 1
        if dead_letters is None:
            _log.error("%s: a message of %s is dropped after %d tries: %s", self.function, self.queue, tries, error)
        else:
            await dead_letters.publish(_dead(message, self.queue, error, tries), message.routing_key or "")
        await message.ack()
        self.counts.dead += 1

    async def _pause(self, seconds: float) -> None:
        await _first(self._stopping, limit_s=seconds)


def _dead(message: "AbstractIncomingMessage", queue: str, error: str, tries: int) -> Any:
    """The message as it was, with headers that say where it comes from and why; no time to live."""
    import aio_pika

    why: dict[str, Any] = {
        "x-tight-queue": queue,
        "x-tight-exchange": message.exchange or "",
        "x-tight-routing-key": message.routing_key or "",
        "x-tight-error": error,
        "x-tight-tries": tries,
    }
    return aio_pika.Message(
        message.body,
        headers={**message.headers, **why},
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        priority=message.priority,
        correlation_id=message.correlation_id,
        reply_to=message.reply_to,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )


async def _first(*events: asyncio.Event, limit_s: float) -> None:
    """Wait for the first of them, `limit_s` at most."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _shown(url: str) -> str:
    """Without the password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 5672}{parts.path}"
