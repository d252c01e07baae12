"""The local Lambda: `from tight_tasks.serve import Serve`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tight_tasks.serve.server import Serve

__all__ = ["Serve"]


def __getattr__(name: str) -> Any:
    # On demand, so that a worker that runs `tight_tasks.serve.client` does not load a web server.
    if name == "Serve":
        from tight_tasks.serve.server import Serve

        return Serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
