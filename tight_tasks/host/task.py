"""The task `host`. It needs Invoke and the extra `host`, nothing else: a container has no more."""

import asyncio
import os
import sys
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.task import task

if TYPE_CHECKING:
    from tight_tasks.host.options import Options


@task(
    help={
        "host": "Where to listen (127.0.0.1; 0.0.0.0 in a container).",
        "port": "Port (8080).",
        "payload": "Event shape: 1.0, 2.0, url, alb, 'alb multi-value' (2.0).",
        "workers": "Processes that share the port (1).",
        "threads": "Sync handlers that run at a time, in each process (40).",
        "competing": "Leave schedules, streams and the like to another container.",
        "notice": "Seconds for which /_tight/ready tells of the end before anything is refused (0).",
        "grace": "Seconds that what runs has to come to its end after that (30).",
        "target": "The app's folder (here).",
    }
)
def host(
    c: Context,  # noqa: ARG001  # Invoke's signature
    host: str = "",
    port: int = -1,
    payload: str = "",
    workers: int = 1,
    threads: int = 40,
    competing: bool = False,
    notice: float = 0.0,
    grace: float = 30.0,
    target: str = "",
) -> None:
    """Run the app as a long-lived service, for a container, until SIGTERM or Ctrl-C."""
    from tight_tasks.host.options import Options  # what follows imports uvicorn, which no other task should wait for
    from tight_tasks.serve.shapes import GATEWAYS

    project = Project.load(Path(target).absolute())
    if payload and payload not in GATEWAYS:
        raise BadOption("payload", payload, f"there are {', '.join(GATEWAYS)}")
    for name, value, least in (
        ("workers", workers, 1),
        ("threads", threads, 1),
        ("notice", notice, 0),
        ("grace", grace, 0),
    ):
        if not least <= value < inf:  # which nan is not either
            raise BadOption(name, f"{value}", f"write a number from {least} on")
    options = Options(
        host or project.serve.host,
        project.serve.port if port < 0 else port,
        payload or None,
        workers,
        threads,
        competing,
        notice,
        grace,
    )
    code = _serve(project, options)
    if code:
        raise Exit(code=code)


def _serve(project: Project, options: "Options") -> int:
    from tight_tasks.env import read_environment
    from tight_tasks.host.service import Service
    from tight_tasks.host.sockets import management_listeners
    from tight_tasks.host.workers import work_alone, work_together
    from tight_tasks.manifest import read_manifest
    from tight_tasks.serve.inline import variables_of
    from tight_tasks.serve.web import listen

    variables = read_environment(project)
    manifest = read_manifest(project, variables)
    variables |= variables_of(project, [function.name for function in manifest.functions])
    listener = listen(options.host, options.port)
    management = management_listeners(manifest, options.workers)
    os.environ.update(variables)
    sys.path.insert(0, str(project.root))

    async def work(number: int, end: asyncio.Event) -> bool:
        return await Service(project, manifest, options, number, management).run(listener, end)

    return work_alone(work) if options.workers == 1 else work_together(work, options.workers)
