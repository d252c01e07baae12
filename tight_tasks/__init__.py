"""Tight's developer side: Invoke tasks and a local Lambda.

An app's `tasks.py` is `namespace = tasks()`.
"""

TYPE_CHECKING = False  # importing `typing` would cost every cold start of a worker 2 ms
if TYPE_CHECKING:
    from invoke.collection import Collection

__all__ = ["tasks"]


def tasks() -> "Collection":
    """Every task of an app, as Invoke wants them. Raises `NotInstalled` without the extra `app`."""
    # Imported here, so that a worker that runs `tight_tasks.serve.client` does not load Invoke.
    try:
        from tight_tasks.catalog import catalog
    except ModuleNotFoundError as error:
        from tight_tasks.errors import NotInstalled

        raise NotInstalled(error.name or "") from error
    return catalog()
