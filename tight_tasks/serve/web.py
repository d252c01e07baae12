"""uvicorn, on a socket that is open already."""

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from tight_tasks.errors import CanNotListen
from tight_tasks.serve.front import Receive, Scope, Send
from tight_tasks.serve.protocol import SpellingProtocol

_LAST_S = 10  # for requests that have been given up
_OTHER_HOST = "name an address of this machine with --host"
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def listen(host: str, port: int) -> socket.socket:
    """Raises `CanNotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host or None, 0, family)  # create_server's own error does not tell that it was this
        return socket.create_server((host, port), family=family)
    except OverflowError as error:
        raise CanNotListen(host, port, "ports end at 65535", "choose another with --port") from error
    except socket.gaierror as error:
        raise CanNotListen(host, port, error.strerror or str(error), _OTHER_HOST) from error
    except OSError as error:
        remedy = (
            _OTHER_HOST if error.errno == errno.EADDRNOTAVAIL else "choose another with --port, or end what uses it"
        )
        raise CanNotListen(host, port, os.strerror(error.errno) if error.errno else str(error), remedy) from error


async def answer(
    app: App,
    listener: socket.socket,
    *,
    give_up: Callable[[], Awaitable[None]] | None = None,
    grace_s: float | None = 1,
    keep_alive_s: int = 5,
) -> Callable[[], Awaitable[None]]:
    """Have uvicorn answer on `listener`; gives what ends that.

    It closes the listener and idle connections at once, and waits `grace_s` for requests that run, for ever where that
    is None; then `give_up` makes the others fail. A connection is kept for `keep_alive_s` without a request.
    """
    connecting: Any = _web_socket  # uvicorn only calls it
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        http=SpellingProtocol,
        ws=connecting,
        loop="none",
        interface="asgi3",
        timeout_graceful_shutdown=None if grace_s is None else int(grace_s + _LAST_S),
        timeout_keep_alive=keep_alive_s,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    serving = asyncio.create_task(server.main_loop())

    async def stop() -> None:
        server.should_exit = True
        await serving
        ending = asyncio.create_task(server.shutdown(sockets=[listener]))
        await asyncio.wait([ending], timeout=grace_s)
        if give_up is not None:
            await give_up()
        await ending

    return stop


def _web_socket(*args: Any, **kwargs: Any) -> asyncio.Protocol:
    """uvicorn's protocol for a connection that becomes a WebSocket's."""
    from tight_tasks.serve.socket_protocol import LimitedProtocol  # with wsproto, for those who connect only

    return LimitedProtocol(*args, **kwargs)
