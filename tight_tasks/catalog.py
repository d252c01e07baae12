"""The table of contents of Tight's tasks."""

from invoke.collection import Collection

from tight_tasks import generate
from tight_tasks.testing import run_tests


def catalog() -> Collection:
    """The tasks of an app: `generate.function`, `generate.model`, `test`."""
    return Collection(run_tests, generate=Collection.from_module(generate))
