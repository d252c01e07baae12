"""What Tight 0.1's handlers called when they were imported: `db = dynamo_db.connect()`.

That gave an engine of Flywheel. There is no engine any more: a model binds itself when it is used. So `connect` does
nothing, and what it gives says on its first use what to write instead.
"""

from functools import cache

from tight.errors import NoEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Engine:
    """Stands where an engine was; every use of it is an error that says what to do."""

    def __getattr__(self, name: str) -> "Any":
        raise NoEngine(name)


@cache
def _engine() -> Engine:
    return Engine()


def connect(*_args: object, **_kwargs: object) -> Engine:
    """Always the same `Engine`, whatever the arguments: no network, no key and no library is needed to call this."""
    return _engine()
