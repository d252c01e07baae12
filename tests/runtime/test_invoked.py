"""Functions that are invoked as they are: what they are given, and what their caller gets."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tight.errors import UnknownParameter
from tight.testing import http_api_event

Load = Callable[[str], Callable[[Any, object], Any]]


@pytest.mark.parametrize("event", [{"width": 8}, {}, [1, 2], "text", 5, None])
def test_the_caller_gets_what_the_function_returns(load: Load, event: object) -> None:
    handler = load("from tight import direct\n@direct\ndef echo(event):\n    return event\n")

    assert handler(event, None) is event


def test_what_looks_as_an_http_answer_is_left_alone(load: Load) -> None:
    handler = load("from tight import direct\n@direct\ndef work():\n    return (404, {'body': 'b'})\n")

    assert handler({"httpMethod": "GET"}, None) == (404, {"body": "b"})


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        ("event", "[event]"),
        ("context, event", "[context.name, event]"),
        ("invocation", "[invocation.event, invocation.function, invocation.request_id]"),
        ("event, other='default'", "[event, other]"),
        ("event, /", "[event]"),
        ("*, event", "[event]"),
        ("**kwargs", "sorted(kwargs)"),
        ("*args", "[args[0], args[1]]"),
        ("event, *args", "[event, args[0]]"),
    ],
)
def test_a_function_is_given_what_it_names(load: Load, parameters: str, given: str) -> None:
    handler = load(f"from tight import direct\n@direct\ndef work({parameters}):\n    return {given}\n")
    context = SimpleNamespace(name="context", aws_request_id="r-1")
    expected = {
        "[event]": ["e"],
        "[context.name, event]": ["context", "e"],
        "[invocation.event, invocation.function, invocation.request_id]": ["e", "accounts", "r-1"],
        "[event, other]": ["e", "default"],
        "sorted(kwargs)": ["context", "event"],
        "[args[0], args[1]]": ["accounts", "e"],
        "[event, args[0]]": ["e", "accounts"],
    }
    assert handler("e", context) == expected[given]


def test_what_nothing_provides_is_an_error_that_names_what_is_provided(load: Load) -> None:
    handler = load("from tight import direct\n@direct\ndef work(body):\n    return body\n")

    with pytest.raises(UnknownParameter, match=r"work asks for 'body', .* one of context, event, invocation"):
        handler({}, None)


def test_an_exception_surfaces_so_that_lambda_tries_again(load: Load) -> None:
    handler = load("from tight import direct\n@direct\ndef work():\n    raise ConnectionError('down')\n")

    with pytest.raises(ConnectionError, match="down"):
        handler({}, None)


def test_the_first_invocation_is_a_cold_start(load: Load) -> None:
    handler = load("from tight import direct\n@direct\ndef work(invocation):\n    return invocation.cold_start\n")

    assert [handler({}, None) for _ in range(3)] == [True, False, False]


def test_the_invocation_is_current_until_it_ends(load: Load) -> None:
    from tight.request import current

    handler = load("""
        from tight import direct
        from tight.request import current

        @direct
        def work(event):
            if event:
                raise ValueError
            return current.get().function
    """)
    assert handler({}, None) == "accounts"
    assert current.get() is None
    with pytest.raises(ValueError, match=r"^$"):
        handler({"fail": True}, None)
    assert current.get() is None


def test_the_function_itself_stays_as_it_is() -> None:
    from tight import direct

    def work() -> int:
        return 42

    assert direct(work) is work


def test_the_first_event_of_a_function_with_several_triggers_is_its_one_cold_start(load: Load) -> None:
    handler = load("""
        from tight import direct, get

        @get
        def read(request):
            return {"cold": request.cold_start}

        @direct
        def work(invocation):
            return invocation.cold_start
    """)

    assert handler(http_api_event("GET", "/accounts"), None)["body"] == '{"cold":true}'
    assert handler({}, None) is False
    assert handler(http_api_event("GET", "/accounts"), None)["body"] == '{"cold":false}'
