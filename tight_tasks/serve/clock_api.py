"""The clock of the schedules, below /_tight/clock: what it says, and a virtual one moved on."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tight_tasks.serve.sources.clock import Clock, Fired, NoVirtualClock, duration

PREFIX = "/_tight/clock"


def clock_routes(clock: Clock) -> list[BaseRoute]:
    """GET gives `now` and whether it is `virtual`; POST .../tick?by=1h goes on by that much and gives what `fired`."""

    async def now(_: Request) -> Response:
        return JSONResponse({"now": _written(clock.now()), "virtual": clock.is_virtual})

    async def tick(request: Request) -> Response:
        try:
            fired = await clock.tick(duration(request.query_params.get("by", "")))
        except NoVirtualClock as error:
            return PlainTextResponse(str(error), 409)
        except (ValueError, OverflowError) as error:
            return PlainTextResponse(str(error), 400)
        return JSONResponse({"now": _written(clock.now()), "fired": [_plain(each) for each in fired]})

    return [Route(PREFIX, now), Route(f"{PREFIX}/tick", tick, methods=["POST"])]


def _plain(fired: Fired) -> dict[str, Any]:
    return {
        "time": _written(fired.time),
        "function": fired.function,
        "schedule": fired.schedule,
        "result": fired.result,
    }


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
