"""Annotations that name no model: imported for type checkers alone, not there at all, or plain."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight.errors import UnreadableAnnotation

Write = Callable[[dict[str, str]], None]
Load = Callable[..., Callable[[Any, object], Any]]
Post = Callable[[str, object], tuple[int, Any]]


@pytest.mark.parametrize("annotation", ["Order", "list[Order]", "Order | None"])
@pytest.mark.parametrize("parameter", ["body", "query", "form"])
def test_a_name_that_is_imported_for_type_checkers_alone_is_refused_at_import(
    load: Load, annotation: str, parameter: str
) -> None:
    source = f"""
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from tight import post

        if TYPE_CHECKING:
            from elsewhere import Order

        @post
        def write({parameter}: {annotation}):
            return 1
    """
    with pytest.raises(
        UnreadableAnnotation, match=rf"of '{parameter}' in write can't be checked: .*imported at run time"
    ):
        load(source)


def test_an_annotation_that_fails_does_not_read_as_handler_missing(load: Load) -> None:
    source = "import json\nfrom tight import post\n@post\ndef write(body: 'json.NoSuchModel'):\n    return 1\n"

    with pytest.raises(UnreadableAnnotation, match=r"json\.NoSuchModel of 'body' in write"):
        load(source)


def test_the_types_of_events_may_be_imported_for_type_checkers_alone(load: Load) -> None:
    handler = load("""
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from tight import direct

        if TYPE_CHECKING:
            from tight.types import CognitoEvent

        @direct
        def confirm(event: CognitoEvent) -> CognitoEvent:
            return event
    """)
    assert handler({"response": {}}, None) == {"response": {}}


def test_what_no_handler_checks_may_be_imported_for_type_checkers_alone(post: Post) -> None:
    source = """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from tight import post

        if TYPE_CHECKING:
            from tight import Request, Response

        @post
        def write(request: Request, body: dict[str, int]) -> Response:
            return body
    """
    assert post(source, {"a": "unchecked"}) == (200, {"a": "unchecked"})


PLAIN = [
    "dict",
    "dict[str, Any]",
    "'dict[str, Any]'",
    "'dict[str, Any] | None'",
    "dict[str, Any] | None",
    "Optional[str]",
    "list[dict]",
    "'list[dict[str, object]]'",
    "Mapping[str, int]",
    "Any",
    "bytes",
    "'Union[str, None]'",
]


@pytest.mark.parametrize("annotation", PLAIN)
def test_a_plain_annotation_costs_nothing(write_app: Write, tmp_path: Path, annotation: str) -> None:
    source = (
        "from collections.abc import Mapping\nfrom typing import Any, Optional, Union\nfrom tight import direct, post\n"
    )
    source += f"@post\ndef write(body: {annotation}):\n    return body\n"
    source += f"@direct\ndef work(event: {annotation}):\n    return event\n"
    write_app({"app/functions/accounts/handler.py": source})
    program = """
        import sys
        from tight.app import controllers
        handler = controllers("app.functions")("accounts")
        assert handler({"httpMethod": "POST", "path": "/", "body": '"as it is"'}, None)["body"] == "as it is"
        assert handler({"as": "it is"}, None) == {"as": "it is"}
        print(*[name for name in sys.modules if name in ("tight.validation", "dataclasses", "pydantic", "msgspec")])
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "\n"
