"""What a front, an authorizer and a source need of the functions, wherever these run."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from tight_tasks.project import Project
from tight_tasks.serve.journal import Entry, Journal

Result = TypeVar("Result")


class Invoker(Protocol):
    """`pools` has the functions by name: in environments of their own (`Functions`), or in this process (`Inline`)."""

    project: Project
    journal: Journal

    @property
    def pools(self) -> Mapping[str, object]: ...

    async def invoke(
        self,
        name: str,
        payload: bytes,
        *,
        cause: str = "invoke",
        trace_id: str = "",
        client_context: "str | Mapping[str, object]" = "",
        request_id: str = "",
        timeout: float | None = None,
    ) -> Entry:
        """The journal's entry of the invocation, with its outcome. Raises a `ServeError` where it can't be asked."""

    def may_outlast(self, name: str, limit_s: float) -> bool:
        """Whether it may run longer."""

    def later(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """Work that nobody has to wait for; it ends with the functions."""

    def arn(self, name: str) -> str: ...
