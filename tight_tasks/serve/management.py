"""What the local Lambda offers besides the app's own routes: its status, as JSON, below /_tight/."""

import time
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from tight_tasks.serve.functions import Functions

PREFIX = "/_tight/"


Sources = Callable[[], list[dict[str, Any]]]
"""Gives what each source of events says of itself."""


def status_of(functions: Functions, sources: Sources) -> dict[str, Any]:
    """Every environment: state, process, requests served, age in seconds, memory in MB and last error.

    Every source: what it is, what it has delivered, and what is wrong with it.
    """
    return {
        "functions": {
            name: {
                "waiting": pool.waiting,
                "environments": [
                    {
                        "name": environment.name,
                        "state": environment.state.value,
                        "pid": environment.pid,
                        "served": environment.served,
                        "starts": environment.starts,
                        "age_s": round(time.time() - environment.started_at, 1) if environment.pid else None,
                        "memory_mb": environment.memory_mb,
                        "peak_mb": environment.peak_mb,
                        "last_error": environment.last_error,
                    }
                    for environment in pool.environments
                ],
            }
            for name, pool in functions.pools.items()
        },
        "sources": sources(),
    }


def management(functions: Functions, sources: Sources, more: "list[BaseRoute]") -> Starlette:
    """The ASGI app of everything below /_tight/ and of AWS's Lambda API, of which `more` brings the rest."""

    async def status(_: Request) -> JSONResponse:
        return JSONResponse(status_of(functions, sources))

    return Starlette(routes=[Route(f"{PREFIX}status", status), *more])
