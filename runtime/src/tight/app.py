"""From the name in a handler string to the controller of that one folder.

    # app_index.py
    from tight.app import controllers as _controllers

    __getattr__ = _controllers("app.functions")

AWS's runtime client looks up `app_index.accounts`; Python asks `__getattr__`, which imports
`app/functions/accounts/handler.py` and nothing else, in Lambda's init phase.
"""

from importlib import import_module

from tight.errors import ControllerImportError, NoHandler
from tight.marks import marks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    LambdaHandler = Callable[[dict[str, Any], object], object]


def controllers(package: str) -> "Callable[[str], LambdaHandler]":
    """A module `__getattr__` that gives the handler of each folder of `package`, built once.

    A folder is a function when it holds `handler.py`. A name without one is an `AttributeError`; any error inside
    the folder's code surfaces as itself, but for an `AttributeError`, which becomes a `ControllerImportError`.
    """
    built: dict[str, LambdaHandler] = {}

    def handler_of(name: str) -> "LambdaHandler":
        if name not in built:
            built[name] = _build(package, name)
        return built[name]

    return handler_of


def _build(package: str, name: str) -> "LambdaHandler":
    path = f"{package}.{name}.handler"
    missing = AttributeError(f"no function {name!r}: there is no {path.replace('.', '/')}.py")
    if name.startswith("_"):  # Python itself asks modules for names such as __path__
        raise missing
    try:
        module = import_module(path)
    except ModuleNotFoundError as error:
        if error.name in (path, f"{package}.{name}"):
            raise missing from None
        raise
    except AttributeError as error:
        raise ControllerImportError(path, error) from error
    if marks_of(module):
        from tight.controller import Controller

        return Controller(name, module)
    # A function that wants nothing of Tight.
    handler: LambdaHandler | None = getattr(module, "handler", None)
    if handler is None:
        raise NoHandler(path)
    return handler
