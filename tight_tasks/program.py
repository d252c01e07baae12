"""The program `tight`: the tasks of an app, without a tasks.py."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from invoke.collection import Collection
from invoke.exceptions import Exit, ParseError
from invoke.program import Program

from tight_tasks.errors import TaskError
from tight_tasks.host.task import host
from tight_tasks.task import ends_quietly
from tight_tasks.words import translate


class _Program(Program):
    """Invoke's program, with exit code 2 for what it can't parse, as programs have for wrong usage."""

    def parse_core(self, argv: list[str] | None) -> None:
        with _parsing():
            super().parse_core(argv)

    def parse_tasks(self) -> None:
        with _parsing():
            super().parse_tasks()

    def parse_cleanup(self) -> None:
        with _parsing():
            super().parse_cleanup()


@contextmanager
def _parsing() -> Iterator[None]:
    try:
        yield
    except ParseError as error:
        # Of a flag without its value Invoke shows the object.
        raise Exit(re.sub(r"<Argument: ([\w-]+)[^>]*>", r"'--\1'", str(error)), code=2) from error


def main() -> None:
    """Run the task that the command line names, in the words of today or of Tight 0.1."""
    try:
        arguments = translate(sys.argv[1:])
        tasks = _tasks(arguments)
    except TaskError as error:
        sys.exit(_refuse(error))
    program = _Program(name="tight", binary="tight", namespace=tasks, version=version("tight-tasks"))
    with ends_quietly():
        program.run([sys.argv[0], *arguments])


def _tasks(arguments: list[str]) -> Collection:
    """All of them; where the host is asked for, that one alone: a container has nothing of what the others import."""
    if arguments[:1] == ["host"]:
        return Collection(host)
    from tight_tasks import tasks

    return tasks()


def _refuse(error: TaskError) -> int:
    print(error, file=sys.stderr)
    return 2
