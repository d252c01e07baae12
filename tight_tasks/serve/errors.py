"""What the local Lambda itself refuses, as one tree.

ServeError
├── Throttled         (RuntimeError)   every environment is busy, and enough wait
├── Stopped           (RuntimeError)   it ends, and takes no more events
├── NoSuchFunction    (LookupError)    the app has no function of that name
├── TooLarge          (ValueError)     an event is over Lambda's limit
└── FunctionFailed    (RuntimeError)   a function answered with an error, in a test
"""

from collections.abc import Mapping
from typing import Any


class ServeError(Exception):
    """Base of what the local Lambda refuses."""


class Throttled(ServeError, RuntimeError):
    def __init__(self, function: str, environments: int, waiting: int) -> None:
        super().__init__(
            f"{function}: all {environments} of its environments are busy and {waiting} events wait already; "
            f"raise functions.{function}.concurrency or serve.queue in tight.yml"
        )
        self.function = function
        self.environments = environments
        self.waiting = waiting


class Stopped(ServeError, RuntimeError):
    def __init__(self, function: str) -> None:
        super().__init__(f"{function}: the local Lambda has stopped")
        self.function = function


class NoSuchFunction(ServeError, LookupError):
    def __init__(self, function: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no function {function}: there are {', '.join(known) or 'none'}")
        self.function = function
        self.known = known


class TooLarge(ServeError, ValueError):
    """Sizes in bytes."""

    def __init__(self, function: str, size: int, limit: int) -> None:
        super().__init__(f"{function}: an event of {size} bytes is over Lambda's limit of {limit}")
        self.function = function
        self.size = size
        self.limit = limit


class FunctionFailed(ServeError, RuntimeError):
    """`error` is Lambda's: errorType, errorMessage, stackTrace."""

    def __init__(self, function: str, error: Mapping[str, Any]) -> None:
        super().__init__(f"{function} failed: {error.get('errorType')}: {error.get('errorMessage')}")
        self.function = function
        self.error = error
