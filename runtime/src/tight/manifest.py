"""What an app declares, as JSON: `python -m tight.manifest` in its folder.

Whoever serves, deploys or documents an app reads this and nothing else of its code. `--schema` prints its JSON Schema.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

from tight.app import Controllers
from tight.controller import TRIGGERS
from tight.errors import NoControllers, TightError
from tight.functions import functions_of
from tight.handlers import marks_of
from tight.models import describe_model, models_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from tight.handlers import Mark

VERSION = 1
_WITHOUT_SOURCE = {"authorizer", "direct", "http"}  # somebody calls these; the others are fed
SCHEMA = Path(__file__).with_name("manifest.schema.json")


def describe(index: "ModuleType") -> "dict[str, Any]":
    """The manifest of the app whose entry module is `index`. Every function is imported, and built as Lambda would.

    Raises the `HandlerError` of the first function that can't be used, `NoControllers` for a module without functions.
    """
    lookup = vars(index).get("__getattr__")
    if not isinstance(lookup, Controllers):
        raise NoControllers(index.__name__)
    names = functions_of(lookup.package)
    models = [describe_model(model) for model in models_of()]  # before the log is set up: PynamoDB's import logs
    functions = [_function(index.__name__, lookup, name) for name in names]
    return {"version": VERSION, "functions": functions, "models": models}


def _function(index: str, lookup: Controllers, name: str) -> "dict[str, Any]":
    lookup(name)  # which refuses what Lambda would refuse
    module = lookup.module_of(name)
    marks = marks_of(module)
    authorizers = [mark for mark in marks if mark.trigger == "authorizer"]
    return {
        "name": name,
        "handler": f"{index}.{name}",
        "module": module.__name__,
        "description": (module.__doc__ or "").strip().partition("\n")[0],
        "triggers": sorted({mark.trigger for mark in marks} & set(TRIGGERS)),
        "routes": [route for mark in marks if mark.trigger == "http" for route in _routes(name, mark)],
        "authorizer": {"policy": authorizers[0].options[0]} if authorizers else None,
        "sources": [_source(mark) for mark in marks if mark.trigger in TRIGGERS.keys() - _WITHOUT_SOURCE],
    }


def _source(mark: "Mark") -> "dict[str, Any]":
    """What feeds a function: the decorator's name as `kind`, and its arguments."""
    home, kind = TRIGGERS[mark.trigger]
    arguments = getattr(import_module(home), kind).describe(mark)
    return {"kind": mark.trigger, **arguments, "function": mark.function.__qualname__, "place": mark.place}


def _routes(name: str, mark: "Mark") -> "Iterator[dict[str, Any]]":
    method, path = mark.options
    # A verb without a path answers what reaches its function: by convention that is its name, and all below.
    paths = (path,) if path is not None else (f"/{name}", f"/{name}/{{path+}}")
    for each in paths:
        yield {"method": method, "path": each, "function": mark.function.__qualname__, "place": mark.place}


def main(arguments: list[str]) -> int:
    """Print the manifest of `app_index`, or of the module that is named.

    Tables are named after the environment; where NAME or STAGE are not set, they stand in the names themselves.
    """
    if arguments == ["--schema"]:
        return _say(SCHEMA.read_text(encoding="utf-8"))
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print("python -m tight.manifest [MODULE | --schema]", file=sys.stderr)
        return 2
    index = arguments[0] if arguments else "app_index"
    for name in ("NAME", "STAGE"):
        os.environ.setdefault(name, name)
    try:
        with redirect_stdout(sys.stderr):  # what the app's own modules print is no part of the manifest
            manifest = describe(import_module(index))
    except TightError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name != index:
            raise
        print(
            f"there is no module {index} here: run this in the folder of the app, or name its module", file=sys.stderr
        )
        return 2
    return _say(json.dumps(manifest, indent=2) + "\n")


def _say(text: str) -> int:
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:  # whoever reads it, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where Python writes the rest when it ends
        return 141
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
