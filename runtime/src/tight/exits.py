"""`exit_with_response`: an answer from anywhere below a handler."""

from tight.handlers import Response, respond

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class HttpExit(BaseException):  # no error: the way out that `exit_with_response` takes
    """Carries a response past every `except Exception` of the app."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def exit_with_response(status: int, response: object = "") -> "NoReturn":
    """Answer at once with `status`, from anywhere below a handler; `response` is anything that a handler may return."""
    answer = respond(response)
    if not answer.verbatim:
        answer = Response(status, answer.body, answer.headers, answer.cookies, encoded=answer.encoded)
    raise HttpExit(answer)
