"""Tight's runtime: what a handler imports inside AWS Lambda.

Names load from their modules on first use (PEP 562), so a function pays at cold start only for what it names.
"""

from importlib import import_module

TYPE_CHECKING = False  # a constant of our own: importing `typing` would cost every cold start 3 ms
if TYPE_CHECKING:
    from tight.errors import TightError
    from tight.http import delete, get, head, options, patch, post, put
    from tight.response import Response

__all__ = ["Response", "TightError", "delete", "get", "head", "options", "patch", "post", "put"]

_HOMES = {
    "Response": "tight.response",
    "TightError": "tight.errors",
    "delete": "tight.http",
    "get": "tight.http",
    "head": "tight.http",
    "options": "tight.http",
    "patch": "tight.http",
    "post": "tight.http",
    "put": "tight.http",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
