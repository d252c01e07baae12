"""What runs and what ran: the overview, one invocation, and the tests that are made of it."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tight_tasks.manifest import Manifest
from tight_tasks.serve.console import views
from tight_tasks.serve.console.made import Made, make_test
from tight_tasks.serve.console.page import Fields, Pages
from tight_tasks.serve.console.source import NotTestable
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.management import Sources, status_of


class History:
    """The pages of the journal."""

    def __init__(self, pages: Pages, functions: Functions, manifest: Callable[[], Manifest], sources: Sources) -> None:
        self._pages = pages
        self._functions = functions
        self._manifest = manifest
        self._sources = sources
        self._made: dict[str, list[Made]] = {}

    async def overview(self, _: Request) -> Response:
        return self._pages.page("overview.html", **self._now())

    async def live(self, request: Request) -> Response:
        """What changes of the overview; 304 while it has not."""
        return self._pages.unchanged(request, self._pages.page("live.html", **self._now()))

    def _now(self) -> dict[str, Any]:
        status = status_of(self._functions, self._sources)
        return {
            "functions": self._manifest().functions,
            "pools": status["functions"],
            "sources": status["sources"],
            "rows": views.rows(self._functions.journal),
        }

    async def invocation(self, request: Request) -> Response:
        entry = self._functions.journal.find(request.path_params["id"])
        return self._invocation(entry) if entry else self._pages.gone()

    def _invocation(self, entry: Entry, problem: str = "") -> Response:
        outcome = entry.outcome
        return self._pages.page(
            "invocation.html",
            422 if problem else 200,
            entry=entry,
            row=views.row(entry),
            lines=views.lines(entry.log),
            event=views.pretty(entry.payload),
            answer=views.pretty(outcome.payload) if outcome else "",
            answered=views.answered(outcome) if outcome else None,
            failure=views.failure(outcome) if outcome else None,
            made=self._made.get(entry.request_id, ()),
            problem=problem,
        )

    async def make_test(self, request: Request, _: Fields) -> Response:
        journal = self._functions.journal
        entry = journal.find(request.path_params["id"])
        if entry is None:
            return self._pages.gone()
        try:
            made = await make_test(self._functions.project, entry)
        except (NotTestable, OSError) as error:
            return self._invocation(entry, str(error))
        self._made = {each: tests for each, tests in self._made.items() if journal.find(each)}
        self._made.setdefault(entry.request_id, []).append(made)
        return self._pages.see(f"invocations/{entry.request_id}#made")
