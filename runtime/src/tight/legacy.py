"""The app of Tight 0.1: `from tight.providers.aws.lambda_app import app` and `app.run()` in `app_index.py`.

It puts the functions on the entry module, each imported when it is called for. New apps have one line instead: see
`tight.app`.
"""

import sys
from importlib import import_module
from types import ModuleType

from tight import log
from tight.app import Controllers, controllers
from tight.errors import AppNotRunnable
from tight.functions import functions_of

_FUNCTIONS = "app.functions"


def collect_controllers(package: str = _FUNCTIONS) -> list[str]:
    """The names of the app's functions, sorted."""
    return list(functions_of(package))


def create(current_module: ModuleType, package: str = _FUNCTIONS) -> Controllers:
    """Let `current_module` have the app's functions, so that Lambda finds `app_index.<function>`."""
    lookup = controllers(package)
    functions_of(package)  # refuses two functions of one name before the first event
    vars(current_module)["__getattr__"] = lookup
    return lookup


def run(module: str = "app_index") -> None:
    """Let the entry module, or another by its name, have the app's functions; `AppNotRunnable` says why it can't."""
    try:
        create(sys.modules.get(module) or import_module(module))
    except Exception as error:
        log.exception("the app can't be run", error)
        raise AppNotRunnable(module) from error
