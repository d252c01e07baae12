"""From the name in a handler string to the controller of that one folder.

    # app_index.py
    from tight.app import controllers as _controllers

    __getattr__ = _controllers("app.functions")

AWS's runtime client looks up `app_index.accounts`; Python asks `__getattr__`, which imports
`app/functions/accounts/handler.py` and nothing else, in Lambda's init phase.
"""

import logging
import os
from importlib import import_module

from tight.handlers import marks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from types import ModuleType
    from typing import Any

    from tight.cors import Cors
    from tight.events.delivery import Envelope
    from tight.hosted import Hosted
    from tight.middleware import Middleware

    LambdaHandler = Callable[[dict[str, Any], object], object]

_NEVER = 2**31 - 1  # objects until the next search for garbage: the most that Python takes


class Controllers:
    """A module `__getattr__` that gives the handler of each folder of `package`, built once."""

    def __init__(self, package: str, settings: "Mapping[str, Any]") -> None:
        self.package = package
        self.settings = settings
        self._built: dict[str, LambdaHandler] = {}

    def __call__(self, name: str) -> "LambdaHandler":
        if name not in self._built:
            in_lambda = "AWS_LAMBDA_RUNTIME_API" in os.environ
            self._built[name] = _without_collecting(self._build, name) if in_lambda else self._build(name)
        return self._built[name]

    def hosted(self, loop: "AbstractEventLoop", threads: "Executor") -> "Hosted":
        """What calls the functions in a process with an event loop of its own, which runs: see `tight.hosted`."""
        from tight.hosted import Hosted

        let_logs_flow()
        return Hosted(self, loop, threads)

    def module_of(self, name: str) -> "ModuleType":
        """The handler module of a function, imported. Raises as `controllers` says."""
        path = f"{self.package}.{name}.handler"
        try:
            return _import(path)
        except ModuleNotFoundError as error:
            if error.name not in (path, f"{self.package}.{name}"):
                raise
        from tight.functions import functions_of

        path = functions_of(self.package).get(name, "")
        if not path:
            raise AttributeError(
                f"no function {name!r}: there is no {self.package.replace('.', '/')}/{name}/handler.py"
            )
        return _import(path)

    def _build(self, name: str) -> "LambdaHandler":
        if name.startswith("_"):  # Python itself asks modules for names such as __path__
            raise AttributeError(f"no function {name!r}")
        module = self.module_of(name)
        marks = marks_of(module)
        if marks:
            let_logs_flow()
            if all(mark.trigger == "http" for mark in marks):  # as of most functions
                from tight.dispatch import Resource

                return Resource(name, module, marks, self.settings)
            from tight.controller import controller_of

            controller: LambdaHandler = controller_of(name, module, marks, self.settings)
            return controller
        # A function that wants nothing of Tight.
        handler: LambdaHandler | None = getattr(module, "handler", None)
        if handler is None:
            from tight.errors import NoHandler

            raise NoHandler(module.__name__)
        return handler


def controllers(
    package: str,
    *,
    base_path: str = "",
    cors: "Cors | bool | None" = None,
    envelope: "Envelope | None" = None,
    errors: "Mapping[int | type[Exception], Callable[..., Any]] | None" = None,
    json: "Any" = None,
    middleware: "Sequence[Middleware]" = (),
    reraise: bool = False,
) -> Controllers:
    """What gives the handler of each folder of `package`, and what all functions of an app have in common.

    A folder is a function when it holds `handler.py`; one below another is named by both: `admin/users` is
    `admin_users`. A name without one is an `AttributeError`; any error inside the folder's code surfaces as itself, but
    for an `AttributeError`, which becomes a `ControllerImportError`.

    `base_path` is what a custom domain puts in front of paths; `cors` says who may read answers in a browser (False:
    nobody; everybody unless it is given); `envelope` is what bodies of messages are read by; `errors` has the app's
    answers, by status or exception; `json` is a module or object with `loads` and `dumps`, such as orjson; `middleware`
    is the app's, the outermost first; with `reraise` an exception of a handler surfaces, so that Lambda's own metric
    counts it, and the gateway answers 502 or 500.
    """
    given = {
        "base_path": base_path,
        "cors": cors,
        "envelope": envelope,
        "errors": errors,
        "json": json,
        "middleware": middleware,
        "reraise": reraise,
    }
    if not any(given.values()) and cors is None:
        return Controllers(package, {})
    from tight.settings import check

    return Controllers(package, check(**given))


def let_logs_flow() -> None:
    """Have the log set up (`tight.log.set_up`) by the first record: a function that logs nothing does not load it."""
    root = logging.getLogger()
    if "LOG_LEVEL" in os.environ or "AWS_LAMBDA_LOG_LEVEL" in os.environ or not root.handlers:
        from tight import log

        log.set_up()
    elif "AWS_LAMBDA_RUNTIME_API" in os.environ:
        root.setLevel(logging.INFO)
        for handler in root.handlers:
            handler.addFilter(_on_first_record)


def _on_first_record(record: logging.LogRecord) -> bool:
    from tight import log

    for handler in logging.getLogger().handlers:
        handler.removeFilter(_on_first_record)
    log.set_up()
    return logging.getLogger(record.name).isEnabledFor(record.levelno) and log.stamp(record)


def _without_collecting(build: "Callable[[str], LambdaHandler]", name: str) -> "LambdaHandler":
    """What `build` makes, with no search for garbage meanwhile, nor ever through what there is then.

    Imports make much that stays and little garbage. To look through all of it again and again takes a twentieth of the
    start of a function that uses boto3.
    """
    import gc

    before = gc.get_threshold()
    gc.set_threshold(_NEVER)
    try:
        return build(name)
    finally:
        if gc.get_threshold()[0] == _NEVER:  # else the app has set its own
            gc.set_threshold(*before)
        gc.freeze()


def _import(path: str) -> "ModuleType":
    try:
        return import_module(path)
    except AttributeError as error:
        from tight.errors import ControllerImportError

        raise ControllerImportError(path, error) from error
