"""The task `dynamo.schema`."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find_endpoint
from tight_tasks.env import read_environment
from tight_tasks.errors import BadEnvironment, BadOption
from tight_tasks.manifest import read_manifest
from tight_tasks.project import Project
from tight_tasks.schema.files import File, compare, write
from tight_tasks.schema.formats import files_of, format_of
from tight_tasks.schema.running import account_client, compare_running, local_client
from tight_tasks.schema.table import Table, tables_of
from tight_tasks.task import task

FOLDER = Path("schemas", "dynamo")
_SAID = {
    "missing": "written",
    "stale": "changed",
    "current": "unchanged",
    "orphaned": "has no model: --prune removes it",
}


@task(
    help={
        "format": "cloudformation (the default), resource, sam, serverless, terraform or json.",
        "sub": "Leave the app's name and the stage to the files' own parameters, so that they serve every stage.",
        "stage": "The stage in the tables' names (STAGE of env.yml, else of env.dist.yml).",
        "check": "Write nothing; exit code 1 where a file is stale, missing or without a model.",
        "prune": "Remove the files that this task once wrote for models that are gone.",
        "diff": "Write nothing; compare with the tables in the local database, exit code 1 where they differ.",
        "endpoint": "With --diff: the database's address (where dynamo.run or the app's environment says).",
        "aws": "With --diff: compare with the tables of your AWS account.",
    }
)
def schema(
    c: Context,  # noqa: ARG001  # Invoke's signature
    format: str = "cloudformation",  # noqa: A002  # the option's name
    sub: bool = False,
    stage: str = "",
    check: bool = False,
    prune: bool = False,
    diff: bool = False,
    endpoint: str = "",
    aws: bool = False,
) -> None:
    """Write each model's table to schemas/dynamo/, for CloudFormation and others."""
    _check_options(check=check, prune=prune, diff=diff, endpoint=endpoint, aws=aws, sub=sub, stage=stage)
    suffix = format_of(format).suffix
    project = Project.load(Path.cwd(), stage or None)
    environment = read_environment(project)
    tables = read_tables(project, {**environment, "STAGE": stage or _stage(project, environment)})
    if not tables:
        print("There are no models in app/models.")
    if diff:
        _diff(tables, project, environment, endpoint, aws=aws)
        return
    wanted = files_of(tables, format, project.name, sub=sub)
    files = compare(project.root / FOLDER, wanted, suffix)
    if check:
        options = (
            [f"--format {format}"] * (format != "cloudformation") + ["--sub"] * sub + [f"--stage {stage}"] * bool(stage)
        )
        _check(files, project.root, options)
        return
    write(files, prune=prune)
    for file in files:
        said = "removed" if prune and file.state == "orphaned" else _SAID[file.state]
        print(f"  {_place(file, project.root)}   {said}")
    for remark in _remarks(tables, format, sub=sub):
        print(remark)


def read_tables(project: Project, environment: dict[str, str]) -> list[Table]:
    """The tables of the app's models; `environment` has its STAGE. Raises `NoManifest`, `BadModel`."""
    return tables_of(read_manifest(project, environment).models, project.name, environment["STAGE"])


def _check_options(*, check: bool, prune: bool, diff: bool, endpoint: str, aws: bool, sub: bool, stage: str) -> None:
    modes = [f"--{name}" for name, given in (("check", check), ("prune", prune), ("diff", diff)) if given]
    if len(modes) > 1:
        raise BadOption(modes[0][2:], modes[1], "choose one of them")
    if (endpoint or aws) and not diff:
        raise BadOption("endpoint" if endpoint else "aws", endpoint, "only --diff looks at a database")
    if endpoint and aws:
        raise BadOption("endpoint", endpoint, "choose this or --aws")
    if not re.fullmatch(r"[A-Za-z0-9_.-]*", stage):
        raise BadOption("stage", stage, "it is in the tables' names: write some of A-Z a-z 0-9 _ . -")
    if sub and stage:
        raise BadOption("stage", stage, "with --sub the stage is a parameter of the files")


def _stage(project: Project, environment: dict[str, str]) -> str:
    found = environment.get("STAGE") or os.environ.get("STAGE")
    if not found:
        raise BadEnvironment(
            project.root / "env.dist.yml", "there is no STAGE, which is in the tables' names: write STAGE: dev there"
        )
    return found


def _check(files: Sequence[File], root: Path, options: Sequence[str]) -> None:
    outdated = [file for file in files if file.state != "current"]
    for file in outdated:
        print(f"  {_place(file, root)}   {'has no model' if file.state == 'orphaned' else file.state}")
        for line in file.diff():
            print(f"    {line}")
    if outdated:
        pruned = ["--prune"] if any(file.state == "orphaned" for file in outdated) else []
        command = " ".join(["invoke dynamo.schema", *options, *pruned])
        raise Exit(f"Out of date: {len(outdated)} of {len(files)}. Run {command}", code=1)
    print(f"Up to date: {len(files)} of {len(files)}.")


def _diff(tables: Sequence[Table], project: Project, environment: dict[str, str], endpoint: str, *, aws: bool) -> None:
    region = environment.get("AWS_REGION", project.region)
    where = endpoint or find_endpoint(Place.of(project.root), {**os.environ, **environment})
    if aws:
        where, client = f"AWS in {region}", account_client(region)
    elif where:
        client = local_client(where, region)
    else:
        raise BadOption(
            "diff",
            "",
            "start one with invoke dynamo.run, or name it: --endpoint URL, USE_LOCAL_DB: true in env.yml, --aws",
        )
    differ = 0
    for table, lines in compare_running(client, tables):
        said = "is not there" if lines is None else "differs" if lines else "is as its model says"
        print(f"  {table.name}   {said}")
        for line in lines or ():
            print(f"    {line}")
        differ += lines != []
    if differ:
        raise Exit(f"{differ} of {len(tables)} tables at {where} differ from their models", code=1)


def _remarks(tables: Sequence[Table], format_name: str, *, sub: bool) -> list[str]:
    alike = [
        f"{table.name} is not named NAME-STAGE-...: it is one table for every stage."
        for table in tables
        if not table.suffix
    ]
    expiring = [
        f"No request to create {table.name} can say that {table.model.ttl} is its time to live: after it, run aws"
        f" dynamodb update-time-to-live --table-name {table.name}"
        f" --time-to-live-specification Enabled=true,AttributeName={table.model.ttl}"
        for table in tables
        if format_name == "json" and table.model.ttl
    ]
    return [*(alike if sub else []), *expiring]


def _place(file: File, root: Path) -> str:
    return file.path.relative_to(root).as_posix()
