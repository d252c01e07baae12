"""What feeds the functions of a host, and which of it several processes may share."""

import asyncio
import json
import logging

from tight_tasks.errors import BadMapping, HookFailed, TaskError
from tight_tasks.manifest import Manifest, Source
from tight_tasks.project import Project
from tight_tasks.serve.destinations import Destinations
from tight_tasks.serve.events import AsyncEvents
from tight_tasks.serve.feeds import Feeds, kind_of
from tight_tasks.serve.inline import Inline
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.clock import Clock

_SHARED = ("queue", "topic through a queue", "amqp")
_SHORTEST_S, _LONGEST_S = 0.5, 30.0

_log = logging.getLogger("tight_tasks.host")


def is_shared(source: Source) -> bool:
    """Whether of several who take from it each event reaches one. Schedules and shards have to be followed by one."""
    return kind_of(source) in _SHARED and bool((source.model_extra or {}).get("competing", True))


def only_shared(manifest: Manifest) -> Manifest:
    """What an app declares, without the sources that another process follows."""
    functions = [
        function.model_copy(update={"sources": tuple(filter(is_shared, function.sources))})
        for function in manifest.functions
    ]
    return manifest.model_copy(update={"functions": tuple(functions)})


class Feeding:
    """The sources that `manifest` declares, with the app's `variables`."""

    def __init__(self, project: Project, manifest: Manifest, variables: dict[str, str], functions: Inline) -> None:
        self._project = project
        self._manifest = manifest
        self._variables = variables
        self._functions = functions
        self._events = AsyncEvents(functions, Destinations(project, variables))
        self._feeds = Feeds(functions.outcome, self._events.run, Clock())
        self._stopped = False

    async def start(self) -> None:
        """Begin them, again and again where one can't be reached: in a container it may start later than the app.

        Raises `BadMapping` for one that can never be.
        """
        wait_s = _SHORTEST_S
        while not self._stopped:
            problem = await self._begin()
            if problem is None:
                return
            _log.warning("%s", problem, extra={"againInS": wait_s})
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_S)

    async def _begin(self) -> TaskError | str | None:
        """What keeps them from feeding, if anything does."""
        try:
            await self._feeds.replace(self._project, self._variables, self._manifest)
        except BadMapping:
            raise
        except TaskError as error:
            return error
        # A broker is connected to in the background.
        return next((str(each["problem"]) for each in self._feeds.status() if each["problem"]), None)

    async def stop(self, grace_s: float) -> None:
        """Take nothing more; what is not done within the grace goes back."""
        self._stopped = True
        await self._feeds.stop(grace_s)
        await self._events.stop()


async def call_hooks(kind: str, manifest: Manifest, functions: Inline) -> None:
    """Call the functions marked with @started or @stopping, all of them: each may have something to close.

    Raises `HookFailed` for the first that fails.
    """
    event = json.dumps({"source": "tight.host", "detail-type": kind}).encode()
    failed: list[tuple[str, Outcome]] = []
    for function in manifest.functions:
        if any(source.kind == kind for source in function.sources):
            outcome = await functions.outcome(function.name, event)
            if outcome.is_error:
                failed.append((function.name, outcome))
    if failed:
        name, outcome = failed[0]
        raise HookFailed(name, kind, json.loads(outcome.payload)["errorMessage"])
