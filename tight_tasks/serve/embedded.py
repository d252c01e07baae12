"""The embedded AWS that serve starts by itself: moto's server in a process of its own, in memory."""

import asyncio
import json
from collections.abc import Mapping

from tight_tasks.embedded import command
from tight_tasks.errors import CanNotStart
from tight_tasks.manifest import Manifest
from tight_tasks.serve.sources.aws import IDS

NEEDED = {
    "queue": "sqs",
    "topic": "sns",
    "stream": "dynamodb",
    "kinesis": "kinesis",
    "bucket": "s3",
    "bus": "events",
}
_STOP_S = 10.0


class EmbeddedAws:
    """Nothing until an app declares a source whose service its environment does not name."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self.endpoint = ""

    async def variables(self, declared: Manifest, variables: Mapping[str, str]) -> dict[str, str]:
        """Where the app finds it: the services that it lacks. Nothing with credentials, which are for a real account.

        Raises `CanNotStart`.
        """
        sources = [source for source in declared.sources if source.kind in NEEDED]
        needed = {NEEDED[source.kind] for source in sources}
        if any((source.model_extra or {}).get("dead_letter") for source in sources):
            needed.add("sqs")  # a stream of a table may have one as well
        variables = {name: value for name, value in variables.items() if value != self.endpoint}
        lacking = {service for service in needed if not _is_named(service, variables)}
        if _has_account(variables) or not (lacking or self._process):
            return {}
        if self._process is None:
            await self._start()
        # Tables are elsewhere mostly; the other services are what handlers send to.
        given = (IDS.keys() - {"dynamodb", "dynamodbstreams"}) | lacking
        return {f"AWS_ENDPOINT_URL_{IDS[service]}": self.endpoint for service in given}

    async def stop(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None  # it is a pipe
        self._process.stdin.close()  # with which it ends
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_S)
        except asyncio.TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._process = None

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for serve alone, which then ends it
        )
        assert self._process.stdout is not None  # it is a pipe
        line = await self._process.stdout.readline()
        if not line:
            await self.stop()
            raise CanNotStart("it has ended; what it said is above", "The embedded AWS")
        self.endpoint = json.loads(line)["endpoint"]


def misses_tables(declared: Manifest, variables: Mapping[str, str]) -> bool:
    """Whether the app has models, whose tables are neither on this machine nor in an account."""
    return bool(declared.models) and not _has_account(variables) and not _is_named("dynamodb", variables)


def _has_account(variables: Mapping[str, str]) -> bool:
    # The id of a key alone is no credential: it may be the token of serve.
    return "AWS_SECRET_ACCESS_KEY" in variables


def _is_named(service: str, variables: Mapping[str, str]) -> bool:
    local_db = service == "dynamodb" and variables.get("USE_LOCAL_DB", "").lower() in ("1", "true", "yes", "on")
    return local_db or bool(variables.get(f"AWS_ENDPOINT_URL_{IDS[service]}") or variables.get("AWS_ENDPOINT_URL"))
