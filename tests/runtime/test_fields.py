"""Names to values where a name may be repeated."""

import pytest

from tight.fields import Fields, Headers


def test_fields_are_a_dict_of_the_last_values() -> None:
    fields = Fields({"a": ["1", "2"], "b": [""], "c": []})

    assert fields == {"a": "2", "b": ""}
    assert (fields.all("a"), fields.all("b"), fields.all("c"), fields.all("d")) == (["1", "2"], [""], [], [])


def test_what_all_gives_may_be_changed() -> None:
    fields = Fields({"a": ["1"]})
    fields.all("a").append("2")

    assert fields.all("a") == ["1"]


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_a_header_is_found_in_any_spelling(name: str) -> None:
    headers = Headers([("Content-Type", "a/b")])

    assert (headers[name], headers.get(name), name in headers) == ("a/b", "a/b", True)
    assert (headers.get("x"), headers.get("x", "y"), "x" in headers) == (None, "y", False)


def test_middleware_may_set_and_drop_a_header_in_any_spelling() -> None:
    headers = Headers([("Authorization", "Bearer x"), ("X-A", "1"), ("X-B", "2")])
    headers["X-User"] = "u-1"
    del headers["X-A"]

    assert headers["x-user"] == headers["X-USER"] == "u-1"
    assert headers.pop("AUTHORIZATION") == "Bearer x"
    assert headers.pop("Authorization", None) is None
    assert headers.setdefault("x-B", "3") == "2"
    assert headers == {"x-b": "2", "x-user": "u-1"}
