"""Example events of a function, in the shape of each gateway: made by the gateways that real requests come through."""

import json
import re
from collections.abc import Iterable, Iterator

from tight_tasks.manifest import Function
from tight_tasks.serve.front import Gateway
from tight_tasks.serve.gateways.alb import LoadBalancer
from tight_tasks.serve.gateways.http_api import FunctionUrl, HttpApi
from tight_tasks.serve.gateways.rest import RestApi
from tight_tasks.serve.gateways.wire import Sent
from tight_tasks.serve.routes import Routes
from tight_tasks.serve.variables import ACCOUNT, API

DIRECT = "direct"
AUTHORIZER = "authorizer"
_GATEWAYS: tuple[tuple[str, Gateway], ...] = (
    ("HTTP API, payload 2.0", HttpApi()),
    ("REST API, payload 1.0", RestApi()),
    ("Function URL", FunctionUrl()),
    ("Load balancer", LoadBalancer()),
    ("Load balancer, multi-value headers", LoadBalancer(multi_value=True)),
)
SHAPES = {
    **{gateway.name: title for title, gateway in _GATEWAYS},
    DIRECT: "Direct, any JSON",
    AUTHORIZER: "Token for an authorizer",
}
_BY_NAME = {gateway.name: gateway for _, gateway in _GATEWAYS}
_PARAMETER = re.compile(r"\{[^{}/]+?(\+)?\}")
_WITH_BODY = ("POST", "PUT", "PATCH")


def targets(functions: Iterable[Function]) -> Iterator[tuple[str, str, str]]:
    """What an example can be made for: each function with each of its routes, or with none; verb and path empty."""
    for function in functions:
        for route in function.routes:
            yield function.name, route.method, route.path
        if not function.routes:
            yield function.name, "", ""


def shape_of(function: Function | None) -> str:
    """The shape that suits a function best."""
    if function is None or function.routes:
        return _GATEWAYS[0][1].name
    return AUTHORIZER if AUTHORIZER in function.triggers else DIRECT


def example(functions: Iterable[Function], method: str, path: str, shape: str) -> object:
    """An event of `shape` for a route, whose path may have parameters; an unknown shape is like a direct one."""
    gateway = _BY_NAME.get(shape)
    if gateway is not None:
        sent = request(method or "GET", path or "/")
        match = Routes(functions).find(sent.method, sent.path)
        return gateway.event(sent, match) if match else {}
    if shape == AUTHORIZER:
        arn = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:{API}/local/GET/"
        return {"type": "TOKEN", "authorizationToken": "Bearer example", "methodArn": arn}
    return {}


def request(method: str, path: str) -> Sent:
    """A request to a route, with something in the place of each parameter."""
    filled = _PARAMETER.sub(lambda parameter: "a/b" if parameter[1] else "1", path)
    headers = [("Host", "localhost"), ("Accept", "*/*"), ("User-Agent", "tight-console")]
    content = b""
    if method in _WITH_BODY:
        headers.append(("Content-Type", "application/json"))
        content = json.dumps({"name": "example"}).encode()
    return Sent(method, filled, "", tuple(headers), content, "127.0.0.1", "localhost")
