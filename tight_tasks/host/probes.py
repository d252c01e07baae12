"""What a container's platform asks a host: whether it lives, and whether it wants requests."""

import json
from enum import Enum

from tight_tasks.serve.front import Receive, Scope, Send

PREFIX = "/_tight/"


class State(Enum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


class Probes:
    """An ASGI app. `/_tight/health` is 200 as long as the loop turns, `/_tight/ready` 503 unless `state` is READY."""

    def __init__(self) -> None:
        self.state = State.STARTING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        status, word = self._answer(scope["path"].removeprefix(PREFIX))
        content = json.dumps({"status": word}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    def _answer(self, name: str) -> tuple[int, str]:
        if name == "health":
            return 200, "ok"
        if name == "ready":
            return 200 if self.state is State.READY else 503, self.state.value
        return 404, "not found"
