"""Who may call: claims, JWTs against a set of keys, and Lambda authorizers of the app."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.serve.calls import Reply, request
from tight_tasks.errors import BadKeys, BadSetting
from tight_tasks.serve.authorization import allows
from tight_tasks.serve.server import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

ME = """
from tight import get


@get("/me")
def me(event, principal_id):
    return {"principal": principal_id, "authorizer": event["requestContext"].get("authorizer")}
"""
SIMPLE = """
from tight import allow, authorizer, deny, unauthorized


@authorizer
def check(token):
    if token == "ada":
        return allow("ada", tier="gold")
    if token == "broken":
        raise RuntimeError("no database")
    if token == "mallory":
        return deny()
    raise unauthorized()
"""


def get(served: Served, app: Path, shape: str = "2.0", **headers: str) -> Reply:
    async def visit(serve: Serve) -> Reply:
        return await request(serve.url, "GET", "/me", b"", **headers)

    reply: Reply = served(app, visit, payload=shape)
    return reply


@pytest.mark.parametrize("shape", ["1.0", "2.0", "url"])
def test_without_an_authorizer_nobody_is_known(make_app: MakeApp, served: Served, shape: str) -> None:
    assert get(served, make_app(me=ME), shape).json == {"principal": None, "authorizer": None}


@pytest.mark.parametrize(
    ("shape", "authorizer"),
    [
        ("2.0", {"jwt": {"claims": {"sub": "ada", "level": "3"}, "scopes": None}}),
        ("1.0", {"claims": {"sub": "ada", "level": "3"}, "principalId": "ada"}),
    ],
)
def test_claims_of_tight_yml_are_everybodys(
    make_app: MakeApp, served: Served, shape: str, authorizer: dict[str, Any]
) -> None:
    app = make_app("serve: {claims: {sub: ada, level: 3}}\n", me=ME)

    assert get(served, app, shape).json == {"principal": "ada", "authorizer": authorizer}


@pytest.mark.parametrize(
    ("token", "rest", "http"),
    [("ada", 200, 200), ("mallory", 403, 403), ("nobody", 401, 403), ("broken", 500, 500), (None, 401, 401)],
)
@pytest.mark.parametrize("shape", ["1.0", "2.0"])
def test_a_lambda_authorizer_of_the_app_is_asked_first(
    make_app: MakeApp, served: Served, shape: str, token: str | None, rest: int, http: int
) -> None:
    status = rest if shape == "1.0" else http
    app = make_app("serve: {authorizer: check}\n", me=ME, check=SIMPLE)
    reply = get(served, app, shape, **({"Authorization": token} if token else {}))

    assert reply.status == status
    if status == 200:
        context = reply.json["authorizer"] if shape == "1.0" else reply.json["authorizer"]["lambda"]
        assert context["tier"] == "gold"
        assert reply.json["principal"] == "ada"


@pytest.mark.parametrize(("shape", "status"), [("1.0", 500), ("2.0", 500)])
@pytest.mark.parametrize(
    "answer",
    [
        "os._exit(1)",
        "time.sleep(2)",
        "return b'no JSON'",
        "return {'principalId': 'ada', 'policyDocument': {'Statement': ['Allow']}}",
        "return {'principalId': 'ada', 'policyDocument': {}, 'context': ['gold']}",
    ],
)
def test_an_authorizer_that_can_not_answer_is_the_gateways_failure(
    make_app: MakeApp, served: Served, shape: str, status: int, answer: str
) -> None:
    check = f"import os, time\n\n\ndef handler(event, context):\n    {answer}\n"
    app = make_app("serve: {authorizer: check}\n", me=ME, check=check)

    async def visit(serve: Serve) -> list[tuple[int, str | None]]:
        calls = [request(serve.url, "GET", "/me", Authorization="ada") for _ in range(2)]
        return [(reply.status, reply.header("content-type")) for reply in await asyncio.gather(*calls)]

    # With no queue, the second finds the authorizer busy.
    assert served(app, visit, payload=shape, queue=0) == [(status, "application/json")] * 2


@pytest.mark.parametrize(("shape", "status"), [("1.0", 401), ("2.0", 500)])
def test_the_error_unauthorized_is_known_to_a_rest_api_alone(
    make_app: MakeApp, served: Served, shape: str, status: int
) -> None:
    check = "def handler(event, context):\n    raise Exception('Unauthorized')\n"
    app = make_app("serve: {authorizer: check}\n", me=ME, check=check)

    assert get(served, app, shape, Authorization="ada").status == status


@pytest.mark.parametrize("shape", ["1.0", "2.0"])
def test_a_policy_for_the_stage_that_the_event_names_lets_through(
    make_app: MakeApp, served: Served, shape: str
) -> None:
    check = """
        from tight import allow, authorizer


        @authorizer(policy=True)
        def check(event):
            context = event["requestContext"]
            api = f"arn:aws:execute-api:*:{context['accountId']}:{context['apiId']}"
            return allow("ada", [f"{api}/{context['stage']}/GET/me"])
    """
    assert (
        get(served, make_app("serve: {authorizer: check}\n", me=ME, check=check), shape, Authorization="ada").status
        == 200
    )


def test_a_rest_api_tells_a_principal_that_is_a_number_as_text(make_app: MakeApp, served: Served) -> None:
    check = "from tight import allow, authorizer\n\n\n@authorizer\ndef check():\n    return allow(7)\n"
    reply = get(served, make_app("serve: {authorizer: check}\n", me=ME, check=check), "1.0", Authorization="ada")

    assert reply.json["authorizer"]["principalId"] == "7"


def test_a_function_may_be_open_to_everybody(make_app: MakeApp, served: Served) -> None:
    app = make_app("serve: {authorizer: check}\nfunctions: {me: {authorizer: none}}\n", me=ME, check=SIMPLE)
    assert get(served, app).status == 200


def test_an_authorizer_that_is_no_function_is_refused(make_app: MakeApp, served: Served) -> None:
    app = make_app("serve: {authorizer: guard}\n", me=ME)
    with pytest.raises(BadSetting, match="authorizer of me is 'guard': there are me, none"):
        get(served, app)


CHAT = """
from tight import reply, websocket


@websocket.connect
def enter(principal_id):
    return principal_id != "mallory"


@websocket.message
def answer(event, connection_id, principal_id):
    reply(connection_id, {"principal": principal_id, "authorizer": event["requestContext"]["authorizer"]})
"""
BY_QUERY = """
from tight import allow, authorizer, deny, unauthorized


@authorizer
def check(query, event):
    name = query.get("name")
    if name is None:
        raise unauthorized()
    if name == "broken":
        raise RuntimeError("no database")
    asked = event["methodArn"].split(":")[-1] + " " + event["requestContext"]["eventType"]
    return deny() if name == "eve" else allow(name, asked=asked, level=3)
"""


def chat(served: Served, app: Path, query: str) -> dict[str, Any] | int:
    """What a client is told by CHAT, or the status that it is refused with."""

    async def visit(serve: Serve) -> dict[str, Any] | int:
        try:
            async with connect(serve.url.replace("http", "ws") + query, proxy=None) as socket:
                await socket.send("who am I?")
                told: dict[str, Any] = json.loads(await socket.recv())
                return told
        except InvalidStatus as error:
            return error.response.status_code

    answer: dict[str, Any] | int = served(app, visit)
    return answer


def test_an_authorizer_is_asked_who_opens_a_websocket(make_app: MakeApp, served: Served) -> None:
    told = chat(served, make_app("functions: {chat: {authorizer: check}}\n", chat=CHAT, check=BY_QUERY), "?name=ada")

    assert isinstance(told, dict)
    assert told["principal"] == "ada"
    assert told["authorizer"] == {
        "principalId": "ada",
        "asked": "a1b2c3d4e5/local/$connect CONNECT",
        "level": "3",
        "integrationLatency": 1,
    }


def test_the_authorizer_and_the_function_are_told_of_one_handshake(make_app: MakeApp, served: Served) -> None:
    check = """
        from tight import allow, authorizer

        @authorizer
        def check(event):
            return allow("ada", asked=event["requestContext"]["requestId"])
    """
    chat = """
        from tight import websocket

        @websocket.connect
        def enter(event):
            facts = event["requestContext"]
            return (418 if facts["requestId"] == facts["authorizer"]["asked"] else 400), "seen"
    """
    app = make_app("functions: {chat: {authorizer: check}}\n", chat=chat, check=check)

    async def visit(serve: Serve) -> None:
        with pytest.raises(InvalidStatus, match="418"):
            await connect(serve.url.replace("http", "ws"), proxy=None)

    served(app, visit)


@pytest.mark.parametrize(("query", "status"), [("", 401), ("?name=eve", 403), ("?name=broken", 500)])
def test_an_authorizer_keeps_a_websocket_closed(make_app: MakeApp, served: Served, query: str, status: int) -> None:
    app = make_app("serve: {authorizer: check}\n", chat=CHAT, check=BY_QUERY)
    assert chat(served, app, query) == status


def test_who_the_authorizer_lets_in_may_still_be_refused_by_the_function(make_app: MakeApp, served: Served) -> None:
    app = make_app("serve: {authorizer: check}\n", chat=CHAT, check=BY_QUERY)
    assert chat(served, app, "?name=mallory") == 403


KEYS = [generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


def jwks(app: Path) -> None:
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[0].public_key()))
    (app / "jwks.json").write_text(json.dumps({"keys": [{**key, "kid": "k1", "use": "sig", "alg": "RS256"}]}))


def token(key: RSAPrivateKey = KEYS[0], **claims: Any) -> str:
    told = {"sub": "ada", "iss": "https://issuer", "aud": "shop", "exp": time.time() + 60, **claims}
    return jwt.encode(told, key, algorithm="RS256", headers={"kid": "k1"})


JWT = "serve: {jwt: {keys: jwks.json, issuer: 'https://issuer', audience: [shop]}}\n"


def test_a_jwt_that_is_signed_and_meant_for_the_app_is_let_through(make_app: MakeApp, served: Served) -> None:
    app = make_app(JWT, me=ME)
    jwks(app)
    reply = get(served, app, Authorization=f"Bearer {token(scope='read write')}")

    assert (reply.status, reply.json["principal"]) == (200, "ada")
    assert reply.json["authorizer"]["jwt"]["scopes"] == ["read", "write"]


@pytest.mark.parametrize(
    "bearer",
    [
        None,
        "no token",
        token(KEYS[1]),
        token(iss="https://other"),
        token(aud="bank"),
        token(exp=time.time() - 60),
        jwt.encode({"sub": "ada"}, "secret of thirty-two bytes or more", algorithm="HS256", headers={"kid": "k1"}),
    ],
)
def test_any_other_token_is_unauthorized(make_app: MakeApp, served: Served, bearer: str | None) -> None:
    app = make_app(JWT, me=ME)
    jwks(app)
    reply = get(served, app, **({"Authorization": f"Bearer {bearer}"} if bearer else {}))

    assert (reply.status, reply.json) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("content", [None, "no JSON", "[]", '{"keys": []}'])
def test_keys_that_can_not_be_read_are_named(make_app: MakeApp, served: Served, content: str | None) -> None:
    app = make_app(JWT, me=ME)
    if content is not None:
        (app / "jwks.json").write_text(content, encoding="utf-8")

    with pytest.raises(BadKeys, match=r"jwks\.json is no set of keys \(JWKS\)"):
        get(served, app)


ARN = "arn:aws:execute-api:local:123456789012:a1b2c3d4e5/local/GET/me"


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN}], True),
        ([{"Effect": "Allow", "Action": ["execute-api:*"], "Resource": ["arn:aws:execute-api:*/GET/*"]}], True),
        (
            [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": ARN}],
            False,
        ),
        ([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "*", "Resource": "*/POST/*"}], False),
        ([], False),
        ([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "true"}}}], False),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], False),
        (
            [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "NotResource": "*/POST/*"},
            ],
            False,
        ),
    ],
)
def test_a_policy_allows_what_it_allows_and_does_not_deny(statements: list[dict[str, Any]], allowed: bool) -> None:
    assert allows({"Statement": statements}, ARN) is allowed
