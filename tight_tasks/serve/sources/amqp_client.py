"""A RabbitMQ broker on the event loop: pika's callbacks as what can be awaited."""

import asyncio
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, NamedTuple

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.exceptions import NackError, UnroutableError

_TOO_BIG = 2**63


class Letter(NamedTuple):
    """A message as pika has it: Basic.Deliver, BasicProperties, and the body."""

    method: Any
    properties: Any
    body: bytes


class Channel:
    """`closed` is called when either side has closed it. Errors are pika's: `AMQPError` and what derives from it."""

    def __init__(self, channel: Any, closed: Callable[[], None]) -> None:
        self._channel = channel
        self._closed = closed
        self._waiting: set[asyncio.Future[Any]] = set()
        channel.add_on_close_callback(self._end)

    @property
    def is_open(self) -> bool:
        return bool(self._channel.is_open)

    async def ask(self, operation: str, **arguments: Any) -> Any:
        """What the broker answers to one of pika's operations, such as "queue_declare"."""
        answer = self._future()
        getattr(self._channel, operation)(callback=lambda frame: _settle(answer, frame), **arguments)
        return await answer

    async def consume(self, queue: str, take: Callable[[Letter], None]) -> str:
        """The consumer's tag, from when on `take` is called with each message. A queue that goes closes the channel."""
        self._channel.add_on_cancel_callback(lambda _: self.close())

        def give(_: Any, method: Any, properties: Any, body: bytes) -> None:
            take(Letter(method, properties, body))

        frame = await self.ask("basic_consume", queue=queue, on_message_callback=give)
        return str(frame.method.consumer_tag)

    def ack(self, letter: Letter) -> None:
        self._channel.basic_ack(letter.method.delivery_tag)

    def give_back(self, letter: Letter) -> None:
        """Somebody else is given it at once."""
        self._channel.basic_nack(letter.method.delivery_tag, requeue=True)

    def close(self) -> None:
        if self._channel.is_open:
            self._channel.close()

    def _future(self) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    def _end(self, _: Any, reason: Exception) -> None:
        for future in list(self._waiting):
            if not future.done():
                future.set_exception(reason)
        self._closed()


class Outbox(Channel):
    """A channel for messages to one exchange, which the broker confirms one at a time."""

    def __init__(self, channel: Any, exchange: str, closed: Callable[[], None]) -> None:
        super().__init__(channel, closed)
        self._exchange = exchange
        self._turn = asyncio.Lock()
        self._returned: list[Any] = []
        self._confirmed: asyncio.Future[Any] | None = None
        # One that no queue takes comes back before it is confirmed.
        channel.add_on_return_callback(lambda *returned: self._returned.append(returned))

    async def open(self) -> None:
        await self.ask("confirm_delivery", ack_nack_callback=self._confirm)

    async def send(self, routing_key: str, letter: Letter) -> None:
        """Returns once the broker has it. Raises pika's `UnroutableError` where no queue takes it, and `NackError`."""
        properties = copy(letter.properties)
        properties.headers = _writable(properties.headers)
        async with self._turn:
            self._returned.clear()
            self._confirmed = self._future()
            self._channel.basic_publish(self._exchange, routing_key, letter.body, properties, mandatory=True)
            frame = await self._confirmed
            if self._returned:
                raise UnroutableError(self._returned)
            if frame.method.NAME == "Basic.Nack":
                raise NackError([letter])

    def _confirm(self, frame: Any) -> None:
        if self._confirmed is not None:
            _settle(self._confirmed, frame)


class Connection:
    def __init__(self, connection: Any, ended: asyncio.Event) -> None:
        self._connection = connection
        self._ended = ended

    @classmethod
    async def open(cls, url: str, limit_s: float, closed: Callable[[], None] = lambda: None) -> "Connection":
        """`closed` is called when it has ended. Raises `OSError`, `TimeoutError`, or pika's `AMQPError`."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        opened: asyncio.Future[Any] = loop.create_future()

        def end(*_: object) -> None:
            ended.set()
            closed()

        connection = AsyncioConnection(
            pika.URLParameters(url),
            on_open_callback=lambda it: _settle(opened, it),
            on_open_error_callback=lambda _, error: _fail(opened, _cause(error)),
            on_close_callback=end,
            custom_ioloop=loop,
        )
        try:
            await asyncio.wait_for(opened, limit_s)
        except BaseException:
            _close(connection)
            raise
        return cls(connection, ended)

    async def channel(self, closed: Callable[[], None] = lambda: None) -> Channel:
        return Channel(await self._open_channel(), closed)

    async def outbox(self, exchange: str, closed: Callable[[], None] = lambda: None) -> Outbox:
        made = Outbox(await self._open_channel(), exchange, closed)
        await made.open()
        return made

    async def close(self) -> None:
        """Once the broker has read everything that was sent."""
        _close(self._connection)
        if not self._connection.is_closed:
            await self._ended.wait()

    async def _open_channel(self) -> Any:
        opened: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._connection.channel(on_open_callback=lambda it: _settle(opened, it))
        return await opened


def _writable(value: Any) -> Any:
    """A header, or all of them, with text for the numbers that pika reads and can't write."""
    if isinstance(value, Mapping):
        return {name: _writable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_writable(each) for each in value]
    too_big = isinstance(value, int) and not -_TOO_BIG <= value < _TOO_BIG
    return str(value) if isinstance(value, float) or too_big else value


def _settle(future: "asyncio.Future[Any]", value: object) -> None:
    if not future.done():
        future.set_result(value)


def _fail(future: "asyncio.Future[Any]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _close(connection: Any) -> None:
    if not (connection.is_closed or connection.is_closing):
        connection.close()


def _cause(error: BaseException) -> BaseException:
    """The innermost of the errors that pika wraps around each other."""
    inner = getattr(error, "exceptions", None) or getattr(error, "exception", None) or error.args
    last = inner[-1] if isinstance(inner, list | tuple) and inner else inner
    return _cause(last) if isinstance(last, BaseException) else error
