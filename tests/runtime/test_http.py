"""The verbs: what a decorated function becomes."""

from collections.abc import Callable
from typing import Any

from tight import get

Send = Callable[..., dict[str, Any]]


def test_a_verb_returns_the_function_unchanged() -> None:
    def answer() -> int:
        return 42

    assert get(answer) is answer
    assert get("/answers")(answer) is answer


def test_verbs_can_be_stacked(send: Send) -> None:
    source = """
        from tight import get, post, put

        @get
        @post
        @put("/accounts")
        def handle(request):
            return request.method
    """
    assert [send(source, method, "/accounts")["body"] for method in ("GET", "POST", "PUT")] == ["GET", "POST", "PUT"]
