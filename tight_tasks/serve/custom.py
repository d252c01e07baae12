"""Events and contexts of one's own making: what a function is given in place of a gateway's event."""

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tight_tasks.errors import BadSetting
from tight_tasks.project import FILE, Project
from tight_tasks.serve.gateways.wire import Sent

MakeEvent = Callable[[Sent, str], Any]
MakeContext = Callable[[Sent, str], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]


def makers(project: Project, names: "list[str]", setting: str) -> dict[str, Callable[..., Any]]:
    """What `event` or `context` of tight.yml names for each function, as `package.module:name` of the app.

    Raises `BadSetting`.
    """
    found = {}
    for name in names:
        value = getattr(project.function(name), setting)
        if value is not None:
            found[name] = _load(project, f"functions.{name}.{setting}", value)
    return found


async def made(make: Callable[[Sent, str], Any], sent: Sent, function: str) -> Any:
    """What it makes, whether it is a coroutine function or not."""
    value = make(sent, function)
    return await value if inspect.isawaitable(value) else value


def _load(project: Project, key: str, value: str) -> Callable[..., Any]:
    module, _, attribute = value.partition(":")
    root = str(project.root)
    sys.path.insert(0, root)
    try:
        importlib.invalidate_caches()
        sys.modules.pop(module, None)  # the app may have changed
        found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        reason = f"is {value!r}: {error}; write package.module:name of a function of the app"
        raise BadSetting(project.root / FILE, key, reason) from error
    except Exception as error:  # the module's own
        raise BadSetting(project.root / FILE, key, f"is {value!r}: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(root)
    return found
