"""The sources of an app, together: begun after its functions, ended before them, exchanged when the app has changed."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from tight_tasks import manifest
from tight_tasks.errors import BadMapping, TaskError
from tight_tasks.project import Project
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.clock import Clock
from tight_tasks.serve.sources.source import GRACE_S, Source

_PACKAGE = "tight_tasks.serve.sources"
# Loaded when an app declares one.
KINDS: Mapping[str, tuple[str, str]] = {
    "queue": ("sqs", "QueueSource"),
    "topic": ("sns", "TopicSource"),
    "topic through a queue": ("sns", "TopicQueueSource"),
    "stream": ("streams", "StreamSource"),
    "kinesis": ("kinesis", "KinesisSource"),
    "bucket": ("bucket", "BucketSource"),
    "bus": ("bus", "BusSource"),
    "amqp": ("amqp", "AmqpSource"),
    "schedule": ("schedule", "ScheduleSource"),
}
PUSHED = frozenset({"topic", "bucket", "bus", "schedule"})
"""Kinds that invoke asynchronously: who invokes tries again, and tells of what fails for good."""


def kind_of(source: manifest.Source) -> str:
    """The key of `KINDS`; a kind that no source of events stands for is not among them."""
    through_queue = source.kind == "topic" and (source.model_extra or {}).get("queue")
    return "topic through a queue" if through_queue else source.kind


def caption_of(source: manifest.Source) -> str:
    """Its kind and its name, such as `queue orders`."""
    said = source.model_extra or {}
    names = ("topic", "queue", "table", "stream", "bucket", "bus", "name", "routing_key", "route")
    return f"{source.kind} {next((said[name] for name in names if said.get(name)), '')}".rstrip()


def captions(declared: manifest.Manifest) -> dict[str, list[str]]:
    """What feeds each function, in words."""
    return {function.name: [caption_of(source) for source in function.sources] for function in declared.functions}


class InvokeBecause(Protocol):
    """Has a function, by its name, take an event in JSON; `cause` says why. May raise `Throttled`."""

    def __call__(self, function: str, event: bytes, /, cause: str) -> Awaitable[Outcome]: ...


class Feeds:
    """`invoke` has a function take an event, because of a source; `push` does so asynchronously, for kinds that are
    `PUSHED`. Schedules go by the `clock`.
    """

    def __init__(self, invoke: InvokeBecause, push: InvokeBecause, clock: Clock) -> None:
        self._invoke = invoke
        self._push = push
        self._clock = clock
        self._running: dict[str, Source] = {}
        self._aws: Aws | None = None

    async def replace(self, project: Project, variables: Mapping[str, str], declared: manifest.Manifest) -> None:
        """End the sources that are no longer declared so, and begin the others.

        Raises the `TaskError` of the first that can't begin; those that can run then, but for those behind one that
        never will, a `BadMapping`.
        """
        wanted = {key: (name, each) for name, key, each in _sources_of(project, declared)}
        if self._aws is not None and (self._aws.variables != dict(variables) or not wanted):
            await self.stop()
        await self._end([key for key in self._running if key not in wanted])
        if wanted and self._aws is None:
            self._aws = Aws(project, variables)
        failed: list[TaskError] = []
        for key, (name, source) in wanted.items():
            if key not in self._running:
                try:
                    self._running[key] = await self._begin(name, source)
                except BadMapping:
                    raise
                except TaskError as error:
                    failed.append(error)
        if failed:
            raise failed[0]

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Let go of everything; what runs has so many seconds."""
        await self._end([*self._running], grace_s)
        if self._aws is not None:
            await self._aws.close()
            self._aws = None

    def status(self) -> list[dict[str, Any]]:
        return [source.status() for source in self._running.values()]

    async def _begin(self, function: str, source: manifest.Source) -> Source:
        assert self._aws is not None  # it is made first
        module, name = KINDS[kind_of(source)]
        kind = getattr(import_module(f"{_PACKAGE}.{module}"), name)
        more = (self._clock,) if source.kind == "schedule" else ()
        invoke = partial(self._push if kind_of(source) in PUSHED else self._invoke, cause=caption_of(source))
        begun: Source = kind(source, function, invoke, self._aws, *more)
        await begun.start()
        return begun

    async def _end(self, keys: Sequence[str], grace_s: float = GRACE_S) -> None:
        await asyncio.gather(*(self._running.pop(key).stop(grace_s) for key in keys))


def _sources_of(project: Project, declared: manifest.Manifest) -> list[tuple[str, str, manifest.Source]]:
    """The function of each source and what tells it apart: its declaration and the function's settings."""
    return [
        (function.name, f"{source.model_dump_json(exclude={'place'})} {project.function(function.name)}", source)
        for function in declared.functions
        for source in function.sources
        if kind_of(source) in KINDS
    ]
