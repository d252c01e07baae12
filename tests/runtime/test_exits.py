"""`exit_with_response`: the way out of a handler, from anywhere below it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tight.errors import MisplacedExit

Load = Callable[..., Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]


def test_exit_with_response_passes_every_except_exception_of_the_app(send: Send) -> None:
    source = """
        from tight import exit_with_response, get

        def below():
            try:
                exit_with_response(409, {"taken": True})
            except Exception:
                return "swallowed"

        @get
        def read():
            try:
                return below()
            except Exception:
                return "swallowed"
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (409, '{"taken":true}')


@pytest.mark.parametrize(
    ("response", "body", "headers"),
    [
        ("'text'", "text", {"Content-Type": "text/plain; charset=utf-8"}),
        ("{'any': 'data'}", '{"any":"data"}', {"Content-Type": "application/json"}),
        ("{'statusCode': 200, 'body': 'b', 'headers': {'X-A': 1}}", "b", {"X-A": "1"}),
        ("Response(200, [1], {'X-A': True})", "[1]", {"X-A": "true", "Content-Type": "application/json"}),
        ("(200, 'pair')", "pair", {}),
        ("None", "", {}),
    ],
)
def test_exit_with_response_forces_the_status_and_is_prepared_as_any_answer(
    send: Send, response: str, body: str, headers: dict[str, str]
) -> None:
    source = f"""
        from tight import Response, exit_with_response, get

        @get
        def read():
            exit_with_response(418, {response})
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (418, body)
    assert answer["headers"] == {"Access-Control-Allow-Origin": "*", **headers}


def test_exit_with_response_may_pass_an_answer_through(send: Send) -> None:
    source = """
        from tight import exit_with_response, get

        @get
        def read():
            exit_with_response(418, {"passthrough": {"as": ["it", "is"]}})
    """
    assert send(source) == {"as": ["it", "is"]}


def test_exit_with_response_leaves_the_response_that_it_was_given_alone(send: Send) -> None:
    source = """
        from tight import Response, exit_with_response, get

        kept = Response(200, "kept")

        @get("/first")
        def first():
            exit_with_response(418, kept)

        @get("/second")
        def second():
            return kept
    """
    assert [send(source, "GET", path)["statusCode"] for path in ("/first", "/second")] == [418, 200]


@pytest.mark.parametrize(
    "statement",
    [
        "exit_with_response(409, 'taken')",
        "await asyncio.gather(asyncio.sleep(0), leave())",
        "await asyncio.wait_for(leave(), 10)",
        "await asyncio.create_task(leave())",
        "await asyncio.to_thread(exit_with_response, 409, 'taken')",
        pytest.param(
            "async with asyncio.TaskGroup() as group: group.create_task(leave())",
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups came with Python 3.11"),
        ),
    ],
)
def test_exit_with_response_leaves_an_async_handler_from_anywhere_below(send: Send, statement: str) -> None:
    source = f"""
        import asyncio
        from tight import exit_with_response, get

        async def leave():
            await asyncio.sleep(0)
            exit_with_response(409, "taken")

        @get
        async def read():
            try:
                {statement}
            except Exception:
                return "swallowed"
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (409, "taken")


@pytest.mark.parametrize("define", ["def", "async def"])
def test_exit_with_response_without_a_request_is_an_error_that_names_the_function(load: Load, define: str) -> None:
    handler = load(f"""
        from tight import direct, exit_with_response

        @direct
        {define} work():
            exit_with_response(404)
    """)
    with pytest.raises(MisplacedExit, match="accounts called exit_with_response, but was given no HTTP request"):
        handler({}, None)
