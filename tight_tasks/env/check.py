"""Compares what an app's code reads with what the app declares."""

from collections.abc import Iterator
from dataclasses import dataclass

from tight_tasks.env.reads import Read, find_reads
from tight_tasks.env_files import DIST, read_variables
from tight_tasks.project import Project
from tight_tasks.variables import RESERVED, SET_BY_LAMBDA

# What Tight itself reads for an app: names of tables, the local database, the log.
_READ_BY_TIGHT = frozenset({"CI", "LOG_LEVEL", "NAME", "STAGE", "USE_LOCAL_DB"})
_AWS = ("AWS_", "POWERTOOLS_", "PYTHON")  # read by boto3, Powertools and Python


@dataclass(frozen=True)
class Comparison:
    """`undeclared` are reads of names that nothing sets; `unread` are names that no module of the app reads."""

    undeclared: list[Read]
    unread: list[str]

    def lines(self) -> Iterator[str]:
        """For a person."""
        for read in self.undeclared:
            yield f"{read.file}:{read.line}: {read.name} is read, but not in {DIST}"
        for name in self.unread:
            yield f"{name} is in {DIST}, but the app's code does not read it"
        if not self.undeclared:
            yield f"Every variable that the app's code reads is in {DIST}, in tight.yml or Lambda's own."


def compare(project: Project) -> Comparison:
    """What the app's code reads against env.dist.yml, tight.yml and Lambda's own variables. Raises `BadSource`.

    What env.yml has alone is a gap: nobody else has it.
    """
    reads = find_reads(project)
    declared = {*read_variables(project.root / DIST), "NAME"}
    stages = project.stages.values()
    layers = [project.defaults, *project.functions.values(), *stages]
    layers += [function for stage in stages for function in stage.functions.values()]
    in_settings = {name for layer in layers for name in layer.env}
    known = declared | in_settings | RESERVED | SET_BY_LAMBDA
    read = {each.name for each in reads} | _READ_BY_TIGHT
    return Comparison(
        undeclared=[each for each in reads if each.name not in known],
        unread=sorted(name for name in declared - read if not name.startswith(_AWS)),
    )
