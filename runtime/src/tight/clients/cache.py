"""What the clients keep from one invocation to the next, in one place, so that all of it can be dropped at once."""

import os
from functools import cache
from threading import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import TypeVar

    Kept = TypeVar("Kept")

_kept: "dict[Hashable, object]" = {}
# boto3's sessions can't make clients in two threads at once; one that makes a client asks for a session.
_making = RLock()


def keep(key: "Hashable", make: "Callable[[], Kept]") -> "Kept":
    """What `make` gave for `key`; it is asked once, by one thread, until `forget`."""
    _drop_when_restored()
    with _making:
        if key not in _kept:
            _kept[key] = make()
        kept: Kept = _kept[key]  # type: ignore[assignment]  # a key stands for one type, which its caller knows
        return kept


def replace(key: "Hashable", value: object) -> None:
    """Keep `value` for `key`, whatever was kept before."""
    _drop_when_restored()
    _kept[key] = value


def find(key: "Hashable") -> object:
    """What is kept for `key`, or None."""
    return _kept.get(key)


def drop(is_dropped: "Callable[[object], bool]") -> None:
    """Drop what `is_dropped` says of what is kept."""
    with _making:
        for key in [key for key, value in _kept.items() if is_dropped(value)]:
            del _kept[key]


def forget() -> None:
    """Drop every session, client, connection and value; what is asked for next is made anew."""
    with _making:
        _kept.clear()


@cache
def _drop_when_restored() -> None:
    # Of a snapshot, connections are dead, and credentials and values may be old.
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        from tight.snapstart import after_restore  # no other function has a use for it

        after_restore(forget)
