"""Patterns of paths: what they match, and which one wins."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.generated import quick
from tight.dispatch import Pattern, Router
from tight.errors import BadRoute


def found(paths: list[str], path: str) -> tuple[str, dict[str, Any]] | None:
    router = Router([(Pattern(each), "GET", each) for each in paths])
    return router.find("GET", [segment for segment in path.split("/") if segment])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("007", 7),
        ("0", 0),
        ("-7", None),
        ("7.5", None),
        ("٣", None),
        ("²", None),
        ("1_0", None),
        (" 7", None),
    ],
)
def test_an_int_parameter_is_digits_given_as_a_number(text: str, value: int | None) -> None:
    match = found(["/accounts/{number:int}"], f"/accounts/{text}")

    assert match == (None if value is None else ("/accounts/{number:int}", {"number": value}))


def test_an_int_parameter_of_very_many_digits_is_no_match() -> None:
    assert found(["/accounts/{number:int}"], "/accounts/" + "9" * 5000) is None


@pytest.mark.parametrize(
    ("rule", "text", "matches"),
    [
        ("[A-Z]{3}", "ABC", True),
        ("[A-Z]{3}", "ABCD", False),
        ("[A-Z]{3}", "xABC", False),
        ("[A-Z]+", "ABC\n", False),
        ("a|b", "b", True),
        ("a|bc", "ab", False),
        (r"\d{4}-\d\d", "2026-11", True),
    ],
)
def test_a_regular_expression_has_to_match_the_whole_segment(rule: str, text: str, matches: bool) -> None:
    path = f"/codes/{{code:{rule}}}"

    assert found([path], f"/codes/{text}") == ((path, {"code": text}) if matches else None)


@pytest.mark.parametrize("path", ["/files/{name:int", "/files/{name:[}", "/files/{name:uuid}", "/files/{name:[^/]+}"])
def test_a_rule_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(BadRoute):
        Pattern(path)


PRECEDENCE = [
    "/{rest+}",
    "/accounts/{rest+}",
    "/accounts/{account_id}",
    "/accounts/{code:[a-z0-9]+}",
    "/accounts/{number:int}",
    "/accounts/7",
    "/{kind}/7",
]


@pytest.mark.parametrize(
    ("path", "winner"),
    [
        ("/accounts/7", "/accounts/7"),
        ("/accounts/8", "/accounts/{number:int}"),
        ("/accounts/a8", "/accounts/{code:[a-z0-9]+}"),
        ("/accounts/A8", "/accounts/{account_id}"),
        ("/accounts/7/orders", "/accounts/{rest+}"),
        ("/orders/7", "/{kind}/7"),
        ("/orders", "/{rest+}"),
        ("/orders/8", "/{rest+}"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_more_specific_pattern_wins_in_any_order(path: str, winner: str, order: int) -> None:
    match = found(PRECEDENCE[::order], path)

    assert match is not None
    assert match[0] == winner


def test_a_less_specific_pattern_answers_a_verb_that_the_other_has_not() -> None:
    router = Router([(Pattern("/accounts/recent"), "GET", "recent"), (Pattern("/accounts/{name}"), "PUT", "one")])

    assert router.find("PUT", ["accounts", "recent"]) == ("one", {"name": "recent"})
    assert router.allowed(["accounts", "recent"]) == {"GET", "PUT"}


def test_the_rest_of_a_path_is_one_segment_at_least() -> None:
    assert found(["/files/{path+}"], "/files") is None
    assert found(["/files/{path+}"], "/files/a") == ("/files/{path+}", {"path": "a"})
    assert found(["/files/{path+}"], "/files/a/b/c") == ("/files/{path+}", {"path": "a/b/c"})


def test_very_long_paths_are_found_and_not_remembered() -> None:
    router = Router([(Pattern("/files/{path+}"), "GET", "file")])

    for length in (2, 31, 32, 1000):
        segments = ["files", *["x"] * (length - 1)]
        assert router.find("GET", segments) == ("file", {"path": "/".join(segments[1:])})
    assert max(router._by_length) < 32


def test_the_root_is_a_path() -> None:
    assert found(["/", "/{name}"], "/") == ("/", {})


SEGMENTS = ("a", "b", "{x}", "{y}", "{n:int}", "{w:[a-z]+}", "{v:[0-9b]+}", "{r+}")


def is_readable(segments: list[str]) -> bool:
    names = [segment for segment in segments if "{" in segment]
    return len(names) == len(set(names)) and "{r+}" not in segments[:-1]


PATTERNS = st.lists(st.sampled_from(SEGMENTS), max_size=4).filter(is_readable).map(lambda each: "/" + "/".join(each))


def rank(segment: str) -> int:
    """0 for a literal, then int, regular expression, parameter and rest."""
    marks = ("{", ":int}", ":", "+}")
    is_parameter, is_int, has_rule, is_rest = (mark in segment for mark in marks)
    return 0 if not is_parameter else 1 if is_int else 2 if has_rule else 4 if is_rest else 3


def ranks(path: str) -> list[int]:
    return [rank(segment) for segment in path.split("/") if segment]


def slow_match(path: str, parts: list[str]) -> dict[str, Any] | None:
    """The parameters that `parts` give to a pattern, by looking at one segment after the other."""
    segments = [segment for segment in path.split("/") if segment]
    found: dict[str, Any] = {}
    for place, segment in enumerate(segments):
        if place >= len(parts):
            return None
        text = parts[place]
        name, _, rule = segment.strip("{}").partition(":")
        kind = rank(segment)
        if kind == 4:
            rest = "/".join(parts[place:])
            return {**found, "r": rest} if rest else None
        regex = re.escape(segment) if kind == 0 else "[0-9]+" if kind == 1 else rule if kind == 2 else r"[\s\S]+"
        if not re.fullmatch(regex, text):
            return None
        if kind:
            found[name] = int(text) if kind == 1 else text
    return found if len(parts) == len(segments) else None


@settings(quick, max_examples=300)
@given(
    st.lists(st.tuples(PATTERNS, st.sampled_from(["GET", "PUT"])), max_size=6, unique=True),
    st.lists(st.lists(st.sampled_from(["a", "b", "c", "7", "07", "٣", "", "ab", "x/y"]), max_size=5), max_size=5),
)
def test_the_router_finds_what_a_search_through_all_routes_finds(
    routes: list[tuple[str, str]], requests: list[list[str]]
) -> None:
    router = Router([(Pattern(path), method, path) for path, method in routes])

    for parts in requests:
        matches = {path: slow_match(path, parts) for path, _ in routes}
        for method in ("GET", "PUT"):
            fitting = [path for path, verb in routes if verb == method and matches[path] is not None]
            found = router.find(method, parts)
            if fitting:
                assert found is not None
                assert found[1] == matches[found[0]]
                assert ranks(found[0]) == min(map(ranks, fitting))
            else:
                assert found is None
        assert router.allowed(parts) == {verb for path, verb in routes if matches[path] is not None}
