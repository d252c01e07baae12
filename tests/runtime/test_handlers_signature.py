"""What a handler is given: whatever its parameters name."""

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import pytest

from tight.errors import UnreadableHandler
from tight.handlers import Signature

Load = Callable[[str], Callable[[dict[str, Any], object], Any]]

EVENT = {
    "httpMethod": "POST",
    "path": "/accounts/7",
    "headers": {"Content-Type": "application/json", "X-Colour": "red"},
    "queryStringParameters": {"limit": "3"},
    "requestContext": {"authorizer": {"claims": {"sub": "user-1"}}},
    "body": '{"name": "Ada"}',
}


def handle(load: Load, definition: str, decorator: str = "@post") -> Any:
    answer = load(f"from tight import post\n{decorator}\n{definition}\n")(EVENT, "the context")
    assert answer["statusCode"] == 200
    return json.loads(answer["body"])


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("def f(event): return [event['path']]", ["/accounts/7"]),
        ("def f(context): return [context]", ["the context"]),
        ("def f(principal_id): return [principal_id]", ["user-1"]),
        ("def f(request): return [request.method, request.path]", ["POST", "/accounts/7"]),
        ("def f(body): return body", {"name": "Ada"}),
        ("def f(query): return query", {"limit": "3"}),
        ("def f(headers): return [headers['x-colour']]", ["red"]),
        ("def f(*, body, query): return [body, query]", [{"name": "Ada"}, {"limit": "3"}]),
        ("def f(body, /, query): return [body, query]", [{"name": "Ada"}, {"limit": "3"}]),
        ("def f(body, colour='red'): return [body, colour]", [{"name": "Ada"}, "red"]),
        ("def f(): return []", []),
    ],
)
def test_a_handler_is_given_what_it_names(load: Load, definition: str, expected: object) -> None:
    assert handle(load, definition) == expected


def test_star_kwargs_gets_event_context_and_principal_id(load: Load) -> None:
    assert handle(load, "def f(**kwargs): return sorted(kwargs)") == ["context", "event", "principal_id"]


def test_star_args_gets_the_functions_name_the_event_and_the_context(load: Load) -> None:
    assert handle(load, "def f(*args): return [args[0], args[1]['path'], args[2]]") == [
        "accounts",
        "/accounts/7",
        "the context",
    ]


def test_named_parameters_stand_before_star_args(load: Load) -> None:
    assert handle(load, "def f(body, colour='red', *args): return [body, colour, args[0]]") == [
        {"name": "Ada"},
        "red",
        "accounts",
    ]


def test_a_parameter_of_the_path_is_given_by_its_name(load: Load) -> None:
    decorator = "@post('/accounts/{account_id}')"
    assert handle(load, "def f(account_id, body): return [account_id, body]", decorator) == ["7", {"name": "Ada"}]


def test_a_parameter_of_the_path_comes_before_a_part_of_the_request(load: Load) -> None:
    assert handle(load, "def f(body): return [body]", "@post('/accounts/{body}')") == ["7"]


def test_a_parameter_of_the_gateways_own_route_is_given_without_a_path(load: Load) -> None:
    handler = load("from tight import get\n@get\ndef read(account_id): return [account_id]\n")

    rest = {"httpMethod": "GET", "pathParameters": {"account_id": "a%20b"}}
    http = {"requestContext": {"http": {"method": "GET"}}, "version": "2.0", "pathParameters": {"account_id": "a b"}}
    assert (handler(rest, None)["body"], handler(http, None)["body"]) == ('["a b"]', '["a b"]')


def test_the_innermost_wrapped_function_says_what_is_asked_for() -> None:
    def inner(body: object, query: object = None) -> None: ...

    @wraps(inner)
    def outer(*args: object, **kwargs: object) -> None: ...

    signature = Signature(outer)
    assert (signature.names, signature.defaults) == (("body", "query"), {"query": None})
    assert not signature.star_args


def test_methods_callable_objects_and_partials_are_read() -> None:
    class Resource:
        def read(self, account_id: str) -> None: ...

        def __call__(self, body: object) -> None: ...

        @staticmethod
        def write(query: object) -> None: ...

    def handler(model: type, limit: int, query: object) -> None: ...

    assert Signature(Resource().read).names == ("account_id",)
    assert Signature(Resource()).names == ("body",)
    assert Signature(vars(Resource)["write"]).names == ("query",)
    assert Signature(partial(handler, int, limit=3)).names == ("query",)


def test_what_has_no_parameters_to_read_is_refused() -> None:
    with pytest.raises(UnreadableHandler, match="put a function of your own around it"):
        Signature(len)
