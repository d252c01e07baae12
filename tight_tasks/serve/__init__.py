"""The local Lambda: `from tight_tasks.serve import Serve`."""

TYPE_CHECKING = False  # importing `typing` would cost every cold start of a worker 2 ms
if TYPE_CHECKING:
    from typing import Any

    from tight_tasks.serve.server import Serve

__all__ = ["Serve"]


def __getattr__(name: str) -> "Any":
    # On demand, so that a worker that runs `tight_tasks.serve.client` does not load a web server.
    if name == "Serve":
        from tight_tasks.serve.server import Serve

        return Serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
