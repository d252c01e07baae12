"""What an app sets for all its functions by the arguments of `controllers`."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tight import Cors
from tight.app import controllers
from tight.errors import BadSetting

Write = Callable[[dict[str, str]], None]
Call = Callable[..., dict[str, Any]]

JSON = {"Content-Type": "application/json"}
ECHO = """
    from decimal import Decimal
    from tight import get, post

    @get("/price")
    def price():
        return {"price": Decimal("1.5"), "name": "Käse"}

    @post
    def echo(body):
        return body
"""


@pytest.fixture
def call(write_app: Write) -> Call:
    """The answer of a function that has these settings."""

    def call_with(settings: dict[str, Any], method: str, path: str, **event: Any) -> dict[str, Any]:
        write_app({"app/functions/accounts/handler.py": ECHO})
        handler: Any = controllers("app.functions", **settings)("accounts")
        answer: dict[str, Any] = handler({"httpMethod": method, "path": path, **event}, None)
        return answer

    return call_with


@pytest.mark.parametrize(("base_path", "path"), [("/v1", "/v1/price"), ("v1/", "/v1/price"), ("", "/price")])
def test_a_base_path_is_taken_off_the_path(call: Call, base_path: str, path: str) -> None:
    assert call({"base_path": base_path}, "GET", path)["statusCode"] == 200


@pytest.mark.parametrize("codec", [orjson, json, SimpleNamespace(loads=json.loads, dumps=json.dumps)])
def test_a_codec_reads_bodies_and_writes_answers(call: Call, codec: Any) -> None:
    sent = call(
        {"json": codec}, "POST", "/", body='{"a": [1, 2.5, null]}', headers={"Content-Type": "application/json"}
    )
    priced = call({"json": codec}, "GET", "/price")

    assert (json.loads(sent["body"]), sent["headers"]["Content-Type"]) == ({"a": [1, 2.5, None]}, "application/json")
    assert json.loads(priced["body"]) == {"price": 1.5, "name": "Käse"}


@pytest.mark.parametrize("codec", [orjson, json])
def test_a_broken_body_is_a_400_whatever_reads_it(call: Call, codec: Any) -> None:
    answer = call({"json": codec}, "POST", "/", body="{", headers=JSON)

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"message": "Bad Request: the body is not JSON"}


@pytest.mark.parametrize(
    ("cors", "origin"),
    [
        ({}, "*"),
        ({"cors": True}, "*"),
        ({"cors": False}, None),
        ({"cors": Cors(origins=["https://example.org"])}, "https://example.org"),
    ],
)
def test_cors_says_who_may_read_answers(call: Call, cors: dict[str, Any], origin: str | None) -> None:
    answer = call(cors, "GET", "/price", headers={"Origin": "https://example.org"})

    assert answer["headers"].get("Access-Control-Allow-Origin") == origin


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_path": 1}, "base_path of .* text, such as /v1"),
        ({"cors": "*"}, "cors of .* tight.Cors"),
        ({"errors": [404]}, "errors of .* a dict of functions"),
        ({"errors": {"404": print}}, "errors of .* '404' is neither a class of exceptions nor 400"),
        ({"errors": {403: print}}, "errors of .*403 is neither"),
        ({"errors": {KeyboardInterrupt: print}}, "errors of .*KeyboardInterrupt'> is neither"),
        ({"errors": {404: "not found"}}, "errors of .* what answers 404 has to be a function"),
        ({"json": SimpleNamespace(loads=json.loads)}, "json of .* loads and dumps"),
        ({"json": SimpleNamespace(loads=json.loads, dumps=lambda value: "")}, "json of .* dumps has to take default"),
        ({"middleware": print}, "middleware of .* a list of functions"),
        ({"middleware": "abc"}, "middleware of .* a list of functions"),
        ({"middleware": 5}, "middleware of .* a list of functions"),
        ({"middleware": [1]}, "middleware of .* a list of functions"),
        ({"envelope": "json"}, "envelope of .* has to have the methods parse and build"),
        ({"reraise": "yes"}, "reraise of .* True or False"),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused_with_what_it_has_to_be(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadSetting, match=message):
        controllers("app.functions", **settings)
