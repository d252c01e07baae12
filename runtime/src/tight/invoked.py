"""`@direct`: a function that is invoked as it is, by the Lambda API, Step Functions, Cognito, a custom resource.

    @direct
    def resize(event, context):
        return {"width": event["width"] // 2}

What it returns is what the caller gets, written as JSON by AWS's runtime client; what it raises is the caller's error.
An `event` annotated with a model or a dataclass is checked.
"""

from tight.handlers import add_mark
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def direct(function: "Handler") -> "Handler":
    """Mark the function that is given every event that no other trigger of the module accepts."""
    add_mark(Direct.kind, (), function)
    return function


class Direct(Trigger):
    kind = "direct"
