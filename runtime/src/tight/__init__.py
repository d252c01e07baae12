"""Tight's runtime: what a handler imports inside AWS Lambda.

Names load from their modules on first use (PEP 562), so a function pays at cold start only for what it names.
"""

from importlib import import_module

TYPE_CHECKING = False  # a constant of our own: importing `typing` would cost every cold start 3 ms
if TYPE_CHECKING:
    from tight import log
    from tight.authorizers import allow, authorizer, deny, unauthorized
    from tight.clients.aws import client, resource, session
    from tight.clients.values import parameter, secret
    from tight.cors import Cors
    from tight.errors import TightError
    from tight.exits import exit_with_response
    from tight.handlers import Response, delete, get, head, options, patch, post, put
    from tight.http import error, set_default_headers
    from tight.invoked import direct
    from tight.metrics import metric
    from tight.middleware import wrap, wrap_all
    from tight.request import Request
    from tight.snapstart import after_restore, before_snapshot

__all__ = [
    "Cors",
    "Request",
    "Response",
    "TightError",
    "after_restore",
    "allow",
    "authorizer",
    "before_snapshot",
    "client",
    "delete",
    "deny",
    "direct",
    "error",
    "exit_with_response",
    "get",
    "head",
    "log",
    "metric",
    "options",
    "parameter",
    "patch",
    "post",
    "put",
    "resource",
    "secret",
    "session",
    "set_default_headers",
    "unauthorized",
    "wrap",
    "wrap_all",
]

_HOMES = {
    "Cors": "tight.cors",
    "Request": "tight.request",
    "Response": "tight.handlers",
    "TightError": "tight.errors",
    "after_restore": "tight.snapstart",
    "allow": "tight.authorizers",
    "authorizer": "tight.authorizers",
    "before_snapshot": "tight.snapstart",
    "client": "tight.clients.aws",
    "delete": "tight.handlers",
    "deny": "tight.authorizers",
    "direct": "tight.invoked",
    "error": "tight.http",
    "exit_with_response": "tight.exits",
    "get": "tight.handlers",
    "head": "tight.handlers",
    "log": "tight.log",
    "metric": "tight.metrics",
    "options": "tight.handlers",
    "parameter": "tight.clients.values",
    "patch": "tight.handlers",
    "post": "tight.handlers",
    "put": "tight.handlers",
    "resource": "tight.clients.aws",
    "secret": "tight.clients.values",
    "session": "tight.clients.aws",
    "set_default_headers": "tight.http",
    "unauthorized": "tight.authorizers",
    "wrap": "tight.middleware",
    "wrap_all": "tight.middleware",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(home)
    return module if home == f"{__name__}.{name}" else getattr(module, name)


def __dir__() -> list[str]:
    return __all__
