"""The hello of tomodachi; what stands in HTTP_OPTIONS replaces its own settings of its server."""

import json
import os

import tomodachi


class Hello(tomodachi.Service):
    name = "hello"
    options = tomodachi.Options(
        http=tomodachi.Options.HTTP(port=int(os.environ["PORT"]), **json.loads(os.environ["HTTP_OPTIONS"]))
    )

    @tomodachi.http("GET", r"/hello/(?P<name>[^/]+?)/?")
    async def hello(self, request: object, name: str) -> tomodachi.HttpResponse:  # noqa: ARG002  # tomodachi gives it
        body = json.dumps({"hello": name}, separators=(",", ":"))
        return tomodachi.HttpResponse(body=body, content_type="application/json")
