"""Who is connected to any worker of a host. Each answers for its own, and passes on what is for another's.

The number of the worker follows from the connection's id, so that nobody has to keep a list of all.
"""

import http.client
import zlib
from collections.abc import Sequence
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tight_tasks.serve.gateways.websocket import new_id
from tight_tasks.serve.sources.connections import Connections

_LIMIT_S = 5.0  # for another worker, which may be about to start anew
_KEPT = ("content-type", "x-amzn-errortype")


class SharedConnections(Connections):
    """Those of worker `number`; `ports` has those of the workers' management APIs, by their numbers."""

    def __init__(self, ports: Sequence[int], number: int) -> None:
        super().__init__(binary=True)
        self._ports = ports
        self._number = number

    def new_id(self) -> str:
        while True:
            made = new_id()
            if self._owner(made) == self._number:
                return made

    async def missing(self, request: Request) -> Response:
        owner = self._owner(request.path_params["id"])
        if owner == self._number:
            return await super().missing(request)
        path = f"/@connections/{quote(request.path_params['id'])}"
        body = await request.body()
        try:
            return await run_in_threadpool(_ask, self._ports[owner], request.method, path, body)
        except OSError:
            return await super().missing(request)  # it has ended, and its connections with it

    def _owner(self, connection_id: str) -> int:
        return zlib.crc32(connection_id.encode()) % len(self._ports)


def _ask(port: int, method: str, path: str, body: bytes) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LIMIT_S)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in _KEPT}
        return Response(answer.read(), answer.status, kept)
    finally:
        connection.close()
