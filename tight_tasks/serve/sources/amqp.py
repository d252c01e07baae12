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
from copy import copy
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tight_tasks.amqp.names import queue_of
from tight_tasks.errors import BadMapping, TaskError
from tight_tasks.manifest import Source
from tight_tasks.serve.sources.amqp_event import rabbit_event
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.source import GRACE_S, Counts, Invoke, attempt

if TYPE_CHECKING:
    from tight_tasks.serve.sources.amqp_client import Channel, Connection, Letter, Outbox
    from tight_tasks.serve.sources.amqp_topology import Topology

URL = "amqp://guest:guest@127.0.0.1:5672/"
RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_NO_ADDRESS = (  # which is not shown: what is a password in it, nobody can tell
    "AMQP_URL is no address of a broker: write amqp://USER:PASSWORD@HOST:PORT/VHOST, and %2F for a / in one of these"
)
_CONNECT_S = 10.0
_LONGEST_WAIT_S = 10.0
_PERSISTENT = 2
_log = logging.getLogger(__name__)


class NoAmqpClient(TaskError, ImportError):
    def __init__(self) -> None:
        super().__init__("the app has @amqp handlers, and pika is not installed: pip install 'tight-tasks[amqp]'")


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
        if not _is_address(self._url):
            raise BadMapping("amqp", queue_of(function, declared), _NO_ADDRESS)
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
            from tight_tasks.serve.sources.amqp_topology import Topology  # it needs pika
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

    async def _keep_consuming(self, topology: "Topology") -> None:
        wait_s = 0.25
        while not self._stopping.is_set():
            try:
                await self._consume(topology)
                wait_s = 0.25
            except Exception as error:  # noqa: BLE001  # whatever the broker or its client say, it is tried again
                self.problem = f"{_shown(self._url)}: {_told(error)}"
                _log.warning("%s: messages of %s: %s; trying again", self.function, self.queue, self.problem)
            self._tried.set()
            await self._pause(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _consume(self, topology: "Topology") -> None:
        """Until the connection is lost, or the source is stopped."""
        from tight_tasks.serve.sources.amqp_client import Connection

        lost = asyncio.Event()
        connection = await Connection.open(self._url, _CONNECT_S, lost.set)
        try:
            # A broker that starts may leave a request for a queue without an answer.
            channel, tag = await asyncio.wait_for(self._begin(connection, topology, lost), _CONNECT_S)
            self.problem = None
            self._tried.set()
            await _first(lost, self._stopping)
            if not lost.is_set():
                await asyncio.wait_for(channel.ask("basic_cancel", consumer_tag=tag), _CONNECT_S)
                await self._drain()
        finally:
            lost.set()
            await asyncio.wait_for(connection.close(), _CONNECT_S)

    async def _begin(
        self, connection: "Connection", topology: "Topology", lost: asyncio.Event
    ) -> "tuple[Channel, str]":
        """The channel that consumes, and the consumer's tag. Where a channel is closed, all is begun anew."""
        channel = await connection.channel(lost.set)
        await channel.ask("basic_qos", prefetch_count=self._prefetch)
        await topology.declare(connection, channel)
        outbox = await connection.outbox(topology.dead_letter, lost.set) if topology.dead_letter else None

        def take(letter: "Letter") -> None:
            task = asyncio.create_task(self._work(letter, channel, outbox, lost))
            self._messages.add(task)
            task.add_done_callback(self._messages.discard)

        return channel, await channel.consume(self.queue, take)

    async def _drain(self) -> None:
        """Finish what runs within the grace. What is left, the broker gives to others once the connection is closed."""
        if self._messages:
            await asyncio.wait(self._messages, timeout=self._grace_s)
        await self._let_go()

    async def _let_go(self) -> None:
        for task in self._messages:
            task.cancel()
        await asyncio.gather(*self._messages, return_exceptions=True)

    async def _work(self, letter: "Letter", channel: "Channel", outbox: "Outbox | None", lost: asyncio.Event) -> None:
        from pika.exceptions import AMQPError

        event = rabbit_event(letter, self.queue, self._virtual_host, self._region)
        payload = json.dumps(event, separators=(",", ":")).encode()
        try:
            error = await self._try(payload, lost)
            if lost.is_set():
                return  # the broker delivers it again
            if error is None:
                channel.ack(letter)
            elif self._stopping.is_set():
                channel.give_back(letter)
            else:
                await self._give_up(letter, error, outbox)
                channel.ack(letter)
        except AMQPError as failure:
            if not lost.is_set():
                self.problem = f"a message stays in hand until this is restarted: {_told(failure)}"
            _log.warning("%s: a message of %s was not finished: %r", self.function, self.queue, failure)

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

    async def _give_up(self, letter: "Letter", error: str, outbox: "Outbox | None") -> None:
        """To the exchange of dead letters, which confirms it; then it may leave its queue."""
        tries = self._retries + 1
        if outbox is None:
            _log.error("%s: a message of %s is dropped after %d tries: %s", self.function, self.queue, tries, error)
        else:
            await outbox.send(letter.method.routing_key, _dead(letter, self.queue, error, tries))
        self.counts.dead += 1

    async def _pause(self, seconds: float) -> None:
        await _first(self._stopping, limit_s=seconds)


def _dead(letter: "Letter", queue: str, error: str, tries: int) -> "Letter":
    """The message as it was, with headers that say where it comes from and why; no time to live."""
    method, properties, _ = letter
    why = {
        "x-tight-queue": queue,
        "x-tight-exchange": method.exchange,
        "x-tight-routing-key": method.routing_key,
        "x-tight-error": error,
        "x-tight-tries": tries,
    }
    kept = copy(properties)
    kept.headers = {**(properties.headers or {}), **why}
    kept.delivery_mode, kept.expiration = _PERSISTENT, None
    return letter._replace(properties=kept)


async def _first(*events: asyncio.Event, limit_s: float | None = None) -> None:
    """Wait for the first of them, `limit_s` at most where it is given."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _is_address(url: str) -> bool:
    try:
        scheme, port = urlsplit(url).scheme, urlsplit(url).port
    except ValueError:  # its port, or its brackets
        return False
    return scheme in ("amqp", "amqps") and port != 0


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def _shown(url: str) -> str:
    """Without the password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 5672}{parts.path}"
