"""The local Lambda as a whole, for code: `async with Serve(folder) as serve: await serve.invoke("accounts", event)`."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tight_tasks.env import read_environment
from tight_tasks.errors import NoManifest, TaskError
from tight_tasks.manifest import Manifest, read_manifest
from tight_tasks.project import Project
from tight_tasks.serve import console
from tight_tasks.serve.access import Access, token_for
from tight_tasks.serve.authorization import Context, admit
from tight_tasks.serve.chaos import Chaos
from tight_tasks.serve.clock_api import clock_routes
from tight_tasks.serve.custom import MakeContext, MakeEvent
from tight_tasks.serve.debug import Debug
from tight_tasks.serve.destinations import Destinations
from tight_tasks.serve.embedded import EmbeddedAws, misses_tables
from tight_tasks.serve.environment import Environment
from tight_tasks.serve.events import RETRY_S, AsyncEvents
from tight_tasks.serve.feeds import Feeds
from tight_tasks.serve.front import Front, Manners, Receive, Scope, Send
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.gateways.wire import Event
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.journal import Journal
from tight_tasks.serve.lambda_api import LambdaApi
from tight_tasks.serve.management import management
from tight_tasks.serve.reload import forget_bytecode
from tight_tasks.serve.routes import Routes
from tight_tasks.serve.shapes import manners_of
from tight_tasks.serve.sources.clock import Clock
from tight_tasks.serve.sources.connections import Connections, is_management
from tight_tasks.serve.sources.websocket import WebSocketFront, socket_routes
from tight_tasks.serve.static import beside_static
from tight_tasks.serve.strategy import strategy_of
from tight_tasks.serve.surroundings import local_endpoints
from tight_tasks.serve.variables import DUMMIES
from tight_tasks.serve.web import answer, listen

_OWN = ("/_tight/", "/2015-03-31/functions", "/2014-11-13/functions")


class Serve:
    """The app in `folder` on `host` and `port`, 0 for a free one; `url` is where it answers.

    `payload` is the event shape, a key of `shapes.GATEWAYS`, whatever tight.yml says. `strategy` says which environment
    takes an event, see `strategy_of`. `variables` stand over those of the app's environment. `log` is given each line
    that an environment prints. `events` and `contexts` make, for the function of that name, its event and what its
    context is told (`timeout`, `client_context`, `trace_id`), given the request. With `debug`, each
    function has one environment and no deadline. `token` is what the console, the status and the Lambda API ask for;
    None where they ask for none: on a loopback host, unless one is given. `at` is where a virtual clock of the
    schedules begins, which `clock.tick` moves. Without `sources`, functions are only invoked, and nothing feeds them.
    """

    manifest: Manifest
    functions: Functions

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        payload: str | None = None,
        strategy: str = "first_warm",
        queue: int = 100,
        retry_s: Sequence[float] = RETRY_S,
        variables: Mapping[str, str] | None = None,
        chaos: Chaos | None = None,
        events: Mapping[str, MakeEvent] | None = None,
        contexts: Mapping[str, MakeContext] | None = None,
        debug: Debug | None = None,
        snapstart: bool = False,
        token: str | None = None,
        at: datetime | None = None,
        sources: bool = True,
        log: Callable[[Environment, str], None] = lambda environment, line: None,  # noqa: ARG005  # nobody listens
    ) -> None:
        self.project = Project.load(folder)
        self.journal = Journal()
        self.token = token_for(host, token)
        self.url = ""
        self.clock = Clock(at)
        self._folder = folder
        self._host, self._port = host, port
        self._payload = payload
        self._strategy = strategy_of(strategy)
        self._queue = queue
        self._retry_s = retry_s
        self._more = dict(variables or {})
        self._chaos = chaos
        self._events = dict(events or {})
        self._contexts = dict(contexts or {})
        self._debug = debug
        self._snapstart = snapstart
        self._log = log
        self._has_sources = sources
        self._embedded = EmbeddedAws()
        self._embedded_at: dict[str, str] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Serve":
        listener = listen(self._host, self._port)
        try:
            await self._start(listener)
        except BaseException:
            await self._stack.aclose()
            listener.close()
            raise
        return self

    async def _start(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        variables = self.variables
        self.manifest = await asyncio.to_thread(read_manifest, self.project, variables)
        self._stack.push_async_callback(self._embedded.stop)
        if self._has_sources:
            self._embedded_at = await self._embedded.variables(self.manifest, variables)
            variables = self.variables
        self.functions = await self._stack.enter_async_context(
            Functions(
                self.project,
                [function.name for function in self.manifest.functions],
                variables,
                journal=self.journal,
                strategy=self._strategy,
                queue=self._queue,
                chaos=self._chaos,
                debug=self._debug,
                snapstart=self._snapstart,
                log=self._log,
            )
        )
        keyed = {**DUMMIES, **variables}
        self._destinations = Destinations(self.project, keyed)
        events = AsyncEvents(self.functions, self._destinations, self._retry_s)

        async def give_up() -> None:
            await events.stop()
            await self.functions.stop()

        self._feeds = Feeds(self._invoke, events.run, self.clock)
        self._stack.push_async_callback(await answer(self._app(events), listener, give_up=give_up))
        self._stack.push_async_callback(self._feeds.stop)
        if self._has_sources:
            await self._feeds.replace(self.project, keyed, self.manifest)

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def routes(self) -> Routes:
        """Those of the app as it is served now."""
        return self._front.manners.routes

    @property
    def embedded_aws(self) -> str:
        """Where the one is that was started here; empty where none was."""
        return self._embedded.endpoint

    @property
    def misses_tables(self) -> bool:
        """Whether the app has models, and no database is named where their tables could be."""
        return misses_tables(self.manifest, self.variables)

    @property
    def variables(self) -> dict[str, str]:
        """The app's environment, as every function gets it, and its sources."""
        return self._variables_of(self.project)

    def _variables_of(self, project: Project) -> dict[str, str]:
        said = {**read_environment(project), **self._more}
        # Functions that invoke others find them here, and the database that runs, unless the app says otherwise.
        around = {**self._embedded_at, **local_endpoints(project)}
        if "AWS_ENDPOINT_URL" in said:  # to boto3, that of a single service would stand over it
            around = {name: value for name, value in around.items() if not name.startswith("AWS_ENDPOINT_URL_")}
        here = {
            "AWS_ENDPOINT_URL_LAMBDA": self.url,
            "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": self.url,
            **around,
        }
        if self.token is not None:
            here["AWS_ACCESS_KEY_ID"] = self.token  # the Lambda API asks functions for it too
        return {**here, **said}

    def _app(self, events: AsyncEvents) -> "Callable[[Scope, Receive, Send], Awaitable[None]]":
        self._front = Front(self.functions, self._manners(self.project, self.manifest))
        pages = console.routes(self.functions, lambda: self.manifest, self._front, self._feeds.status)
        stage = self.project.stage or "local"
        self._sockets = WebSocketFront(self._invoke, self._admit, Connections(), stage=stage)
        self._sockets.routes = socket_routes(self.manifest.functions)
        lambda_api = [
            *LambdaApi(self.functions, events).routes(),
            *clock_routes(self.clock),
            *self._sockets.connections.routes(),
        ]
        own = Access(
            management(self.functions, self._feeds.status, [*lambda_api, *pages]), host=self._host, token=self.token
        )
        front = beside_static(self._front, self.project, self.manifest)

        def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            path = scope["path"]
            if scope["type"] == "websocket":
                return self._sockets(scope, receive, send)
            if f"{path}/".startswith(_OWN) or (self._sockets.routes and is_management(path)):
                return own(scope, receive, send)
            return front(scope, receive, send)

        return app

    def _manners(self, project: Project, manifest: Manifest) -> Manners:
        """Raises `BadSetting`, `BadKeys`."""
        return manners_of(
            project, manifest, self.functions, self._payload, events=self._events, contexts=self._contexts
        )

    async def _admit(self, function: str, event: Event) -> tuple[int, Context]:
        return await admit(self._front.manners.authorizers, function, event)

    async def invoke(self, function: str, event: object) -> Outcome:
        """What `function` makes of `event`. Raises a `ServeError` where it can't be asked."""
        return await self._invoke(function, json.dumps(event).encode(), "invoke")

    async def _invoke(self, function: str, payload: bytes, cause: str, trace_id: str = "") -> Outcome:
        entry = await self.functions.invoke(function, payload, cause=cause, trace_id=trace_id)
        assert entry.outcome is not None  # it has ended
        self.journal.conclude(entry, entry.outcome.error_type or "ok")
        return replace(entry.outcome, request_id=entry.request_id)

    async def reload(self) -> str | None:
        """Serve the app as it is now. Gives what is wrong with it where it can't be; the former goes on then.

        Raises what `Project.load` raises, and for a setting that can't be followed `BadSetting` or `BadKeys`.
        """
        project = Project.load(self._folder)
        variables = self._variables_of(project)
        forget_bytecode(project)
        try:
            manifest = await asyncio.to_thread(read_manifest, project, variables)
            if self._has_sources:
                self._embedded_at = await self._embedded.variables(manifest, variables)
        except NoManifest as error:
            return str(error)
        variables = self._variables_of(project)
        manners = self._manners(project, manifest)
        failed = await self.functions.replace(project, [each.name for each in manifest.functions], variables)
        if failed is not None:
            return failed.payload.decode("utf-8", "replace")
        self.project, self.manifest = project, manifest
        self._front.manners = manners
        self._sockets.routes = socket_routes(manifest.functions)
        keyed = {**DUMMIES, **variables}
        self._destinations.follow(project, keyed)
        try:
            if self._has_sources:
                await self._feeds.replace(project, keyed, manifest)
        except TaskError as error:
            return str(error)
        return None
