"""Cross-origin requests, as a browser makes them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import Shape
from tight import Cors
from tight.errors import BadSetting

Load = Callable[..., Callable[[Any, object], Any]]

SHOP, ELSEWHERE = "https://shop.example.org", "https://elsewhere.example.org"
SOURCE = """
    from tight import get, post

    @get("/orders/{order_id}")
    @post("/orders/{order_id}")
    def read(order_id):
        if order_id == "fail":
            raise ValueError
        return order_id
"""
STRICT: Any = {"origins": [SHOP], "credentials": True, "max_age": 600, "headers": ["Content-Type", "X-Api-Key"]}
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-other"}


def ask(load: Load, shape: Shape, cors: Any, method: str = "GET", origin: str = SHOP, **headers: str) -> dict[str, str]:
    answer = shape.ask(load(SOURCE, cors=cors), method, "/orders/1", headers={"Origin": origin, **headers})
    return {name: value for name, value in answer.headers.items() if name.startswith("access-") or name == "vary"}


def test_everybody_may_read_answers_by_default(load: Load, shape: Shape) -> None:
    for cors in (None, True, Cors()):
        assert ask(load, shape, cors) == {"access-control-allow-origin": "*"}


def test_nobody_may_read_answers_where_cors_is_off(load: Load, shape: Shape) -> None:
    assert ask(load, shape, False) == {}


def test_a_named_origin_may_read_answers(load: Load, shape: Shape) -> None:
    assert ask(load, shape, Cors(**STRICT)) == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-credentials": "true",
        "vary": "Origin",
    }


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "", f"{SHOP}.evil.org", "http://shop.example.org", SHOP.upper()])
def test_another_origin_may_not_and_caches_are_told_that_it_depends(load: Load, shape: Shape, origin: str) -> None:
    assert ask(load, shape, Cors(**STRICT), origin=origin) == {"vary": "Origin"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/orders/fail", 500), ("GET", "/other", 404), ("PUT", "/orders/1", 405), ("GET", "/orders/1", 200)],
)
def test_answers_of_every_status_may_be_read(load: Load, shape: Shape, method: str, path: str, status: int) -> None:
    for cors, allowed in ((None, "*"), (Cors([SHOP]), SHOP)):
        answer = shape.ask(load(SOURCE, cors=cors), method, path, headers={"Origin": SHOP})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, allowed)


def test_a_preflight_is_answered_with_what_the_path_allows(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(SOURCE, cors=Cors(**STRICT)), "OPTIONS", "/orders/1", headers={"Origin": SHOP, **PREFLIGHT})

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "Content-Type, X-Api-Key",
        "access-control-allow-methods": "GET, HEAD, OPTIONS, POST",
        "access-control-max-age": "600",
        "allow": "GET, HEAD, OPTIONS, POST",
        "vary": "Origin",
    }


def test_a_preflight_is_allowed_the_headers_that_it_asks_for_by_default(load: Load, shape: Shape) -> None:
    for cors in (None, Cors(), Cors([SHOP])):
        found = ask(load, shape, cors, "OPTIONS", **PREFLIGHT)
        assert found["access-control-allow-headers"] == "content-type,x-other"
        assert "access-control-max-age" not in found


@pytest.mark.parametrize("cors", [False, Cors([ELSEWHERE])])
def test_a_preflight_of_an_origin_that_is_not_allowed_is_allowed_nothing(load: Load, shape: Shape, cors: Any) -> None:
    found = ask(load, shape, cors, "OPTIONS", **PREFLIGHT)

    assert {name for name in found if name.startswith("access-")} == set()


def test_an_options_request_that_is_no_preflight_is_told_the_verbs_alone(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(SOURCE, cors=Cors([SHOP])), "OPTIONS", "/orders/1")

    assert answer.headers == {"allow": "GET, HEAD, OPTIONS, POST", "vary": "Origin"}


def test_a_preflight_of_an_unknown_path_is_a_404_that_may_be_read(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(SOURCE), "OPTIONS", "/other", headers={"Origin": SHOP, **PREFLIGHT})

    assert (answer.status, answer.headers["access-control-allow-origin"]) == (404, "*")


def test_a_handler_of_options_answers_preflights_itself(load: Load, shape: Shape) -> None:
    source = """
        from tight import get, options

        @get
        def read():
            return "x"

        @options
        def preflight():
            return 200, "", {"Access-Control-Allow-Origin": "https://own.example.org", "Allow": "GET"}
    """
    answer = shape.ask(load(source, cors=Cors([SHOP])), "OPTIONS", "/", headers={"Origin": SHOP, **PREFLIGHT})

    assert answer.headers["access-control-allow-origin"] == "https://own.example.org"
    assert "access-control-allow-methods" not in answer.headers


def test_headers_that_a_browser_may_read_are_named(load: Load, shape: Shape) -> None:
    assert ask(load, shape, Cors(expose=["X-Total", "ETag"]))["access-control-expose-headers"] == "X-Total, ETag"
    assert "access-control-expose-headers" not in ask(load, shape, Cors([ELSEWHERE], expose=["X-Total"]))


def test_the_origin_is_found_in_any_spelling_of_its_header(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(SOURCE, cors=Cors(SHOP)), "GET", "/orders/1", headers={"oRiGiN": SHOP})

    assert answer.headers["access-control-allow-origin"] == SHOP


def test_one_name_may_stand_without_a_list(load: Load, shape: Shape) -> None:
    cors = Cors(SHOP, headers="X-Api-Key", expose="X-Total")

    assert ask(load, shape, cors, "OPTIONS", **PREFLIGHT) == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-methods": "GET, HEAD, OPTIONS, POST",
        "access-control-allow-headers": "X-Api-Key",
        "access-control-expose-headers": "X-Total",
        "vary": "Origin",
    }


def test_credentials_for_everybody_are_refused() -> None:
    with pytest.raises(BadSetting, match="name the origins"):
        Cors(["*"], credentials=True)


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.org/",
        "shop.example.org",
        "https://Shop.example.org",
        "https://*.example.org",
        " https://a.b",
        "",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(f"no browser sends the origin {origin!r}: write it")):
        Cors([SHOP, origin])


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "http://localhost:3000",
        "http://[::1]:8080",
        "capacitor://localhost",
        "https://xn--bcher-kva.example",
    ],
)
def test_an_origin_as_browsers_send_it_is_taken(origin: str) -> None:
    assert Cors(origin).origins == (origin,)
