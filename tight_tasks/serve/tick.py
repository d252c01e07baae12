"""The task `serve.tick`."""

import json
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

from invoke.context import Context

from tight_tasks.errors import CanNotTick
from tight_tasks.project import Project
from tight_tasks.task import task

_LIMIT_S = 3600.0  # of the functions together, which run one after the other


@task(
    positional=["by"],
    help={
        "by": "How far: 1h, 90s, 2d, 1h30m.",
        "url": "Where invoke serve listens (the host and port of tight.yml).",
        "token": "Its token, where it asks for one.",
        "target": "The app's folder (here).",
    },
)
def tick(
    c: Context,  # noqa: ARG001  # Invoke's signature
    by: str,
    url: str = "",
    token: str = "",
    target: str = "",
) -> None:
    """Move the virtual clock of `invoke serve --at` on: what falls due runs in its order."""
    settings = Project.load(Path(target).absolute()).serve
    address = url or f"http://{settings.host}:{settings.port}"
    answer = _post(f"{address.rstrip('/')}/_tight/clock/tick?by={quote(by)}", token)
    for fired in answer["fired"]:
        print(f"{fired['time']}  {fired['function']} {fired['schedule']}: {fired['result']}")
    print(f"It is {answer['now']}.")


def _post(url: str, token: str) -> dict[str, Any]:
    """Raises `CanNotTick`."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
    try:
        with opener.open(urllib.request.Request(url, b"", headers), timeout=_LIMIT_S) as reply:  # noqa: S310  # as told
            found: dict[str, Any] = json.load(reply)
            return found
    except HTTPError as error:
        with error:
            raise CanNotTick(url, error.read().decode("utf-8", "replace").strip()) from error
    except (OSError, HTTPException, ValueError) as error:  # also where it ends before it has answered
        reason = " ".join(f"{getattr(error, 'reason', error)}".split())
        raise CanNotTick(url, f"{reason}: start invoke serve --at first, or give --url") from error
