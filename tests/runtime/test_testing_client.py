"""The client of the test kit: a function of an app as its callers see it."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from importlib import import_module

import pytest

from tight.testing import Answer, App, Function, request_authorizer_event, rest_api_event, token_authorizer_event
from tight.testing.errors import NotSendable, UnfitAnswer, UnknownGateway

Write = Callable[[dict[str, str]], None]

INDEX = """
    from tight.app import controllers as _controllers

    VERSION = "1.2"

    class Settings:
        pass

    __getattr__ = _controllers("app.functions")
"""
ORDERS = """
    from tight import get, post

    PLACED = {}

    @post("/orders")
    def place(body):
        order = {"id": str(len(PLACED)), **body}
        PLACED[order["id"]] = order
        return 201, order

    @get("/orders/{order_id}")
    def read(order_id):
        return PLACED.get(order_id) or (404, {"message": f"no order {order_id}"})
"""


@pytest.fixture
def app_of(write_app: Write) -> Callable[..., App]:
    """An app with these functions, by their names the handler.py of each."""

    def load(index: str = INDEX, **handlers: str) -> App:
        files = {f"app/functions/{name}/handler.py": source for name, source in handlers.items()}
        write_app({"app_index.py": index, **files})
        return App(import_module("app_index"))

    return load


@pytest.fixture
def echo(app_of: Callable[..., App]) -> Function:
    """A function that answers with what it was given."""
    source = """
        from tight import delete, get, head, options, patch, post, put

        @get
        @post
        @put
        @patch
        @delete
        @options
        def echo(request, context):
            body = request.body
            return {
                "gateway": request.gateway.name,
                "method": request.method,
                "path": request.path,
                "query": {name: request.query.all(name) for name in request.query},
                "header": request.headers.get("x-probe"),
                "cookies": request.cookies,
                "body": body.decode("latin-1") if isinstance(body, bytes) else body,
                "principal": request.principal_id,
                "function": context.function_name,
                "id": context.aws_request_id,
                "left": context.get_remaining_time_in_millis(),
            }
    """
    return app_of(echo=source).echo


def test_an_order_is_read_back(app_of: Callable[..., App]) -> None:
    app = app_of(orders=ORDERS)

    placed = app.orders.post("/orders", json={"product": "tea", "price": "4.20"})
    assert placed.status == 201
    assert app.orders.get(f"/orders/{placed.json['id']}").json["product"] == "tea"
    assert app.orders.get("/orders/none").status == 404


def test_a_function_is_still_what_lambda_calls(app_of: Callable[..., App]) -> None:
    answer = app_of(orders=ORDERS).orders({"httpMethod": "GET", "path": "/orders/none"}, {})

    assert (answer["statusCode"], json.loads(answer["body"])) == (404, {"message": "no order none"})


def test_the_rest_of_the_entry_module_is_as_it_is(app_of: Callable[..., App]) -> None:
    app = app_of(INDEX + "\n    def by_hand(event, context):\n        return event\n", orders=ORDERS)
    index = import_module("app_index")

    assert [getattr(app, name) for name in ("VERSION", "Settings", "__name__")] == ["1.2", index.Settings, "app_index"]
    assert app.by_hand({"a": 1}, None) == {"a": 1}
    assert app.by_hand.invoke({"a": 1}) == {"a": 1}
    assert app.orders.handler is index.orders
    assert not hasattr(app, "no_such_function")
    assert (repr(app), repr(app.orders)) == ("<App app_index>", "<Function orders>")


@pytest.mark.parametrize("gateway", ["http", "rest", "url", "alb", "alb multi-value"])
def test_a_request_arrives_the_same_through_every_gateway(echo: Function, gateway: str) -> None:
    seen = echo.via(gateway).post(
        "/caf%C3%A9/1?a=1",
        json={"price": 1.5},
        headers={"X-Probe": "p"},
        query={"b": "x y"},
        cookies={"session": "s"},
    )

    assert seen.status == 200
    assert {**seen.json, "id": "", "left": 0} == {
        "gateway": gateway.partition(" ")[0],
        "method": "POST",
        "path": "/café/1",
        "query": {"a": ["1"], "b": ["x y"]},
        "header": "p",
        "cookies": {"session": "s"},
        "body": {"price": 1.5},
        "principal": None,
        "function": "echo",
        "id": "",
        "left": 0,
    }


def test_every_verb_has_a_method(echo: Function) -> None:
    answers = [call("/") for call in (echo.get, echo.post, echo.put, echo.patch, echo.delete, echo.options)]

    assert [answer.json["method"] for answer in answers] == ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    assert echo.request("trace", "/").status == 405
    head = echo.head("/")
    assert (head.status, head.content, head.headers["Content-Type"]) == (200, b"", "application/json")


def test_a_body_may_be_text_or_bytes_or_a_form(echo: Function) -> None:
    assert echo.post("/", body="tea", headers={"Content-Type": "text/plain"}).json["body"] == "tea"
    assert echo.post("/", body=b"\xff").json["body"] == "\xff"
    assert echo.post("/", form={"product": "tea & cake"}).json["body"] == {"product": "tea & cake"}


def test_a_principal_is_given_to_the_handler(echo: Function) -> None:
    assert [echo.via("rest").get("/", principal_id="ada").json["principal"], echo.get("/").json["principal"]] == [
        "ada",
        None,
    ]


def test_every_call_has_a_context_of_its_own(echo: Function) -> None:
    first, second = echo.get("/").json, echo.get("/").json

    assert first["id"] != second["id"]
    assert 0 < first["left"] <= 10_000


def test_an_event_may_be_made_by_a_function_of_ones_own(app_of: Callable[..., App]) -> None:
    source = """
        from tight import get

        @get
        def stage(event):
            return event["requestContext"]["stage"]
    """
    app = app_of(stage=source)

    assert app.stage.via(partial(rest_api_event, stage="prod")).get("/").text == "prod"


def test_an_unknown_gateway_is_an_error_that_names_the_others(echo: Function) -> None:
    with pytest.raises(UnknownGateway, match="no gateway 'websocket': name one of http, rest, url, alb, alb multi-v"):
        echo.via("websocket")


ANSWERED = """
    from tight import Response, get

    @get("/cookies")
    def cookies():
        return Response(200, "tea", {"X-Many": ["1", "2"]}, cookies=["a=1; HttpOnly", "b=2; Path=/"])

    @get("/bytes")
    def raw():
        return b"\\xff"

    @get("/latin")
    def latin():
        return Response(200, "caf\\xe9".encode("latin-1"), {"Content-Type": "text/plain; charset=latin-1"})

    @get("/nothing")
    def nothing():
        return None
"""


@pytest.mark.parametrize("gateway", ["http", "rest", "url", "alb", "alb multi-value"])
def test_an_answer_is_read_as_the_gateway_sends_it_on(app_of: Callable[..., App], gateway: str) -> None:
    function = app_of(answers=ANSWERED).answers.via(gateway)

    found = function.get("/cookies")
    assert (found.cookies, found.text) == ({"a": "1", "b": "2"}, "tea")
    assert found.headers["x-MANY"].replace(" ", "") == "1,2"
    assert "HttpOnly" in found.headers["Set-Cookie"]
    assert function.get("/bytes").content == b"\xff"
    assert function.get("/latin").text == "café"
    nothing = function.get("/nothing")
    assert (nothing.status, nothing.content, nothing.text) == (204, b"", "")
    with pytest.raises(ValueError, match="Expecting value"):
        _ = nothing.json
    assert nothing.raw["statusCode"] == 204


def test_an_answer_shows_what_it_is_when_a_test_fails() -> None:
    assert repr(Answer({"statusCode": 500, "body": "oh"})) == "<Answer 500 b'oh'>"


def test_a_status_may_be_text_and_a_header_a_truth() -> None:
    answer = Answer({"statusCode": "201", "headers": {"X-Fresh": True}, "body": None})

    assert (answer.status, answer.headers["x-fresh"], answer.content) == (201, "true", b"")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        {"body": "no status"},
        {"statusCode": "two hundred"},
        {"statusCode": 199},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "multiValueHeaders": {"A": "1"}},
    ],
)
def test_an_answer_that_no_gateway_sends_on_fails_the_test(raw: object) -> None:
    with pytest.raises(UnfitAnswer):
        Answer(raw)


@pytest.mark.parametrize(
    ("raw", "text"), [({"hello": "world"}, '{"hello": "world"}'), ("hello", "hello"), ([1], "[1]"), (None, "null")]
)
def test_payload_2_takes_what_names_no_status_for_a_body(raw: object, text: str) -> None:
    answer = Answer(raw, infers=True)

    assert (answer.status, answer.headers["content-type"], answer.text) == (200, "application/json", text)


DIRECT = """
    from decimal import Decimal
    from tight import direct

    @direct
    def run(event):
        return eval(event["value"]) if "value" in event else event
"""


def test_a_payload_and_a_result_pass_through_json(app_of: Callable[..., App]) -> None:
    run = app_of(run=DIRECT).run

    assert run.invoke({"pair": (1, 2), 3: None}) == {"pair": [1, 2], "3": None}
    assert run.invoke({"price": Decimal("4.20")}) == {"price": 4.2}
    assert run.invoke({"value": "{'whole': Decimal(5), 'part': Decimal('0.5'), 'all': (1,)}"}) == {
        "whole": 5,
        "part": 0.5,
        "all": [1],
    }
    assert type(run.invoke({"value": "Decimal(5)"})) is int


def test_what_json_can_not_hold_is_an_error_as_it_is_in_lambda(app_of: Callable[..., App]) -> None:
    run = app_of(run=DIRECT).run

    with pytest.raises(NotSendable, match=r"what run returned can't be sent as JSON.*type set is not"):
        run.invoke({"value": "{1, 2}"})
    with pytest.raises(NotSendable, match=r"the payload can't be sent as JSON.*type object is not"):
        run.invoke({"value": object()})


def test_what_a_direct_function_raises_comes_out(app_of: Callable[..., App]) -> None:
    with pytest.raises(ZeroDivisionError):
        app_of(run=DIRECT).run.invoke({"value": "1 / 0"})


def test_an_authorizer_is_asked_with_events_of_each_kind(app_of: Callable[..., App]) -> None:
    source = """
        from tight import allow, authorizer, deny

        @authorizer
        def check(token):
            return allow("ada") if token == "open" else deny()
    """
    check = app_of(check=source).check

    by_token = check.invoke(token_authorizer_event("Bearer open", "GET", "/orders"))
    assert (by_token["principalId"], by_token["policyDocument"]["Statement"][0]["Effect"]) == ("ada", "Allow")
    headers = {"Authorization": "Bearer open"}
    assert check.invoke(request_authorizer_event("GET", "/orders", headers=headers))["isAuthorized"] is True
    assert check.invoke(request_authorizer_event("GET", "/orders"))["isAuthorized"] is False
    by_request = check.invoke(request_authorizer_event("GET", "/orders", version="1.0", headers=headers))
    assert by_request["policyDocument"]["Statement"][0]["Effect"] == "Allow"
