"""Answers to exceptions: the app's own, and the last one, which can't fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import Shape

Load = Callable[..., Callable[[Any, object], Any]]

FAILS = """
    from tight import Response, error, exit_with_response, get

    @get
    def read():
        raise ValueError("the secret")
"""


@pytest.mark.parametrize("which", ["500", "ValueError", "Exception"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_an_error_handler_may_exit_with_a_response(load: Load, shape: Shape, which: str, kind: str) -> None:
    handler = load(f"{FAILS}\n    @error({which})\n    {kind} no():\n        exit_with_response(418, 'short')\n")
    answer = shape.ask(handler)

    assert (answer.status, answer.body) == (418, b"short")


@pytest.mark.parametrize("which", ["500", "ValueError"])
@pytest.mark.parametrize("body", ["raise TypeError('the secret')", "return object()", "return 200, 'x', 5"])
def test_an_error_handler_that_fails_is_a_500_that_is_logged(
    load: Load, shape: Shape, caplog: pytest.LogCaptureFixture, which: str, body: str
) -> None:
    answer = shape.ask(load(f"{FAILS}\n    @error({which})\n    def no():\n        {body}\n"))

    assert (answer.status, json.loads(answer.body)) == (500, {"message": shape.server_error})
    assert caplog.text.count("accounts failed") >= 1


@pytest.mark.parametrize("status", [400, 404, 405, 500])
def test_the_apps_own_answers_have_the_status_and_the_cors_header(load: Load, shape: Shape, status: int) -> None:
    source = f"""
        from tight import error, get, post

        @get("/fails")
        def read():
            raise ValueError

        @post("/orders")
        def write(body):
            return body

        @error({status})
        def own(status, request):
            return {{"own": status, "path": request.path}}
    """
    sent = {400: ("POST", "/orders"), 404: ("GET", "/no"), 405: ("PUT", "/orders"), 500: ("GET", "/fails")}[status]
    answer = shape.ask(load(source), *sent, headers={"Content-Type": "application/json"}, body=b"{broken")

    assert (answer.status, json.loads(answer.body)) == (status, {"own": status, "path": sent[1]})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_with_reraise_an_exception_surfaces(load: Load, shape: Shape) -> None:
    with pytest.raises(ValueError, match="the secret"):
        shape.ask(load(FAILS, reraise=True))


@pytest.mark.parametrize("way_out", ["SystemExit", "KeyboardInterrupt"])
def test_what_ends_the_process_surfaces(load: Load, shape: Shape, way_out: str) -> None:
    handler = load(f"from tight import get\n@get\ndef read():\n    raise {way_out}\n")

    with pytest.raises((SystemExit, KeyboardInterrupt)):
        shape.ask(handler)
