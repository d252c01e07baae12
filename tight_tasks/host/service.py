"""One process of a host: the functions, what feeds them, and how they come to an end."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from tight_tasks.host.feeding import Feeding, call_hooks, only_shared
from tight_tasks.host.options import Options
from tight_tasks.host.probes import PREFIX, Probes, State
from tight_tasks.host.sockets import Sockets
from tight_tasks.host.straight import StraightFront
from tight_tasks.manifest import Manifest
from tight_tasks.project import Project
from tight_tasks.serve.authorization import admit
from tight_tasks.serve.front import Receive, Scope, Send
from tight_tasks.serve.inline import Inline
from tight_tasks.serve.shapes import manners_of
from tight_tasks.serve.static import beside_static
from tight_tasks.serve.web import App, answer

_KEEP_ALIVE_S = 75  # longer than a load balancer's 60, which must not meet a connection that closes
_LAST_S = 1.0  # for what is cancelled to clean up

_log = logging.getLogger("tight_tasks.host")


class Service:
    """The app of `project`, with the variables of this process. Only number 0 follows schedules and the like.

    `listeners` are those of `management_listeners`.
    """

    def __init__(
        self,
        project: Project,
        manifest: Manifest,
        options: Options,
        number: int = 0,
        listeners: Sequence[socket.socket] = (),
    ) -> None:
        self._project = project
        self._manifest = manifest
        self._options = options
        self._number = number
        self._probes = Probes()
        names = [function.name for function in manifest.functions]
        self.functions = Inline(project, names, threads=options.threads, on_error=_log_error)
        fed = only_shared(manifest) if number or options.competing else manifest
        self._manners = manners_of(project, manifest, self.functions, options.payload)
        may_open = partial(admit, self._manners.authorizers)
        self._sockets = Sockets(
            manifest, self.functions.outcome, may_open, listeners, number, stage=project.stage or "local"
        )
        self._feeding = Feeding(project, fed, dict(os.environ), self.functions)

    async def run(self, listener: socket.socket, end: asyncio.Event) -> bool:
        """Until `end` is set. Whether all that ran then came to its end within the grace."""
        try:
            return await self._answer(listener, end)
        finally:
            self.functions.close()

    async def _answer(self, listener: socket.socket, end: asyncio.Event) -> bool:
        began = time.perf_counter()
        await self._sockets.open()
        self.functions.load()
        if not logging.getLogger().handlers:  # nothing of the app uses Tight's log
            logging.basicConfig(level=logging.INFO)
        _quieten("uvicorn.error", logging.WARNING)  # what it tells, the lines below tell
        _quieten("pika", logging.CRITICAL)  # what it tells in 20 lines, a source's one tells, or `NotSent`
        await call_hooks("started", self._manifest, self.functions)
        close = await answer(self._app(), listener, grace_s=None, keep_alive_s=_KEEP_ALIVE_S)
        beginning = asyncio.create_task(self._feeding.start())
        ending = asyncio.create_task(end.wait())
        await asyncio.wait((beginning, ending), return_when=asyncio.FIRST_COMPLETED)
        if beginning.done():
            beginning.result()
            self._ready(listener, began)
            await ending
        beginning.cancel()
        return await self._drain(close)

    def _ready(self, listener: socket.socket, began: float) -> None:
        self._probes.state = State.READY
        took = round((time.perf_counter() - began) * 1000)
        address = "{}:{}".format(*listener.getsockname()[:2])
        _log.info("ready", extra={"address": address, "worker": self._number, "initMs": took})

    async def _drain(self, close: Callable[[], Awaitable[None]]) -> bool:
        self._probes.state = State.DRAINING
        _log.info("draining", extra={"running": self.functions.running, "graceS": self._options.grace_s})
        if self._options.notice_s:
            await asyncio.sleep(self._options.notice_s)
        stop = partial(self._feeding.stop, self._options.grace_s)
        ends = [asyncio.create_task(_ended(each)) for each in (close, stop)]
        _, late = await asyncio.wait(ends, timeout=self._options.grace_s)
        if late:
            _log.error("the grace ran out", extra={"cut": self.functions.running, "graceS": self._options.grace_s})
            self.functions.give_up()
            await asyncio.wait(ends, timeout=_LAST_S)
            return False
        await _ended(self._sockets.close)
        await _ended(partial(call_hooks, "stopping", self._manifest, self.functions))
        _log.info("ended")
        return True

    def _app(self) -> App:
        others = beside_static(StraightFront(self.functions, self._manners), self._project, self._manifest)

        def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            path = scope["path"]
            if scope["type"] == "websocket":
                return self._sockets(scope, receive, send)
            if path.startswith(PREFIX):
                return self._probes(scope, receive, send)
            return others(scope, receive, send)

        return app


async def _ended(end: Callable[[], Awaitable[None]]) -> None:
    try:
        await end()
    except Exception:  # noqa: BLE001  # what one source says at its end keeps no other from ending
        _log.exception("something did not end as it should")


def _quieten(name: str, level: int) -> None:
    logger = logging.getLogger(name)
    if logger.level == logging.NOTSET:  # nobody asked for it by name
        logger.setLevel(level)


def _log_error(function: str, error: BaseException, request_id: str) -> None:
    _log.error("%s failed", function, exc_info=error, extra={"aws_request_id": request_id, "function": function})
