"""Ways out that are no errors: `exit_with_response`, an answer from anywhere below a handler, and `sys.exit`."""

from tight.handlers import Response, respond

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class HttpExit(BaseException):  # no error: the way out that `exit_with_response` takes
    """Carries a response past every `except Exception` of the app."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def exit_with_response(status: int, response: object = "") -> "NoReturn":
    """Answer at once with `status`, from anywhere below a handler; `response` is anything that a handler may return."""
    answer = respond(response)
    answer.status = status
    raise HttpExit(respond(answer))  # which checks the status


async def carried(value: "Any") -> "tuple[Any, SystemExit | None]":
    """What `value` gives, or that it wants to exit: of a task, `SystemExit` would end a loop that is everybody's."""
    try:
        return await value, None
    except SystemExit as error:
        return None, error


def landed(result: "tuple[Any, SystemExit | None]") -> "Any":
    """What was `carried`, in the thread that waited for it."""
    value, error = result
    if error is not None:
        raise error
    return value
