"""Who may use the console, the status and the Lambda API of a local Lambda."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.served import Served, serving
from tight_tasks.serve.access import token_for

HANDLER = """
from tight import get

@get("/orders")
def orders():
    return []
"""
FUNCTIONS = {"orders": HANDLER}
OWN = ["/_tight/", "/_tight/status", "/2015-03-31/functions/orders/invocations"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("open"), FUNCTIONS) as found:
        yield found


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("guarded"), FUNCTIONS, token="s3same") as found:  # noqa: S106  # it opens this test
        yield found


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil", "", "[", "10.0.0.8"]
)
def test_a_name_that_leads_here_but_is_not_this_machine_is_refused(served: Served, path: str, host: str) -> None:
    assert served.ask("GET", path, {"host": host}).status == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost:8080", "LOCALHOST", "shop.localhost", "[::1]:80"]
)
def test_this_machine_has_many_names(served: Served, host: str) -> None:
    assert served.ask("GET", "/_tight/status", {"host": host}).status == 200


@pytest.mark.parametrize("path", ["/_tight/send", *OWN])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_origin_can_change_nothing(served: Served, path: str, headers: dict[str, str]) -> None:
    reply = served.ask("POST", path, headers, {"function": "orders", "event": "{}"})

    assert (reply.status, reply.text) == (403, "A web page from elsewhere may not ask for this.\n")


def test_the_routes_of_the_app_are_not_guarded(guarded: Served) -> None:
    assert guarded.ask("GET", "/orders", {"host": "shop.example"}).status == 200


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer other"}, {"cookie": "tight_token=other"}, {"authorization": "Bearer "}]
)
def test_without_the_token_nothing_is_shown(guarded: Served, path: str, headers: dict[str, str]) -> None:
    reply = guarded.ask("GET", path, headers)

    assert reply.status == 401
    assert "orders" not in reply.text
    assert guarded.ask("GET", f"{path}?token=other", headers).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer s3same"},
        {"cookie": "tight_token=s3same"},
        {"authorization": "AWS4-HMAC-SHA256 Credential=s3same/20260101/eu-north-1/lambda/aws4_request, Signature=0"},
    ],
)
def test_the_token_opens_it_at_any_name(guarded: Served, headers: dict[str, str]) -> None:
    assert guarded.ask("GET", "/_tight/status", {"host": "devbox:8080", **headers}).status == 200


def test_a_browser_brings_the_token_once_and_keeps_it_in_a_cookie(guarded: Served) -> None:
    reply = guarded.ask("GET", "/_tight/send?token=s3same&shape=1.0")

    assert (reply.status, reply.headers["location"]) == (303, "/_tight/send?shape=1.0")
    cookie = reply.headers["set-cookie"]
    assert re.fullmatch(r"tight_token=s3same; HttpOnly; Path=/_tight; SameSite=strict", cookie)


def test_the_console_is_found_without_its_last_slash(served: Served, guarded: Served) -> None:
    reply = served.ask("GET", "/_tight")

    assert (reply.status, reply.headers["location"]) == (307, f"{served.serve.url}/_tight/")
    assert guarded.ask("GET", "/_tight").status == 401


def test_only_a_host_that_others_reach_needs_a_token() -> None:
    assert [token_for(host) for host in ("127.0.0.1", "localhost", "::1", "127.8.0.1")] == [None] * 4
    made = {token_for(host) for host in ("0.0.0.0", "::", "10.0.0.8", "devbox")}  # noqa: S104  # it is what is refused
    assert len(made) == 4
    assert all(token and len(token) == 32 for token in made)
    assert token_for("127.0.0.1", "mine") == "mine"


def test_a_function_invokes_another_where_a_token_is_asked_for(tmp_path: Path) -> None:
    caller = """
        import json

        import boto3


        def handler(event, context):
            return json.loads(boto3.client("lambda").invoke(FunctionName="echo", Payload="7")["Payload"].read())
    """
    handlers = {"caller": caller, "echo": "def handler(event, context):\n    return event\n"}
    with serving(tmp_path, handlers, token="s3same") as found:  # noqa: S106  # made up
        assert found.run(found.serve.invoke("caller", {})).payload == b"7"


def test_a_host_that_others_reach_is_served_with_a_token(tmp_path: Path) -> None:
    with serving(tmp_path, FUNCTIONS, host="0.0.0.0") as open_to_all:  # noqa: S104  # what the test is about
        assert open_to_all.ask("GET", "/_tight/status").status == 401
        token = open_to_all.serve.token
        assert open_to_all.ask("GET", "/_tight/status", {"authorization": f"Bearer {token}"}).status == 200
