"""The table of contents of Tight's tasks."""

from invoke.collection import Collection

from tight_tasks import generate
from tight_tasks.testing import run_tests
from tight_tasks.update import update


def catalog() -> Collection:
    """The tasks of an app, and `generate.app`, which makes one."""
    return Collection(run_tests, update, generate=Collection.from_module(generate))
