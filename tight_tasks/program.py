"""The program `tight`: the tasks of an app, without a tasks.py."""

from importlib.metadata import version

from invoke.program import Program

from tight_tasks.catalog import catalog


def main() -> None:
    Program(name="tight", binary="tight", namespace=catalog(), version=version("tight-tasks")).run()
