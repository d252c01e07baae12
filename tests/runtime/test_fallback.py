"""What is answered where no function has the request's verb and path."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import Shape

Load = Callable[..., Callable[[Any, object], Any]]

SOURCE = """
    from tight import Response, delete, get

    @get("/orders/{order_id}")
    def read(order_id):
        return 200, {"id": order_id}, {"ETag": '"1"', "X-Many": ["1", "2"], "Set-Cookie": "a=1"}

    @delete("/orders/{order_id}")
    def drop(order_id):
        return None

    @get("/image")
    def image():
        return b"image"

    @get("/later")
    async def later():
        return "later"
"""


@pytest.mark.parametrize("path", ["/", "/order", "/orders", "/orders/1/lines", "/orders/1//lines", "/Orders/1"])
def test_an_unknown_path_is_a_404(load: Load, shape: Shape, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE"):
        answer = shape.ask(load(SOURCE), method, path)
        assert (answer.status, "allow" in answer.headers) == (404, False)
        assert answer.body == (b"" if method == "HEAD" else b'{"message":"Not Found"}')


@pytest.mark.parametrize("method", ["PUT", "POST", "TRACE", "brew"])
def test_another_verb_is_a_405_with_the_allowed_ones(load: Load, shape: Shape, method: str) -> None:
    answer = shape.ask(load(SOURCE), method, "/orders/1")

    assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")
    assert json.loads(answer.body) == {"message": "Method Not Allowed"}


@pytest.mark.parametrize("path", ["/orders/1", "/image", "/later"])
def test_head_is_answered_as_get_without_its_body(load: Load, shape: Shape, path: str) -> None:
    handler = load(SOURCE)
    head, get = shape.ask(handler, "HEAD", path), shape.ask(handler, "GET", path)

    assert get.body != b""
    assert head == get._replace(body=b"")


def test_head_of_a_failing_get_is_a_500_without_a_body(load: Load, shape: Shape) -> None:
    answer = shape.ask(load("from tight import get\n@get\ndef read():\n    raise ValueError\n"), "HEAD")

    assert (answer.status, answer.body) == (500, b"")


def test_a_handler_of_head_comes_before_that_of_get(load: Load, shape: Shape) -> None:
    source = """
        from tight import get, head

        @get("/orders")
        def read():
            return "all"

        @head("/orders")
        def look():
            return 204, None, {"X-Total": 7}
    """
    answer = shape.ask(load(source), "HEAD", "/orders")

    assert (answer.status, answer.headers["x-total"], answer.body) == (204, "7", b"")


def test_a_verb_in_lower_case_is_the_same(load: Load, shape: Shape) -> None:
    assert shape.ask(load(SOURCE), "get", "/orders/1").status == 200


def test_options_names_the_verbs(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(SOURCE), "OPTIONS", "/orders/1")

    assert (answer.status, answer.body, answer.headers["allow"]) == (204, b"", "DELETE, GET, HEAD, OPTIONS")


OWN = """
    from tight import Response, error, get

    NO = Response(405, "no")

    @get("/orders/{order_id}")
    def read(order_id):
        return order_id

    @error(405)
    async def no(request):
        return NO if request.path == "/orders/1" else (405, "", {"allow": "nothing"})
"""


def test_the_apps_own_405_names_the_verbs_too(load: Load, shape: Shape) -> None:
    for source in (OWN, OWN.replace("async def", "def")):
        answer = shape.ask(load(source), "PUT", "/orders/1")
        assert (answer.status, answer.body, answer.headers["allow"]) == (405, b"no", "GET, HEAD, OPTIONS")


def test_an_allow_of_the_apps_own_wins(load: Load, shape: Shape) -> None:
    assert shape.ask(load(OWN), "PUT", "/orders/2").headers["allow"] == "nothing"


def test_an_answer_that_the_app_gives_each_time_is_not_changed(load: Load, shape: Shape) -> None:
    handler = load(OWN + "\n    @get\n    def other():\n        return NO.headers\n")
    shape.ask(handler, "PUT", "/orders/1")

    assert shape.ask(handler, "GET", "/other").body == b"{}"
