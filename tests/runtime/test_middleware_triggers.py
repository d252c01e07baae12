"""Middleware around what is called by no request: direct functions and authorizers."""

from collections.abc import Callable
from typing import Any

import pytest

from tight.app import controllers

Write = Callable[[dict[str, str]], None]
Load = Callable[[str], Callable[[Any, object], Any]]

TOKEN = {"type": "TOKEN", "authorizationToken": "secret", "methodArn": "arn:aws:execute-api:r:1:api/dev/GET/"}


def test_it_wraps_direct_functions_which_are_given_and_return_what_they_are(write_app: Write) -> None:
    source = """
        from tight import direct, wrap, wrap_all

        def doubled(invocation, proceed):
            return proceed(invocation) * 2

        wrap_all(doubled)

        @direct
        @wrap(doubled)
        def work(event):
            return [event["job"]]
    """
    write_app({"app/functions/accounts/handler.py": source})
    lookup = controllers(
        "app.functions", middleware=[lambda invocation, proceed: [invocation.function, *proceed(invocation)]]
    )
    assert lookup("accounts")({"job": 1}, None) == ["accounts", 1, 1, 1, 1]


def test_it_wraps_authorizers_and_may_deny_for_them(load: Load) -> None:
    handler = load("""
        from tight import allow, authorizer, deny, wrap_all

        def only_internal(attempt, proceed):
            return proceed(attempt) if attempt.token.startswith("internal") else deny()

        wrap_all(only_internal)

        @authorizer
        def check(token):
            return allow("ada")
    """)

    def effect(token: str) -> str:
        answer: dict[str, Any] = handler({**TOKEN, "authorizationToken": token}, None)
        return str(answer["policyDocument"]["Statement"][0]["Effect"])

    assert (effect("internal-1"), effect("guess")) == ("Allow", "Deny")


def test_an_exception_in_a_direct_function_passes_through_its_middleware_and_surfaces(load: Load) -> None:
    handler = load("""
        from tight import direct, wrap

        seen = []

        def watched(invocation, proceed):
            try:
                return proceed(invocation)
            except LookupError as error:
                seen.append(error)
                raise

        @direct
        @wrap(watched)
        def work(event):
            if event == "seen":
                return len(seen)
            raise LookupError("no such job")
    """)
    with pytest.raises(LookupError, match="no such job"):
        handler({}, None)
    assert handler("seen", None) == 1
