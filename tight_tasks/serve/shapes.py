"""The event shapes that a front speaks, and what stands in front of the functions of an app."""

import logging
from collections.abc import Callable, Mapping

from tight_tasks.manifest import Manifest
from tight_tasks.project import Project
from tight_tasks.serve.authorization import authorizers_of
from tight_tasks.serve.custom import MakeContext, MakeEvent, makers
from tight_tasks.serve.front import Gateway, Manners
from tight_tasks.serve.gateways.alb import LoadBalancer
from tight_tasks.serve.gateways.http_api import FunctionUrl, HttpApi
from tight_tasks.serve.gateways.rest import RestApi
from tight_tasks.serve.invoker import Invoker
from tight_tasks.serve.routes import Routes

_log = logging.getLogger(__name__)

GATEWAYS: Mapping[str, Gateway] = {
    gateway.name: gateway
    for gateway in (RestApi(), HttpApi(), FunctionUrl(), LoadBalancer(), LoadBalancer(multi_value=True))
}


def shape_of(project: Project, payload: str | None) -> Callable[[str | None], str]:
    """The shape of a function's events, a key of `GATEWAYS`: `payload`, else the function's own, else the app's."""

    def shape(function: str | None) -> str:
        own = project.function(function).payload if function else None
        return payload or own or project.serve.payload

    return shape


def manners_of(
    project: Project,
    manifest: Manifest,
    functions: Invoker,
    payload: str | None = None,
    events: Mapping[str, MakeEvent] | None = None,
    contexts: Mapping[str, MakeContext] | None = None,
) -> Manners:
    """What tight.yml says, and over it what is given. Raises `BadSetting`, `BadKeys`."""
    shape = shape_of(project, payload)
    routes = Routes(manifest.functions)
    for one, other in routes.twins():
        said = f"{one.method} {one.template}"
        _log.warning("%s is a route of %s and of %s: %s answers it", said, one.function, other.function, one.function)
    names = [function.name for function in manifest.functions]
    return Manners(
        routes,
        {name: GATEWAYS[shape(name)] for name in (None, *names)},
        authorizers_of(project, names, functions, shape),
        {**makers(project, names, "event"), **(events or {})},
        {**makers(project, names, "context"), **(contexts or {})},
    )
