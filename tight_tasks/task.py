"""Tight's own `@task`: Invoke's, which tells a refusal as one sentence."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from invoke.exceptions import Exit
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from tight_tasks.errors import TaskError


def task(**options: Any) -> Callable[[Callable[..., None]], "Task[Callable[..., None]]"]:
    """Invoke's `@task(...)`; a `TaskError` ends the program with its text and exit code 2."""

    def decorate(function: Callable[..., None]) -> "Task[Callable[..., None]]":
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                function(*args, **kwargs)
            except TaskError as error:
                raise Exit(str(error), code=2) from error

        made: Task[Callable[..., None]] = invoke_task(**options)(guarded)
        return made

    return decorate
