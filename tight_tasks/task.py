"""Tight's own `@task`: Invoke's, which tells a refusal as one sentence."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from invoke.exceptions import Exit, ParseError
from invoke.parser import argument
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from tight_tasks.errors import TaskError

_BROKEN_PIPE = 141  # as a shell tells a program that SIGPIPE ended


class Argument(argument.Argument):
    """Invoke's, but what is no number is wrong usage without a traceback, and so is a list's option without a value.

    A task's --help, which Invoke would take for what it needs first, is wrong usage too.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.raw_value = None  # Invoke gives a list an empty one, and takes that for a value
        self._reads = self.kind
        if self.kind is float:
            self.kind = str  # Invoke's help shows that a value follows for text and whole numbers alone

    def set_value(self, value: Any, cast: bool = True) -> None:
        if self.positional and value in ("--help", "-h"):
            raise ParseError(f"{value} stands in the place of {self.name}: write it before the task's name")
        try:
            super().set_value(value, cast)
            if self._reads is float:
                self._value = float(value)
        except ValueError as error:
            wanted = "a number" if self._reads is float else "a whole number"
            raise ParseError(f"--{self.name} {value}: write {wanted}") from error


class _Task(Task["Callable[..., None]"]):
    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[argument.Argument]:
        kinds = (int, float, list)
        arguments = super().get_arguments(ignore_unknown_help)
        return [_checked(each) if each.kind in kinds or each.positional else each for each in arguments]


def _checked(plain: argument.Argument) -> Argument:
    return Argument(
        names=plain.names,
        kind=plain.kind,
        default=plain.default,
        help=plain.help,
        positional=plain.positional,
        attr_name=plain.attr_name,
    )


def task(**options: Any) -> Callable[[Callable[..., None]], "Task[Callable[..., None]]"]:
    """Invoke's `@task(...)`; a `TaskError` ends the program with its text and exit code 2, after its traceback where
    Invoke's `--debug` is given. So does a file that this user may not read or write.
    """

    def decorate(function: Callable[..., None]) -> "Task[Callable[..., None]]":
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                with ends_quietly():
                    function(*args, **kwargs)
            except (TaskError, PermissionError) as error:
                logging.getLogger("invoke").debug("refused", exc_info=True)  # which --debug turns on
                raise Exit(_sentence(error), code=2) from error

        made: Task[Callable[..., None]] = invoke_task(klass=_Task, **options)(guarded)
        return made

    return decorate


def _sentence(error: TaskError | PermissionError) -> str:
    if isinstance(error, TaskError) or error.filename is None:
        return str(error)
    return f"{error.filename} can't be used: {error.strerror}; give this user the right to it"


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
