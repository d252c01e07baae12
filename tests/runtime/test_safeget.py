"""One value from deep inside."""

from collections import defaultdict
from typing import Any

import pytest

from tight.core.safeget import safeget as safeget_of_tight_0_1
from tight.safeget import safeget

ORDER: dict[str, Any] = {"customer": {"name": "Ada", "tags": ["a", "b"], "phone": None}, "lines": [{"amount": 0}]}


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (("customer", "name"), "Ada"),
        (("customer", "tags", 1), "b"),
        (("customer", "tags", -1), "b"),
        (("lines", 0, "amount"), 0),
        (("customer", "phone"), None),
    ],
)
def test_keys_lead_to_the_value_whatever_it_is(keys: tuple[object, ...], found: object) -> None:
    assert safeget(ORDER, *keys, default="default") == found


@pytest.mark.parametrize("value", [0, "", None, False, [], {}, 0.0])
def test_a_value_that_is_falsy_comes_back_as_it_is(value: object) -> None:
    assert safeget({"key": value}, "key", default="default") is value


@pytest.mark.parametrize(
    "keys",
    [
        ("missing",),
        ("customer", "missing", "deeper"),
        ("customer", "tags", 2),
        ("customer", "tags", -3),
        ("customer", "tags", "a"),
        ("customer", "name", 0),
        ("customer", "phone", "prefix"),
        ("lines", 0, "amount", "currency"),
        (["can't be hashed"],),
    ],
)
def test_keys_that_lead_nowhere_give_none_or_the_default(keys: tuple[object, ...]) -> None:
    assert safeget(ORDER, *keys) is None
    assert safeget(ORDER, *keys, default=7) == 7


@pytest.mark.parametrize("root", [None, 5, "text", b"bytes"])
def test_a_root_without_keys_leads_nowhere(root: object) -> None:
    assert safeget(root, 0) is None


def test_without_keys_it_is_the_mapping_itself() -> None:
    assert safeget(ORDER) is ORDER


def test_looking_does_not_let_a_defaultdict_grow() -> None:
    counts: defaultdict[str, int] = defaultdict(int)

    assert safeget(counts, "missing") is None
    assert counts == {}


def test_tight_0_1s_path_is_the_same_function() -> None:
    assert safeget_of_tight_0_1 is safeget
