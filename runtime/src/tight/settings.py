"""What an app sets for all its functions: the arguments of `tight.app.controllers`, checked."""

from collections.abc import Mapping

from tight.cors import Cors
from tight.errors import BadSetting
from tight.handlers import sendable
from tight.http import is_answered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def check(
    *,
    base_path: "Any" = "",
    cors: "Any" = None,
    envelope: "Any" = None,
    errors: "Any" = None,
    json: "Any" = None,
    middleware: "Any" = (),
    reraise: "Any" = False,
) -> "dict[str, Any]":
    """The attributes that these give to every controller. Raises `BadSetting`."""
    settings: dict[str, Any] = _envelope(envelope)
    if base_path:
        if not isinstance(base_path, str):
            raise BadSetting("base_path", "it has to be text, such as /v1")
        settings["base_path"] = base_path
    if cors is not None:
        settings |= _cors(cors)
    if errors:
        settings["errors"] = _errors(errors)
    if json is not None:
        settings |= _codec(json)
    if middleware:
        if not isinstance(middleware, (list, tuple)) or not all(callable(layer) for layer in middleware):
            raise BadSetting("middleware", "it has to be a list of functions (request, proceed)")
        settings["middleware"] = tuple(middleware)
    if not isinstance(reraise, bool):
        raise BadSetting("reraise", "it has to be True or False")
    return settings | ({"reraise": True} if reraise else {})


def _envelope(envelope: "Any") -> "dict[str, Any]":
    if envelope is None:
        return {}
    if not all(callable(getattr(envelope, name, None)) for name in ("parse", "build")):
        raise BadSetting("envelope", "it has to have the methods parse and build")
    return {"envelope": envelope}


def _cors(cors: "Any") -> "dict[str, Any]":
    if cors is True:
        return {}
    if cors is False:
        return {"default_headers": {}}
    if not isinstance(cors, Cors):
        raise BadSetting("cors", "it has to be tight.Cors(...), True or False")
    return {"default_headers": {}, "cors": cors}


def _errors(errors: "Any") -> "dict[Any, Callable[..., Any]]":
    if not isinstance(errors, Mapping):
        raise BadSetting("errors", "it has to be a dict of functions, by status or class of exceptions")
    for key, handler in errors.items():
        if not is_answered(key):
            raise BadSetting("errors", f"{key!r} is neither a class of exceptions nor 400, 404, 405, 422 or 500")
        if not callable(handler):
            raise BadSetting("errors", f"what answers {key!r} has to be a function")
    return dict(errors)


def _codec(module: "Any") -> "dict[str, Any]":
    from tight.handlers import encode

    loads, write = getattr(module, "loads", None), getattr(module, "dumps", None)
    if loads is None or write is None:
        raise BadSetting("json", "it has to be a module or an object with loads and dumps, such as orjson")

    try:
        text = write({}, default=encode)
    except TypeError as error:
        raise BadSetting("json", "its dumps has to take default, as that of json does") from error
    # Some codecs write text, others bytes.
    if isinstance(text, str):
        return {"dumps": lambda value: sendable(write(value, default=encode)), "loads": loads}
    return {"dumps": lambda value: write(value, default=encode).decode(), "loads": loads}
