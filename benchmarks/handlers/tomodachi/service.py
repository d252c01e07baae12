"""The hello of tomodachi, which keeps connections and logs no requests, as the host does."""

import json
import os

import tomodachi


class Hello(tomodachi.Service):
    name = "hello"
    options = tomodachi.Options(
        http=tomodachi.Options.HTTP(port=int(os.environ["PORT"]), access_log=False, keepalive_timeout=75)
    )

    @tomodachi.http("GET", r"/hello/(?P<name>[^/]+?)/?")
    async def hello(self, request: object, name: str) -> tomodachi.HttpResponse:  # noqa: ARG002  # tomodachi gives it
        body = json.dumps({"hello": name}, separators=(",", ":"))
        return tomodachi.HttpResponse(body=body, content_type="application/json")
