"""Where an app's services live: `local_services/` of the app, a folder for each, made as that of its database."""

from pathlib import Path

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find

SERVICES = ("aws", "elasticmq", "rabbitmq")


def place_of(root: Path, service: str) -> Place:
    """The place of one of `SERVICES`; nothing is made."""
    return Place(root / "local_services" / service)


def running_services(root: Path) -> dict[str, str]:
    """The endpoint of each service that `services.run` runs for the app now."""
    found = {service: find(place_of(root, service)) for service in SERVICES}
    return {service: running.endpoint for service, (running, is_up) in found.items() if running and is_up}
