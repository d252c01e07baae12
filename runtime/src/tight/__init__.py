"""Tight's runtime: what a handler imports inside AWS Lambda.

Names load from their modules on first use (PEP 562), so a function pays at cold start only for what it names.
"""

from importlib import import_module

TYPE_CHECKING = False  # a constant of our own: importing `typing` would cost every cold start 3 ms
if TYPE_CHECKING:
    from tight import aio, log
    from tight.authorizers import allow, authorizer, deny, unauthorized
    from tight.clients.aws import client, resource, session
    from tight.clients.values import parameter, secret
    from tight.cors import Cors
    from tight.errors import TightError
    from tight.events.amqp import amqp
    from tight.events.batch import discard, retry_after
    from tight.events.bucket import bucket
    from tight.events.bus import bus
    from tight.events.connections import broadcast, reply
    from tight.events.kinesis import kinesis
    from tight.events.lifecycle import started, stopping
    from tight.events.queue import queue
    from tight.events.schedule import schedule
    from tight.events.static import static
    from tight.events.stream import stream
    from tight.events.topic import topic
    from tight.events.websocket import websocket
    from tight.exits import exit_with_response
    from tight.handlers import Response, delete, get, head, options, patch, post, put
    from tight.http import error, set_default_headers
    from tight.idempotency import idempotent
    from tight.invoked import direct
    from tight.metrics import metric
    from tight.middleware import wrap, wrap_all
    from tight.publishing import amqp_publish, enqueue, publish, put_event
    from tight.request import Request
    from tight.snapstart import after_restore, before_snapshot

__all__ = [
    "Cors",
    "Request",
    "Response",
    "TightError",
    "after_restore",
    "aio",
    "allow",
    "amqp",
    "amqp_publish",
    "authorizer",
    "before_snapshot",
    "broadcast",
    "bucket",
    "bus",
    "client",
    "delete",
    "deny",
    "direct",
    "discard",
    "enqueue",
    "error",
    "exit_with_response",
    "get",
    "head",
    "idempotent",
    "kinesis",
    "log",
    "metric",
    "options",
    "parameter",
    "patch",
    "post",
    "publish",
    "put",
    "put_event",
    "queue",
    "reply",
    "resource",
    "retry_after",
    "schedule",
    "secret",
    "session",
    "set_default_headers",
    "started",
    "static",
    "stopping",
    "stream",
    "topic",
    "unauthorized",
    "websocket",
    "wrap",
    "wrap_all",
]

_HOMES = {
    "Cors": "tight.cors",
    "Request": "tight.request",
    "Response": "tight.handlers",
    "TightError": "tight.errors",
    "after_restore": "tight.snapstart",
    "aio": "tight.aio",
    "allow": "tight.authorizers",
    "amqp": "tight.events.amqp",
    "amqp_publish": "tight.publishing",
    "authorizer": "tight.authorizers",
    "before_snapshot": "tight.snapstart",
    "broadcast": "tight.events.connections",
    "bucket": "tight.events.bucket",
    "bus": "tight.events.bus",
    "client": "tight.clients.aws",
    "delete": "tight.handlers",
    "deny": "tight.authorizers",
    "direct": "tight.invoked",
    "discard": "tight.events.batch",
    "enqueue": "tight.publishing",
    "error": "tight.http",
    "exit_with_response": "tight.exits",
    "get": "tight.handlers",
    "head": "tight.handlers",
    "idempotent": "tight.idempotency",
    "kinesis": "tight.events.kinesis",
    "log": "tight.log",
    "metric": "tight.metrics",
    "options": "tight.handlers",
    "parameter": "tight.clients.values",
    "patch": "tight.handlers",
    "post": "tight.handlers",
    "publish": "tight.publishing",
    "put": "tight.handlers",
    "put_event": "tight.publishing",
    "queue": "tight.events.queue",
    "reply": "tight.events.connections",
    "resource": "tight.clients.aws",
    "retry_after": "tight.events.batch",
    "schedule": "tight.events.schedule",
    "secret": "tight.clients.values",
    "session": "tight.clients.aws",
    "set_default_headers": "tight.http",
    "started": "tight.events.lifecycle",
    "static": "tight.events.static",
    "stopping": "tight.events.lifecycle",
    "stream": "tight.events.stream",
    "topic": "tight.events.topic",
    "unauthorized": "tight.authorizers",
    "websocket": "tight.events.websocket",
    "wrap": "tight.middleware",
    "wrap_all": "tight.middleware",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(home)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith(f"{__name__}."):
            raise
        from tight.errors import MissingLibrary

        remedy = f"{name} is in it, so put it beside tight-runtime in requirements-vendor.txt, and install it"
        raise MissingLibrary("tight-events", remedy) from None
    return module if home == f"{__name__}.{name}" else getattr(module, name)


def __dir__() -> list[str]:
    return __all__
