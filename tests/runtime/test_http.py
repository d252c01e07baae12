"""The verbs: what a decorated function becomes."""

from collections.abc import Callable
from typing import Any

from tight import get
from tight.app import controllers

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


HEADERS = """
    from tight import get, set_default_headers

    given = {"X-App": "accounts", "X-Twice": "default"}
    set_default_headers(given)
    given["X-Late"] = "no"

    @get("/plain")
    def plain():
        return "plain"

    @get("/own")
    def own():
        return {"headers": {"x-twice": "own", "X-App": None}, "body": "own"}
"""


def test_default_headers_stand_in_place_of_the_frameworks_own(send: Send) -> None:
    assert send(HEADERS, "GET", "/plain")["headers"] == {
        "X-App": "accounts",
        "X-Twice": "default",
        "Content-Type": "text/plain; charset=utf-8",
    }


def test_a_handlers_own_headers_replace_the_defaults(send: Send) -> None:
    assert send(HEADERS, "GET", "/own")["headers"] == {"x-twice": "own"}


def test_default_headers_are_those_of_the_module_that_calls_and_of_no_other(write_app: Any) -> None:
    write_app(
        {
            "app/functions/accounts/handler.py": HEADERS,
            "app/functions/orders/handler.py": "from tight import get\n@get\ndef read():\n    return {}\n",
        }
    )
    app = controllers("app.functions")
    answers: list[Any] = [
        app(name)({"httpMethod": "GET", "path": "/plain"}, None)["headers"]  # type: ignore[index]  # of Any
        for name in ("accounts", "orders")
    ]
    assert [answer.get("X-App") for answer in answers] == ["accounts", None]


def test_an_answer_does_not_change_the_defaults(send: Send) -> None:
    first = send(HEADERS, "GET", "/plain")["headers"]
    first["X-App"] = "changed by the caller"

    assert send(HEADERS, "GET", "/plain")["headers"]["X-App"] == "accounts"


def test_the_last_call_counts(send: Send) -> None:
    source = """
        from tight import get, set_default_headers

        set_default_headers({"X-First": "1"})
        set_default_headers({"X-Second": "2"})

        @get
        def read():
            return None
    """
    assert send(source)["headers"] == {"X-Second": "2"}


def test_an_app_may_have_no_default_headers(send: Send) -> None:
    source = "from tight import get, set_default_headers\nset_default_headers({})\n@get\ndef read():\n    return None\n"

    assert send(source)["headers"] == {}
