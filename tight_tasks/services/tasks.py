"""The tasks of an app's services."""

import signal
from pathlib import Path

from invoke.context import Context

from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.services import elasticmq
from tight_tasks.services.place import place_of
from tight_tasks.services.run import run_services
from tight_tasks.task import task


@task(help={"service": "What to install: elasticmq.", "force": "Get it anew where it is installed."})
def install(c: Context, service: str, force: bool = False) -> None:  # noqa: ARG001  # Invoke's signature
    """Install a service in local_services/: ElasticMQ, from Maven Central."""
    if service != "elasticmq":
        raise BadOption("service", service, "elasticmq alone is installed so; RabbitMQ is your system's package")
    place = place_of(Project.load(Path.cwd()).root, service)
    if elasticmq.is_installed(place.engine) and not force:
        print(f"ElasticMQ is installed in {place.engine}: --force gets it anew.")
        return
    print("Getting ElasticMQ from Maven Central.", flush=True)
    elasticmq.install(place)
    print(f"ElasticMQ is installed in {place.engine}: invoke services.run starts it.")


@task()
def run(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """Run what the app's sources of events need and this machine has, until Ctrl-C."""
    project = Project.load(Path.cwd())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_services(project, lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        print()  # beside the ^C that a terminal shows
        print("The services are down.", flush=True)
