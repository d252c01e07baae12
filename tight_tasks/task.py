"""Tight's own `@task`: Invoke's, which tells a refusal as one sentence."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from invoke.exceptions import Exit
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from tight_tasks.errors import TaskError

_BROKEN_PIPE = 141  # as a shell tells a program that SIGPIPE ended


def task(**options: Any) -> Callable[[Callable[..., None]], "Task[Callable[..., None]]"]:
    """Invoke's `@task(...)`; a `TaskError` ends the program with its text and exit code 2, after its traceback where
    Invoke's `--debug` is given.
    """

    def decorate(function: Callable[..., None]) -> "Task[Callable[..., None]]":
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                with ends_quietly():
                    function(*args, **kwargs)
            except TaskError as error:
                logging.getLogger("invoke").debug("refused", exc_info=True)  # which --debug turns on
                raise Exit(str(error), code=2) from error

        made: Task[Callable[..., None]] = invoke_task(**options)(guarded)
        return made

    return decorate


@contextmanager
def ends_quietly() -> Iterator[None]:
    """Ends the program without a word when whoever reads its output, such as head, has read enough."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left would be written, and fail, once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_BROKEN_PIPE)
