"""The headers of an answer: the app's defaults, and over them the handler's."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import Shape
from tight import Cors, Response
from tight.headers import merge

Load = Callable[..., Callable[[Any, object], Any]]

JSON = "application/json"
DEFAULTS = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json", "Vary": "Origin"}


def returning(value: str) -> str:
    return f"from tight import Response, get\n@get\ndef read():\n    return {value}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (3, "3"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        ("", ""),
        (["a", 2, True, None], "a,2,true"),
        (("a", "b"), "a,b"),
        (["a"], "a"),
        ([], None),
        ([None], None),
        ("a\ud800é", "a?é"),
    ],
)
def test_a_header_value_of_any_kind_reaches_the_client_as_text(
    load: Load, shape: Shape, value: object, text: str | None
) -> None:
    answer = shape.ask(load(returning(f"(200, '', {{'X-A': {value!r}}})")))

    assert (answer.status, answer.headers.get("x-a")) == (200, text)


@pytest.mark.parametrize("name", ["X-\ud800", "x y", "é"])
def test_a_header_name_of_any_kind_can_be_sent(load: Load, shape: Shape, name: str) -> None:
    assert shape.ask(load(returning(f"(200, '', {{{name!r}: '1', 'X-A': ['1', '2']}})"))).status == 200


@pytest.mark.parametrize("end", [r"\r\n", r"\n", r"\r", r"\0"])
def test_no_value_can_begin_another_header(load: Load, shape: Shape, end: str) -> None:
    value = f"Response(302, '', {{'Location': '/{end}Set-Cookie: b=2'}}, cookies=['a=1{end}X: y'])"
    answer = shape.ask(load(returning(value)))

    assert answer.headers["location"].replace("  ", " ") == "/ Set-Cookie: b=2"
    assert [cookie.replace("  ", " ") for cookie in answer.cookies] == ["a=1 X: y"]


def test_the_handlers_header_wins_in_any_spelling() -> None:
    single, repeated, _ = merge(
        DEFAULTS, Response(200, "", {"content-TYPE": "a/b", "ACCESS-CONTROL-ALLOW-ORIGIN": "x"})
    )

    assert single == {"Vary": "Origin", "content-TYPE": "a/b", "ACCESS-CONTROL-ALLOW-ORIGIN": "x"}
    assert repeated == {}


def test_a_header_that_is_none_is_left_out_with_its_default() -> None:
    assert merge(DEFAULTS, Response(200, "", {"vary": None, "content-type": None}))[0] == {
        "Access-Control-Allow-Origin": "*"
    }


def test_of_two_spellings_the_later_wins() -> None:
    assert merge({}, Response(200, "", {"X-A": "1", "x-a": ["2", "3"], "x-b": ["1", "2"], "X-B": "4"})) == (
        {"X-B": "4"},
        {"x-a": ["2", "3"]},
        [],
    )


@pytest.mark.parametrize("vary", ["Accept, Accept-Encoding", ["Accept", "Accept-Encoding"]])
def test_what_an_answer_depends_on_is_added_to_the_handlers_vary(vary: Any) -> None:
    assert merge(DEFAULTS, Response(200, "", {"vary": vary}))[0]["vary"] == "Accept, Accept-Encoding, Origin"


@pytest.mark.parametrize("value", ["'a=1'", "['a=1']", "('a=1',)"])
def test_one_cookie_may_be_given_as_it_is(load: Load, shape: Shape, value: str) -> None:
    for source in (f"Response(200, '', cookies={value})", f"{{'statusCode': 200, 'cookies': {value}}}"):
        assert shape.ask(load(returning(source))).cookies == ["a=1"]
    assert shape.ask(load(returning(f"(200, '', {{'set-cookie': {value}}})"))).cookies == ["a=1"]


def test_cookies_may_be_a_dict_of_their_values(load: Load, shape: Shape) -> None:
    value = "{'a': 'b', 'left_out': None, 'c': 'd; HttpOnly'}"
    for source in (f"Response(200, '', cookies={value})", f"{{'statusCode': 200, 'cookies': {value}}}"):
        assert shape.ask(load(returning(source))).cookies == ["a=b", "c=d; HttpOnly"]


@pytest.mark.parametrize("set_it", ["response.cookies = {'a': 'b'}", "response.cookies += ['a=b']"])
def test_middleware_sets_cookies_as_a_handler_does(load: Load, shape: Shape, set_it: str) -> None:
    source = f"""
        from tight import Response, get, wrap_all

        def remember(request, proceed):
            response = proceed(request)
            {set_it}
            return response

        wrap_all(remember)

        @get
        def read():
            return Response(200, "", cookies={{}})
    """
    assert shape.ask(load(source)).cookies == ["a=b"]


@pytest.mark.parametrize("value", [r"['a=\ud800', 'b=2']", r"['a=\udfff', None, 'b=2']"])
def test_half_of_a_surrogate_pair_in_a_cookie_can_be_sent(load: Load, shape: Shape, value: str) -> None:
    assert shape.ask(load(returning(f"Response(200, '', cookies={value})"))).cookies == ["a=?", "b=2"]


def test_headers_may_be_null(load: Load, shape: Shape) -> None:
    source = "{'statusCode': 200, 'headers': None, 'multiValueHeaders': None, 'cookies': None, 'body': 'x'}"

    assert shape.ask(load(returning(source))) == (200, {"access-control-allow-origin": "*"}, [], b"x")


def test_default_headers_of_the_module_are_on_every_answer(load: Load, shape: Shape) -> None:
    source = """
        from tight import get, set_default_headers

        set_default_headers({"X-Frame-Options": "DENY", "content-type": "text/html"})

        @get("/text")
        def text():
            return {"body": "<p>"}

        @get("/json")
        def json():
            return {"a": 1}
    """
    handler = load(source)

    for path, status, kind in (("/text", 200, "text/html"), ("/json", 200, JSON), ("/other", 404, JSON)):
        answer = shape.ask(handler, "GET", path)
        assert (answer.status, answer.headers) == (status, {"x-frame-options": "DENY", "content-type": kind})


def test_the_apps_cors_and_the_modules_headers_are_both_sent(load: Load, shape: Shape) -> None:
    source = (
        "from tight import get, set_default_headers\n"
        "set_default_headers({'vary': 'Accept', 'access-control-allow-origin': '*', 'X-A': '1'})\n"
        "@get\ndef read():\n    return 'x'\n"
    )
    handler = load(source, cors=Cors(["https://shop.example.org"]))
    answer = shape.ask(handler, headers={"Origin": "https://shop.example.org"})

    assert answer.headers["access-control-allow-origin"] == "https://shop.example.org"
    assert (answer.headers["vary"], answer.headers["x-a"]) == ("Accept, Origin", "1")


def test_the_name_of_a_header_can_not_begin_another(send: Callable[..., dict[str, Any]]) -> None:
    source = "from tight import get\n@get\ndef f():\n    return 200, '', {'X-a\\r\\nSet-Cookie: x=1': 'v\\x0b'}\n"

    assert send(source)["headers"] == {"Access-Control-Allow-Origin": "*", "X-a  Set-Cookie: x=1": "v "}


def test_default_headers_keep_to_the_rules_of_headers_and_name_the_type_of_text(
    send: Callable[..., dict[str, Any]],
) -> None:
    source = """
        from tight import get, set_default_headers

        set_default_headers({"X-None": None, "X-Count": 3, "content-type": "text/html"})

        @get
        def read():
            return "<p>"
    """
    assert send(source)["headers"] == {"X-Count": "3", "Content-Type": "text/html"}
