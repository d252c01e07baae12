"""The task `amqp.definitions`."""

import json
from pathlib import Path

from invoke.context import Context

from tight_tasks.amqp.definitions import definitions as define
from tight_tasks.env import read_environment
from tight_tasks.errors import CanNotWrite
from tight_tasks.manifest import read_manifest
from tight_tasks.project import Project
from tight_tasks.task import task


@task(
    help={
        "virtual-host": "The virtual host that they are for (/).",
        "output": "A file to write them to, in place of the terminal.",
    }
)
def definitions(c: Context, virtual_host: str = "/", output: str = "") -> None:  # noqa: ARG001  # Invoke's signature
    """Print the exchanges, queues and bindings of the app's @amqp handlers, for rabbitmqctl import_definitions."""
    project = Project.load(Path.cwd())
    variables = read_environment(project)
    functions = read_manifest(project, variables).functions
    found = define(functions, virtual_host, variables.get("TIGHT_PREFIX", ""))
    text = json.dumps(found, indent=2)
    if not output:
        print(text)
        return
    try:
        Path(output).write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CanNotWrite(Path(output), error.strerror or str(error)) from error
    print(f"  {output}   queues {len(found['queues'])} · exchanges {len(found['exchanges'])}")
