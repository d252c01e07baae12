"""Each of AWS's event shapes for HTTP: what a handler sees of a request, and what the client is sent."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.runtime.shapes import SHAPES, Shape
from tight import Cors
from tight.errors import NotAnHttpEvent

Load = Callable[..., Callable[[Any, object], Any]]

ITEM = """
    from tight import get

    @get("/items/{name}/parts/{part}")
    def read(name, part):
        return [name, part]
"""
SEEN = """
    from tight import get, post

    @get
    @post
    def see(request):
        return {
            "method": request.method,
            "path": request.path,
            "query": {name: request.query.all(name) for name in request.query},
            "cookies": request.cookies,
            "agent": request.headers.get("X-AGENT"),
            "colours": request.headers.get("x-colour"),
            "parameters": request.path_parameters,
            "principal": request.principal_id,
            "source": request.source_ip,
        }
"""


def seen(load: Load, event: dict[str, Any]) -> Any:
    answer = load(SEEN)(event, None)
    assert answer["statusCode"] == 200, answer
    return json.loads(answer["body"])


def test_every_shape_reaches_the_same_handler(load: Load, shape: Shape) -> None:
    view = seen(load, shape.event("POST", "/orders/1", headers={"X-Agent": "a"}, body=b"{}"))

    assert (view["method"], view["path"], view["agent"], view["source"]) == ("POST", "/orders/1", "a", "203.0.113.7")


@pytest.mark.parametrize(
    "text", ["a b", "a%20b", "a+b", "a=b", "a@b", "a.b", ".", "é", "日本", "🙂", "a:b,c;d", "a&b?c#d", "%", "$default"]
)
def test_a_path_parameter_is_decoded_once(load: Load, shape: Shape, text: str) -> None:
    answer = shape.ask(load(ITEM), "GET", f"/items/{quote(text, safe='')}/parts/1")

    assert json.loads(answer.body) == [text, "1"]


@pytest.mark.parametrize("sent", ["a+b", "a=b", "a@b", "a:b", "a,b", "!$&'()*+,;=:@"])
def test_a_path_parameter_may_hold_what_clients_need_not_encode(load: Load, shape: Shape, sent: str) -> None:
    assert json.loads(shape.ask(load(ITEM), "GET", f"/items/{sent}/parts/1").body) == [sent, "1"]


def test_an_encoded_slash_stays_in_its_segment(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(ITEM), "GET", "/items/a%2Fb/parts/1")

    if shape.decodes_paths:  # before Tight sees the path
        assert answer.status == 404
    else:
        assert json.loads(answer.body) == ["a/b", "1"]


@pytest.mark.parametrize("path", ["/items/a/b/parts/1", "/items/a/parts/1/2", "/items//parts/1", "/items/a/parts"])
def test_a_path_parameter_takes_one_whole_segment(load: Load, shape: Shape, path: str) -> None:
    assert shape.ask(load(ITEM), "GET", path).status == 404


def test_a_trailing_slash_makes_no_other_path(load: Load, shape: Shape) -> None:
    assert json.loads(shape.ask(load(ITEM), "GET", "/items/a/parts/1/").body) == ["a", "1"]


@pytest.mark.parametrize("name", ["rest", "http-api", "http-api-1.0"])
def test_parameters_of_the_gateways_own_route_are_decoded(load: Load, name: str) -> None:
    shape = next(shape for shape in SHAPES if shape.name == name)
    view = seen(load, shape.event("GET", "/items/a%20%2B", route_parameters={"item": "a%20%2B", "proxy": "x/y"}))

    assert view["parameters"] == {"item": "a +", "proxy": "x/y"}


def test_a_handler_without_a_path_is_given_the_parameters_of_the_gateways_route(load: Load) -> None:
    handler = load("from tight import get\n@get\ndef read(item, colour='red'):\n    return [item, colour]\n")

    assert handler({"httpMethod": "GET", "pathParameters": {"item": "a%2Fb"}}, None)["body"] == '["a/b","red"]'


@pytest.mark.parametrize("stage", ["$default", "dev", "v1"])
def test_the_stage_is_no_part_of_the_path(load: Load, shape: Shape, stage: str) -> None:
    for path in ("/items/a", "/", f"/{stage}x", "/other/dev"):
        assert seen(load, shape.event("GET", path, stage=stage))["path"] == path


def test_a_path_that_begins_with_the_name_of_the_stage_keeps_it(load: Load, shape: Shape) -> None:
    assert seen(load, shape.event("GET", "/dev/items", stage="dev"))["path"] == "/dev/items"


@pytest.mark.parametrize("base_path", ["/v1", "v1", "/v1/"])
@pytest.mark.parametrize(("sent", "path"), [("/v1/items", "/items"), ("/v1", "/"), ("/v1/", "/"), ("/v10/a", "/v10/a")])
def test_a_base_path_is_no_part_of_the_path(load: Load, shape: Shape, base_path: str, sent: str, path: str) -> None:
    answer = shape.ask(load(SEEN, base_path=base_path), "GET", sent)

    assert json.loads(answer.body)["path"] == path


def test_routes_are_found_below_a_base_path_of_several_segments(load: Load, shape: Shape) -> None:
    answer = shape.ask(load(ITEM, base_path="/shop/v1"), "GET", "/shop/v1/items/a%20b/parts/1", stage="dev")

    assert json.loads(answer.body) == ["a b", "1"]


def test_the_route_is_found_by_the_path_and_not_by_the_resource(load: Load) -> None:
    rest = SHAPES[0].event("GET", "/items/a/parts/1", resource="/items/{item}/parts/{number}")

    assert json.loads(load(ITEM)(rest, None)["body"]) == ["a", "1"]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("a=1", {"a": ["1"]}),
        ("a=", {"a": [""]}),
        ("a=1&a=2&b=3", {"a": ["1", "2"], "b": ["3"]}),
        ("a=1,2", {"a": ["1,2"]}),
        ("a=1,2&a=3", {"a": ["1,2", "3"]}),
        ("a=1%2C2&a=", {"a": ["1,2", ""]}),
        ("a=&a=", {"a": ["", ""]}),
        ("a%5B%5D=x+y&a%5B%5D=%2B", {"a[]": ["x y", "+"]}),
        ("caf%C3%A9=%F0%9F%99%82", {"café": ["🙂"]}),
        ("a=%2525&b=a%26b%3Dc", {"a": ["%25"], "b": ["a&b=c"]}),
    ],
)
def test_a_query_is_decoded_and_keeps_repeated_values(
    load: Load, shape: Shape, query: str, values: dict[str, list[str]]
) -> None:
    if not shape.keeps_repeats:
        values = {name: repeats[-1:] for name, repeats in values.items()}

    assert seen(load, shape.event("GET", "/", query=query))["query"] == values


def test_a_balancers_query_may_spell_one_name_in_two_ways(load: Load) -> None:
    shape = next(shape for shape in SHAPES if shape.name == "alb multi-value")

    assert seen(load, shape.event("GET", "/", query="a[]=1&a%5B%5D=2"))["query"] == {"a[]": ["1", "2"]}


def test_cookies_are_read_in_every_shape(load: Load, shape: Shape) -> None:
    view = seen(load, shape.event(headers={"Cookie": 'id=a=b; theme="dark"; id=later'}))

    assert view["cookies"] == {"id": "a=b", "theme": "dark"}


def test_several_headers_of_cookies_are_read_as_one(load: Load, shape: Shape) -> None:
    view = seen(load, shape.event(headers={"cookie": ["a=1", "b=2"]}))  # as HTTP/2 may send them

    assert view["cookies"] == ({"a": "1", "b": "2"} if shape.keeps_repeats else {"b": "2"})


def test_repeated_headers_are_joined(load: Load, shape: Shape) -> None:
    view = seen(load, shape.event(headers={"X-Colour": ["red", "blue"]}))

    assert view["colours"] == ("red,blue" if shape.keeps_repeats else "blue")


ABSENT = object()


@pytest.mark.parametrize("headers", [None, {}, ABSENT])
@pytest.mark.parametrize("lists", [None, {}, ABSENT])
def test_missing_and_null_fields_are_empty(load: Load, shape: Shape, headers: object, lists: object) -> None:
    event = shape.event("GET", "/")
    event |= {"headers": headers, "multiValueHeaders": lists, "queryStringParameters": headers, "cookies": headers}
    event |= {"multiValueQueryStringParameters": lists, "pathParameters": headers, "body": None}
    view = seen(load, {name: value for name, value in event.items() if value is not ABSENT})

    assert (view["query"], view["cookies"], view["agent"], view["parameters"]) == ({}, {}, None, {})


def test_headers_named_in_one_of_the_two_maps_are_enough(load: Load) -> None:
    single = {"httpMethod": "GET", "headers": {"x-agent": "a"}, "multiValueHeaders": None}
    lists = {"httpMethod": "GET", "headers": None, "multiValueHeaders": {"X-Agent": ["a"]}}

    assert seen(load, single)["agent"] == seen(load, lists)["agent"] == "a"


def test_nobody_is_vouched_for_without_an_authorizer(load: Load, shape: Shape) -> None:
    assert seen(load, shape.event("GET", "/", headers={"Authorization": "Bearer x"}))["principal"] is None


@pytest.mark.parametrize("sent", [b"\x00\xff", b"{", bytes(range(256))])
def test_any_bytes_survive_both_ways(load: Load, shape: Shape, sent: bytes) -> None:
    handler = load("from tight import post\n@post\ndef echo(body):\n    return body\n")
    answer = shape.ask(handler, "POST", "/", headers={"Content-Type": "image/png"}, body=sent)

    assert (answer.status, answer.body) == (200, sent)
    assert answer.headers["content-type"] == "application/octet-stream"


def test_json_inside_base64_is_read(load: Load, shape: Shape) -> None:
    handler = load("from tight import post\n@post\ndef echo(body):\n    return body['a']\n")
    event = shape.event("POST", "/", headers={"Content-Type": "application/json"})
    event |= {"body": b64encode('{"a": "é"}'.encode()).decode(), "isBase64Encoded": True}
    answer = handler(event, None)

    assert (answer["body"], answer["isBase64Encoded"]) == ("é", False)  # not because the request was


def test_an_answer_is_base64_only_for_bytes(load: Load, shape: Shape) -> None:
    source = "from tight import get\n@get\ndef read():\n    return {'statusCode': 200, 'body': b'\\x89PNG'}\n"
    answer = load(source)(shape.event(), None)

    assert (answer["body"], answer["isBase64Encoded"]) == ("iVBORw==", True)
    assert shape.wire(answer).body == b"\x89PNG"


@pytest.mark.parametrize(
    "value",
    [
        "Response(200, '', cookies=['a=1; Path=/', 'b=2', 'c=3'])",
        "(200, '', {'Set-Cookie': ['a=1; Path=/', 'b=2', 'c=3']})",
        "{'multiValueHeaders': {'set-cookie': ['a=1; Path=/', 'b=2', 'c=3']}}",
        "{'cookies': ['a=1; Path=/', 'b=2', 'c=3'], 'statusCode': 200}",
        "{'headers': {'Set-Cookie': 'a=1; Path=/'}, 'cookies': ['b=2', 'c=3']}",
    ],
)
def test_every_cookie_reaches_the_client(load: Load, shape: Shape, value: str) -> None:
    handler = load(f"from tight import Response, get\n@get\ndef read():\n    return {value}\n")

    assert shape.ask(handler).cookies == ["a=1; Path=/", "b=2", "c=3"]


def test_a_repeated_header_reaches_the_client(load: Load, shape: Shape) -> None:
    handler = load("from tight import get\n@get\ndef read():\n    return 200, '', {'X-Colour': ['red', 'blue']}\n")

    assert shape.ask(handler).headers["x-colour"] == "red,blue"


def test_an_exception_is_a_500_in_the_gateways_own_words_with_nothing_of_it(load: Load, shape: Shape) -> None:
    handler = load("from tight import get\n@get\ndef read():\n    raise ValueError('the secret')\n")
    answer = shape.ask(handler)

    assert (answer.status, json.loads(answer.body)) == (500, {"message": shape.server_error})
    assert answer.headers == {"access-control-allow-origin": "*", "content-type": "application/json"}


@pytest.mark.parametrize("method", [None, 5, [], {"a": 1}])
def test_an_event_without_a_method_is_refused(load: Load, method: object) -> None:
    with pytest.raises(NotAnHttpEvent, match="no method in httpMethod"):
        load(SEEN)({"httpMethod": method, "path": "/"}, None)


WRONG = ["text", 5, ["x"], {"a": 5}, {"a": None}, {"a": ["x", None]}, {"cookie": 5}]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("part", ["headers", "multiValueHeaders", "path", "rawPath", "cookies"])
def test_an_event_that_no_gateway_sends_is_answered_all_the_same(
    load: Load, shape: Shape, part: str, wrong: object
) -> None:
    handler = load(SEEN, cors=Cors(["https://shop.example.org"]))
    answer = handler({**shape.event(), part: wrong}, None)

    json.dumps(answer, ensure_ascii=False).encode()
    assert answer["statusCode"] in (200, 404, 500)
    assert isinstance(answer["body"], str)
