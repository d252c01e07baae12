"""One process of a host: the functions, what feeds them, and how they come to an end."""

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.applications import Starlette

from tight_tasks.host.options import Options
from tight_tasks.host.probes import PREFIX, Probes, State
from tight_tasks.manifest import Manifest
from tight_tasks.project import Project
from tight_tasks.serve.front import Front, Receive, Scope, Send
from tight_tasks.serve.inline import Inline
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.routes import Routes
from tight_tasks.serve.shapes import manners_of
from tight_tasks.serve.static import static_paths, static_routes
from tight_tasks.serve.web import App, answer

Invoke = Callable[[str, bytes], Awaitable[Outcome]]
_KEEP_ALIVE_S = 75  # longer than a load balancer's 60, which must not meet a connection that closes
_LAST_S = 1.0  # for what is cancelled to clean up

_log = logging.getLogger("tight_tasks.host")


class Source(Protocol):
    """What feeds functions other than requests."""

    async def start(self) -> None: ...
    async def stop(self) -> None:
        """Take nothing more, let what runs come to its end, and give the rest back."""


class Service:
    """The app of `project` on `listener`. `make_sources` gives what feeds its functions, by the `Invoke` given."""

    def __init__(
        self,
        project: Project,
        manifest: Manifest,
        options: Options,
        number: int = 0,
        make_sources: Callable[[Invoke], Sequence[Source]] = lambda invoke: (),  # noqa: ARG005  # nothing feeds it
    ) -> None:
        self._project = project
        self._manifest = manifest
        self._options = options
        self._number = number
        self._probes = Probes()
        names = [function.name for function in manifest.functions]
        self.functions = Inline(project, names, threads=options.threads, on_error=_log_error)
        self._sources = make_sources(self.functions.outcome)

    async def run(self, listener: socket.socket, end: asyncio.Event) -> bool:
        """Until `end` is set. Whether all that ran then came to its end within the grace."""
        began = time.perf_counter()
        self.functions.load()
        if not logging.getLogger().handlers:  # nothing of the app uses Tight's log
            logging.basicConfig(level=logging.INFO)
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # what it tells, the lines below tell
        close = await answer(self._app(), listener, grace_s=None, keep_alive_s=_KEEP_ALIVE_S)
        await asyncio.gather(*(source.start() for source in self._sources))
        self._probes.state = State.READY
        took = round((time.perf_counter() - began) * 1000)
        address = "{}:{}".format(*listener.getsockname()[:2])
        _log.info("ready", extra={"address": address, "worker": self._number, "initMs": took})
        await end.wait()
        return await self._drain(close)

    async def _drain(self, close: Callable[[], Awaitable[None]]) -> bool:
        self._probes.state = State.DRAINING
        _log.info("draining", extra={"running": self.functions.running, "graceS": self._options.grace_s})
        if self._options.notice_s:
            await asyncio.sleep(self._options.notice_s)
        ends = [asyncio.create_task(_ended(each)) for each in (close, *(source.stop for source in self._sources))]
        _, late = await asyncio.wait(ends, timeout=self._options.grace_s)
        if not late:
            self.functions.close()
            _log.info("ended")
            return True
        _log.error("the grace ran out", extra={"cut": self.functions.running, "graceS": self._options.grace_s})
        self.functions.give_up()
        await asyncio.wait(ends, timeout=_LAST_S)
        return False

    def _app(self) -> App:
        front = Front(
            self.functions,
            manners_of(self._project, self.functions, Routes(self._manifest.functions), self._options.payload),
        )
        folders, static = static_paths(self._project), Starlette(routes=static_routes(self._project))

        def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            path = scope["path"]
            if path.startswith(PREFIX):
                return self._probes(scope, receive, send)
            return (static if folders and path.startswith(folders) else front)(scope, receive, send)

        return app


async def _ended(end: Callable[[], Awaitable[None]]) -> None:
    try:
        await end()
    except Exception:  # noqa: BLE001  # what one source says at its end keeps no other from ending
        _log.exception("something did not end as it should")


def _log_error(function: str, error: BaseException) -> None:
    _log.error("%s failed", function, exc_info=error)
