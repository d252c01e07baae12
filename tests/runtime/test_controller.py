"""Several triggers in one module: which of them an event is for."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.runtime.shapes import SHAPES
from tight.errors import DuplicateRoute, NoHandler, NotAnHttpEvent

Load = Callable[..., Callable[[Any, object], Any]]

EVERY_TRIGGER = """
    from tight import allow, authorizer, direct, get

    @direct
    def work(event):
        return {"worked": event}

    @get
    def read():
        return "read"

    @authorizer
    def check(token):
        return token == "secret"
"""
REST = {"httpMethod": "GET", "path": "/"}
HTTP = {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}}
BALANCER = {**REST, "requestContext": {"elb": {}}, "headers": {}}


@pytest.mark.parametrize("event", [REST, HTTP, BALANCER])
def test_an_event_of_a_gateway_is_for_the_verbs(load: Load, event: dict[str, Any]) -> None:
    assert load(EVERY_TRIGGER)(event, None)["body"] == "read"


def test_a_question_of_a_gateway_is_for_the_authorizer(load: Load) -> None:
    token = {"type": "TOKEN", "authorizationToken": "secret", "methodArn": "arn:aws:execute-api:r:1:api/dev/GET/"}
    request = {**HTTP, "type": "REQUEST", "identitySource": ["secret"]}

    assert load(EVERY_TRIGGER)(token, None)["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    assert load(EVERY_TRIGGER)(request, None) == {"isAuthorized": True, "context": {}}


@pytest.mark.parametrize("event", [{"job": 7}, {}, ["a", "list"], "text", None, {"requestContext": None}])
def test_any_other_event_is_for_the_direct_function(load: Load, event: Any) -> None:
    assert load(EVERY_TRIGGER)(event, None) == {"worked": event}


def test_verbs_beside_a_direct_function_need_no_authorizer(load: Load) -> None:
    source = """
        from tight import direct, get

        @get
        def read():
            return "read"

        @direct
        def work(event):
            return "worked"
    """
    assert load(source)(REST, None)["body"] == "read"
    assert load(source)({"job": 7}, None) == "worked"


def test_what_no_trigger_accepts_is_refused_by_the_verbs(load: Load) -> None:
    source = """
        from tight import authorizer, get

        @get
        def read():
            return "read"

        @authorizer
        def check(token):
            return False
    """
    with pytest.raises(NotAnHttpEvent, match="it has the keys job"):
        load(source)({"job": 7}, None)


def test_one_function_may_serve_two_triggers(load: Load) -> None:
    source = """
        from tight import direct, get

        @direct
        @get
        def read(event):
            return {"method": event.get("httpMethod")}
    """
    assert load(source)(REST, None)["body"] == '{"method":"GET"}'
    assert load(source)({}, None) == {"method": None}


def test_a_function_of_several_triggers_is_known_by_its_name_and_text(load: Load) -> None:
    controller: Any = load('"""Accounts."""' + EVERY_TRIGGER.replace("\n    ", "\n"))

    assert (controller.__name__, controller.__doc__) == ("accounts", "Accounts.")


@pytest.mark.parametrize("trigger", ["direct", "authorizer"])
def test_two_functions_for_one_trigger_are_refused_with_both_places(load: Load, trigger: str) -> None:
    source = f"""
        from tight import {trigger}

        @{trigger}
        def first(event):
            return 1

        @{trigger}
        def second(event):
            return 2
    """
    with pytest.raises(
        DuplicateRoute, match=rf"@{trigger} is marked twice, at .*handler.py:[45] and at .*handler.py:[89]"
    ):
        load(source)


def test_a_module_that_only_handles_errors_has_no_handler(load: Load) -> None:
    source = """
        from tight import error

        @error(404)
        def missing():
            return "nothing here"
    """
    with pytest.raises(NoHandler, match="marks no function"):
        load(source)


@pytest.mark.parametrize(
    "event",
    [
        {"Records": [{"eventSource": "aws:sqs"}]},
        {"requestContext": {"connectionId": "a=", "eventType": "CONNECT", "routeKey": "$connect"}},
        {"source": "aws.events", "detail-type": "Scheduled Event"},
        [],
        "text",
        None,
    ],
)
def test_an_event_of_another_service_goes_to_the_functions_other_trigger(load: Load, event: Any) -> None:
    source = """
        from tight import direct, get

        @get
        def read():
            return "http"

        @direct
        def invoked(event):
            return {"invoked": event}
    """
    handler = load(source)

    assert handler(event, None) == {"invoked": event}
    assert [shape.ask(handler).body for shape in SHAPES] == [b"http"] * len(SHAPES)
