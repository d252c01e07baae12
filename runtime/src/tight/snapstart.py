"""What to do around Lambda SnapStart's snapshot, in the registry that AWS's runtime client reads.

    @after_restore
    def connect() -> None: ...

Lambda takes a snapshot of an environment when it has initialised, and starts others from it. What is unique or ages
(connections, credentials, random numbers, the time) has to be made anew in each. Register while the handler's module is
imported: later is too late. Tight's own clients and values need nothing: a restored environment has dropped them.

Where there is no `snapshot_restore_py`, as in plain Python, a function is only given back: there is no snapshot.

Rules: "Lambda SnapStart runtime hooks for Python" in the Lambda developer guide.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Hook = TypeVar("Hook", bound=Callable[[], Any])


def before_snapshot(hook: "Hook") -> "Hook":
    """Call `hook` before the snapshot is taken, the last registered first; it counts towards the time of initialising.

    An error in it fails the publishing of the version.
    """
    try:
        from snapshot_restore_py import register_before_snapshot
    except ImportError:
        return hook
    register_before_snapshot(hook)
    return hook


def after_restore(hook: "Hook") -> "Hook":
    """Call `hook` in each environment that starts from the snapshot, the first registered first.

    All of them together have 10 seconds; an error in one fails the invocation.
    """
    try:
        from snapshot_restore_py import register_after_restore
    except ImportError:
        return hook
    register_after_restore(hook)
    return hook
