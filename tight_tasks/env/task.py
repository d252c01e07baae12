"""The task `env`."""

import os
import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.env.check import compare
from tight_tasks.env.file import write_environment
from tight_tasks.env.merge import merge_environment
from tight_tasks.env.show import FORMS, render
from tight_tasks.env_files import DIST, OWN
from tight_tasks.errors import BadOption, NoEnvironment
from tight_tasks.project import Project
from tight_tasks.task import task


@task(
    help={
        "format": "How to print it: yaml, dotenv or json (yaml).",
        "show": "Print values that look secret too.",
        "check": "Write nothing; say which variables the code reads that env.dist.yml does not have.",
        "fresh": "Forget what env.yml says: shell and defaults only.",
        "project": "The app's folder (here).",
        "target": "The same, as Tight 0.1 called it.",
    }
)
def env(
    c: Context,  # noqa: ARG001  # Invoke's signature
    format: str = "yaml",  # noqa: A002  # the option's name
    show: bool = False,
    check: bool = False,
    fresh: bool = False,
    project: str = "",
    target: str = "",
) -> None:
    """Merge env.dist.yml, env.yml and the shell into env.yml, and print it; the exit code of --check is 1 for a gap."""
    if format not in FORMS:
        raise BadOption("format", format, f"choose one of {', '.join(FORMS)}")
    if project and target:
        raise BadOption("target", target, "is --project by its old name: give one of them")
    app = Project.load(Path(project or target).absolute())
    if not (app.root / DIST).is_file():
        raise NoEnvironment(app.root / DIST)
    if check:
        comparison = compare(app)
        for line in comparison.lines():
            print(line)
        if comparison.undeclared:
            raise Exit(code=1)
        return
    variables = merge_environment(app, os.environ, fresh=fresh)
    text = render(variables, format, show=show)
    write_environment(app.root, variables)
    print(text)
    masked = [variable.name for variable in variables if variable.is_secret]
    if masked and not show:
        print(f"Masked, but whole in {OWN}: {', '.join(masked)} (--show prints them).", file=sys.stderr)
