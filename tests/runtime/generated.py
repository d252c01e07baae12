"""What the tests of properties share: values of any kind, and a handler that is no file."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tight.app import controllers
from tight.controller import controller_of
from tight.handlers import marks_of

quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)

TEXT = st.text(max_size=8)
ANY_TEXT = st.text(st.characters(), max_size=8)  # halves of surrogate pairs too


def json_values(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | text
    )
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))


def made(source: str, given_settings: Mapping[str, Any], **names: Any) -> Callable[[Any, object], Any]:
    """The handler that Lambda gets for a handler.py."""
    module = ModuleType("handler")
    vars(module).update(names)
    exec(source, vars(module))  # noqa: S102  # the source stands in this file
    whole = controllers("app.functions", **given_settings).settings
    handler: Callable[[Any, object], Any] = controller_of("orders", module, marks_of(module), whole)
    return handler
