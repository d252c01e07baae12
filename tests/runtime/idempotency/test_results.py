"""`@idempotent` on a table of the embedded DynamoDB and in memory: what is once, and what a repeat is given."""

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from tests.runtime.idempotency.charges import Store, charge
from tight import Response, client, exit_with_response, idempotent
from tight.clients import aws as clients
from tight.clients import claims
from tight.errors import BadKey, InProgress, InvalidInput, KeyReused, MissingEnvironment, MissingKey, UnstorableResult
from tight.exits import HttpExit
from tight.idempotency import Memory, Table


def test_a_repeat_is_given_the_first_result(store: Store) -> None:
    run, ran = charge(store)

    assert [run({"id": 7}), run({"id": 7}), run(message={"id": 8})] == [
        {"charged": 7, "run": 1},
        {"charged": 7, "run": 1},
        {"charged": 8, "run": 2},
    ]
    assert ran == [{"id": 7}, {"id": 8}]


def test_a_result_ends_when_it_expires(store: Store, later: Callable[[float], None]) -> None:
    run, ran = charge(store, expires=60)
    run({"id": 7})
    later(50)
    run({"id": 7})
    later(62)
    run({"id": 7})

    assert len(ran) == 2


def test_what_fails_is_tried_again_at_once(store: Store) -> None:
    failures: list[BaseException] = [ValueError("no money"), HttpExit(Response(409)), KeyboardInterrupt()]

    @idempotent(key="message", store=store)
    def run(message: str) -> str:
        if failures:
            raise failures.pop(0)
        return message

    for error in tuple(failures):
        with pytest.raises(type(error)):
            run("7")
    assert run("7") == "7"


def test_functions_do_not_share_keys(store: Store) -> None:
    @idempotent(key="message", store=store)
    def first(message: str) -> str:
        return f"first {message}"

    @idempotent(key="message", store=store)
    def second(message: str) -> str:
        return f"second {message}"

    assert (first("7"), second("7")) == ("first 7", "second 7")


def test_the_same_key_with_something_else_is_refused(store: Store) -> None:
    run, ran = charge(store)
    run({"id": 7, "amount": 1})

    with pytest.raises(KeyReused, match=r"message\.id: it was used before, with something else"):
        run({"id": 7, "amount": 2})
    run({"amount": 1, "id": 7})  # the order of names is no difference
    assert len(ran) == 1


def test_what_has_to_be_the_same_may_be_said(store: Store) -> None:
    run, ran = charge(store, payload=["message.amount"])
    run({"id": 7, "amount": 1, "sent": "08:00"})
    run({"id": 7, "amount": 1, "sent": "09:00"})
    anything, _ = charge(store, payload=())
    anything({"id": 7, "amount": 2})

    assert len(ran) == 1


@pytest.mark.parametrize("message", [{}, {"id": None}, {"id": ""}, None, [], {"id": {}}])
def test_without_a_key_nothing_runs(store: Store, message: object) -> None:
    run, ran = charge(store)

    with pytest.raises(MissingKey, match=r"message\.id: it is needed"):
        run(message)
    assert ran == []


def test_a_missing_and_a_reused_key_are_the_callers_mistakes() -> None:
    assert issubclass(MissingKey, InvalidInput)
    assert issubclass(KeyReused, InvalidInput)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("message", 7),
        ("message.lines.0.id", {"lines": [{"id": 7}]}),
        ("message.order.id", SimpleNamespace(order=SimpleNamespace(id=7))),
        (lambda message: message["a"] + message["b"], {"a": 3, "b": 4}),
    ],
)
def test_a_key_is_a_path_or_a_function(key: Any, given: object) -> None:
    store = Memory()

    @idempotent(key=key, store=store, payload=())
    def run(message: object) -> int:
        return 1

    run(given)
    assert len(store._records) == 1


@pytest.mark.parametrize(("key", "payload"), [("event.id", None), ("message", ["boddy"]), (lambda body: body, None)])
def test_what_the_function_does_not_name_is_refused_when_it_is_decorated(key: Any, payload: Any) -> None:
    def run(message: object, headers: object) -> None: ...

    with pytest.raises(BadKey, match="names only message, headers"):
        idempotent(key=key, payload=payload)(run)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [1, None]},
        "text",
        b"\x00\xff",
        (201, {"id": 7}, {"Location": "/7"}),
        (200, b"\x00"),
        [1, 2],
        0,
    ],
)
def test_results_come_back_as_they_were(store: Store, value: object) -> None:
    @idempotent(key="message", store=store)
    def run(message: str) -> object:
        return value

    assert run("7") == value
    again = run("7")
    assert (again, type(again)) == (value, type(value))


def test_a_response_comes_back_as_one(store: Store) -> None:
    @idempotent(key="message", store=store)
    def run(message: str) -> Response:
        return Response(201, b"\x00", {"Location": "/7", "X": ["a", "b"]}, ["c=1"])

    run("7")
    again = run("7")
    assert (again.status, again.body, again.headers, again.cookies, again.encoded) == (
        201,
        b"\x00",
        {"Location": "/7", "X": ["a", "b"]},
        ["c=1"],
        False,
    )


def test_a_repeat_has_what_json_makes_of_a_result(store: Store) -> None:
    @idempotent(key="message", store=store)
    def run(message: str) -> dict[str, Any]:
        return {"price": Decimal("4.5")}

    assert [run("7"), run("7")] == [{"price": Decimal("4.5")}, {"price": 4.5}]


@pytest.mark.parametrize(("value", "reason"), [(object(), "object is not JSON"), ("a" * 390_000, "390,012 characters")])
def test_what_can_not_be_kept_is_said_at_once_and_done_once(store: Store, value: object, reason: str) -> None:
    ran = []

    @idempotent(key="message", store=store)
    def run(message: str) -> object:
        ran.append(message)
        return value

    with pytest.raises(UnstorableResult, match=reason):
        run("7")
    with pytest.raises(UnstorableResult, match="the first run said so"):
        run("7")
    assert ran == ["7"]


def test_protobuf_messages_are_told_apart(store: Store) -> None:
    @idempotent(key=lambda message: message["id"], store=store)
    def run(message: Struct) -> str:
        return "done"

    first, second = Struct(), Struct()
    first.update({"id": "7", "amount": 1})
    second.update({"id": "7", "amount": 2})

    assert [run(first), run(first)] == ["done", "done"]
    with pytest.raises(KeyReused):
        run(second)


def test_what_can_not_be_noted_after_the_effect_is_logged_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise OSError("the network is away")

    run, _ = charge(store)
    monkeypatch.setattr(store, "complete", away)
    assert run({"id": 7}) == {"charged": 7, "run": 1}
    assert "has run, but that could not be noted" in caplog.text

    @idempotent(key="message", store=store)
    def failing(message: str) -> None:
        exit_with_response(409)

    monkeypatch.setattr(store, "release", away)
    with pytest.raises(HttpExit):
        failing("7")
    assert "has failed, but that could not be noted" in caplog.text


def test_an_answer_of_dynamodb_that_was_lost_does_not_stop_its_run(table: Table) -> None:
    record = claims.claim_of("k", "me", lease=60, expires=60, payload="")

    assert table.claim(record) is None
    assert table.claim(record) is None  # the SDK asks again
    assert (table.claim({**record, "owner": "other"}) or {})["owner"] == "me"


def test_memory_forgets_what_is_over(later: Callable[[float], None]) -> None:
    store = Memory()
    run, _ = charge(store, expires=60)
    for number in range(1000):
        run({"id": number})
    later(120)
    run({"id": 1000})

    assert len(store._records) == 1


def test_the_table_stands_where_the_models_tables_do(shell: pytest.MonkeyPatch) -> None:
    assert clients.database() is client("dynamodb")
    shell.setenv("USE_LOCAL_DB", "true")
    local = clients.database()

    assert (local.meta.endpoint_url, clients.database()) == ("http://127.0.0.1:8000", local)
    assert local._request_signer._credentials.access_key == "local"
    shell.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert clients.database().meta.endpoint_url == "http://127.0.0.1:1"


@pytest.mark.parametrize("name", ["NAME", "STAGE"])
def test_the_name_of_the_table_comes_from_the_environment(shell: pytest.MonkeyPatch, name: str) -> None:
    shell.setenv("NAME", "shop")
    shell.setenv("STAGE", "test")
    shell.delenv(name)
    run, _ = charge(Table())

    with pytest.raises(MissingEnvironment, match=f"{name} is not set; the table of @idempotent needs it"):
        run({"id": 7})


def test_repeated_requests_get_one_answer(load: Callable[..., Any]) -> None:
    handler = load("""
        from tight import idempotent, post
        from tight.idempotency import Memory

        payments = []
        memory = Memory()

        @post("/payments")
        @idempotent(key="headers.idempotency-key", store=memory)
        def pay(headers, body):
            payments.append(body)
            return 201, {"payment": len(payments)}, {"Location": f"/payments/{len(payments)}"}
    """)

    def send(body: str, **headers: str) -> tuple[int, str, Any]:
        event = {"httpMethod": "POST", "path": "/payments", "body": body, "headers": headers}
        answer = handler(event, None)
        return answer["statusCode"], answer["body"], answer["headers"].get("Location")

    first = send('{"amount": 1}', **{"Idempotency-Key": "a"})
    assert first == (201, '{"payment":1}', "/payments/1")
    assert send('{"amount": 1}', **{"idempotency-key": "a", "X-Trace": "2"}) == first
    assert send('{"amount": 2}', **{"Idempotency-Key": "b"})[1] == '{"payment":2}'
    assert send('{"amount": 9}', **{"Idempotency-Key": "a"})[0] == 422
    assert send('{"amount": 1}')[0] == 422


def test_an_app_may_answer_a_request_whose_twin_is_on_its_way(load: Callable[..., Any]) -> None:
    source = """
        from tight import idempotent, post
        from tight.idempotency import Memory

        memory = Memory()

        @post("/payments")
        @idempotent(key="body.id", store=memory)
        def pay(body):
            return again()
    """
    handler = load(source, errors={InProgress: lambda error: (409, {"message": "try again"})})
    event = {"httpMethod": "POST", "path": "/payments", "body": '{"id": 7}', "headers": {}}
    sys.modules["app.functions.accounts.handler"].__dict__["again"] = lambda: handler(event, None)

    answer = handler(event, None)
    assert json.loads(answer["body"])["message"] == "try again"
    assert answer["statusCode"] == 409
