"""The console of the local Lambda, at /_tight/: what runs, what ran, and a way to send it more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from tight_tasks.manifest import Manifest
from tight_tasks.serve.console.history import History
from tight_tasks.serve.console.page import HEADERS, Pages
from tight_tasks.serve.console.sending import Sending
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.management import PREFIX, Sources


def routes(functions: Functions, manifest: Callable[[], Manifest], front: ASGIApp, sources: Sources) -> list[BaseRoute]:
    """The console's routes. `manifest` gives what the app declares now, `front` answers plain requests."""
    pages = Pages(functions.project.name)
    history, sending = History(pages, functions, manifest, sources), Sending(pages, functions, manifest, front)
    form = pages.form
    return [
        Route(PREFIX, history.overview),
        Route(f"{PREFIX}live", history.live),
        Route(f"{PREFIX}invocations/{{id}}", history.invocation),
        Route(f"{PREFIX}invocations/{{id}}/test", form(history.make_test), methods=["POST"]),
        Route(f"{PREFIX}invocations/{{id}}/replay", form(sending.replay), methods=["POST"]),
        Route(f"{PREFIX}send", sending.event_form, methods=["GET"]),
        Route(f"{PREFIX}send", form(sending.send_event), methods=["POST"]),
        Route(f"{PREFIX}request", sending.request_form, methods=["GET"]),
        Route(f"{PREFIX}request", form(sending.send_request), methods=["POST"]),
        Mount(f"{PREFIX}static", _Static(directory=Path(__file__).parent / "static")),
    ]


class _Static(StaticFiles):
    """Files beside this module, with the headers of the pages."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        answer = super().file_response(*arguments, **options)
        answer.headers.update({**HEADERS, "cache-control": "no-cache"})
        return answer
