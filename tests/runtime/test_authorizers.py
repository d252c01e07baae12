"""Lambda authorizers: what they are given by each gateway, and what the gateway is answered."""

from collections.abc import Callable
from typing import Any

import pytest

from tight import deny
from tight.app import controllers
from tight.errors import NestedContext, PolicyNeeded, Unauthorized

Write = Callable[[dict[str, str]], None]
Load = Callable[[str], Callable[[Any, object], Any]]

ARN = "arn:aws:execute-api:eu-north-1:123456789012:a1b2c3/dev/GET/accounts/7"
STAGE = "arn:aws:execute-api:eu-north-1:123456789012:a1b2c3/dev/*"
# docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
TOKEN = {"type": "TOKEN", "authorizationToken": "Bearer secret", "methodArn": ARN}
REST = {
    "type": "REQUEST",
    "methodArn": ARN,
    "resource": "/accounts/{account_id}",
    "path": "/accounts/7",
    "httpMethod": "GET",
    "headers": {"Authorization": "Bearer secret", "Cookie": "session=s-1; session=s-2"},
    "multiValueHeaders": {"Authorization": ["Bearer secret"], "Cookie": ["session=s-1; session=s-2"]},
    "queryStringParameters": {"key": "b"},
    "multiValueQueryStringParameters": {"key": ["a", "b"]},
    "requestContext": {"stage": "dev"},
}
# docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
HTTP_1 = {**REST, "version": "1.0", "identitySource": "Bearer secret", "authorizationToken": "Bearer secret"}
HTTP_2 = {
    "version": "2.0",
    "type": "REQUEST",
    "routeArn": ARN,
    "identitySource": ["Bearer secret"],
    "routeKey": "GET /accounts/{account_id}",
    "rawPath": "/accounts/7",
    "rawQueryString": "key=a&key=b",
    "cookies": ["session=s-1", "session=s-2"],
    "headers": {"authorization": "Bearer secret"},
    "queryStringParameters": {"key": "a,b"},
    "requestContext": {"http": {"method": "GET", "path": "/accounts/7"}, "stage": "dev"},
}
# docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
WEBSOCKET = {
    "type": "REQUEST",
    "methodArn": "arn:aws:execute-api:eu-north-1:123456789012:a1b2c3/dev/$connect",
    "headers": {"Authorization": "Bearer secret", "Cookie": "session=s-1"},
    "multiValueHeaders": {"Authorization": ["Bearer secret"]},
    "queryStringParameters": {"key": "b"},
    "multiValueQueryStringParameters": {"key": ["a", "b"]},
    "requestContext": {"routeKey": "$connect", "eventType": "CONNECT", "stage": "dev"},
}

SAYS = """
    from tight import allow, authorizer, deny, unauthorized

    @authorizer
    def check(event, context, token, headers, query, cookies, resource):
        return {verdict}
"""


def policy(effect: str, principal: str, context: dict[str, Any] | None = None, resource: str = STAGE) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": [resource]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context or {}}


@pytest.mark.parametrize("event", [TOKEN, REST, HTTP_1])
@pytest.mark.parametrize(
    ("verdict", "answer"),
    [
        ("allow('ada')", policy("Allow", "ada")),
        ("allow('ada', role='admin', age=36, ok=True)",
         policy("Allow", "ada", {"role": "admin", "age": 36, "ok": True})),
        ("allow('ada', [resource])", policy("Allow", "ada", resource=ARN)),
        ("allow('')", policy("Allow", "anonymous")),
        ("deny()", policy("Deny", "anonymous")),
        ("deny('eve', why='guessed')", policy("Deny", "eve", {"why": "guessed"})),
        ("True", policy("Allow", "anonymous")),
        ("False", policy("Deny", "anonymous")),
        ("None", policy("Deny", "anonymous")),
        ("'yes'", policy("Deny", "anonymous")),
        ("1", policy("Deny", "anonymous")),
        ("{'principalId': 'own', 'policyDocument': {}}", {"principalId": "own", "policyDocument": {}}),
        ("{}", {}),
    ],
)  # fmt: skip
def test_a_verdict_becomes_a_policy_for_the_whole_stage(
    load: Load, event: dict[str, Any], verdict: str, answer: dict[str, Any]
) -> None:
    assert load(SAYS.format(verdict=verdict))(event, None) == answer


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [
        (
            "allow('ada', roles=['admin'])",
            {"isAuthorized": True, "context": {"principalId": "ada", "roles": ["admin"]}},
        ),
        ("deny(why='guessed')", {"isAuthorized": False, "context": {"why": "guessed"}}),
        ("True", {"isAuthorized": True, "context": {}}),
        ("False", {"isAuthorized": False, "context": {}}),
        ("'yes'", {"isAuthorized": False, "context": {}}),
        ("{'isAuthorized': True}", {"isAuthorized": True}),
    ],
)
def test_a_verdict_for_payload_2_is_simple(load: Load, verdict: str, answer: dict[str, Any]) -> None:
    assert load(SAYS.format(verdict=verdict))(HTTP_2, None) == answer


@pytest.mark.parametrize(("verdict", "effect"), [("allow('ada')", "Allow"), ("deny('ada')", "Deny")])
def test_a_verdict_for_payload_2_is_a_policy_where_that_is_asked_for(load: Load, verdict: str, effect: str) -> None:
    source = SAYS.format(verdict=verdict).replace("@authorizer", "@authorizer(policy=True)")

    assert load(source)(HTTP_2, None) == policy(effect, "ada")


@pytest.mark.parametrize("event", [TOKEN, REST, WEBSOCKET])
def test_unusable_credentials_are_what_a_rest_api_answers_401_for(load: Load, event: dict[str, Any]) -> None:
    source = SAYS.replace("return {verdict}", "raise unauthorized()")

    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        load(source)(event, None)


@pytest.mark.parametrize(
    ("mark", "event", "answer"),
    [
        ("@authorizer", HTTP_2, {"isAuthorized": False, "context": {}}),
        ("@authorizer(policy=True)", HTTP_2, policy("Deny", "anonymous")),
        ("@authorizer", HTTP_1, policy("Deny", "anonymous")),
    ],
)
def test_unusable_credentials_are_denied_to_an_http_api(
    load: Load, mark: str, event: dict[str, Any], answer: dict[str, Any]
) -> None:
    source = SAYS.replace("return {verdict}", "raise unauthorized()").replace("@authorizer", mark)

    assert load(source)(event, None) == answer


def test_any_other_exception_surfaces(load: Load) -> None:
    with pytest.raises(LookupError, match="users"):
        load(SAYS.replace("return {verdict}", "raise LookupError('users')"))(HTTP_2, None)


@pytest.mark.parametrize("value", ["['admin']", "{'a': 1}", "object()"])
def test_a_context_that_a_policy_can_not_carry_is_refused(load: Load, value: str) -> None:
    handler = load(SAYS.format(verdict=f"allow('ada', role={value})"))

    with pytest.raises(NestedContext, match="'role' of an authorizer's context has to be text, a number"):
        handler(REST, None)


@pytest.mark.parametrize("event", [REST, HTTP_1, HTTP_2, WEBSOCKET])
def test_headers_cookies_and_query_are_given_whichever_gateway_asks(load: Load, event: dict[str, Any]) -> None:
    verdict = """{"seen": [token, headers["AUTHORIZATION"], cookies["session"], query["key"], query.all("key")]}"""

    assert load(SAYS.format(verdict=verdict))(event, None) == {
        "seen": ["secret", "Bearer secret", "s-1", "b", ["a", "b"]]
    }


def test_a_token_alone_comes_without_headers_cookies_and_query(load: Load) -> None:
    verdict = """{"seen": [token, headers, cookies, query, resource, event["type"], context]}"""

    assert load(SAYS.format(verdict=verdict))(TOKEN, "context") == {
        "seen": ["secret", {}, {}, {}, ARN, "TOKEN", "context"]
    }


@pytest.mark.parametrize(
    ("event", "token"),
    [
        ({**TOKEN, "authorizationToken": "bearer   spaced "}, "spaced"),
        ({**TOKEN, "authorizationToken": "Basic YTpi"}, "Basic YTpi"),
        ({**TOKEN, "authorizationToken": "bare"}, "bare"),
        ({**TOKEN, "authorizationToken": ""}, None),
        ({**HTTP_2, "identitySource": None}, "secret"),
        ({**HTTP_2, "identitySource": None, "headers": {}}, None),
        ({**HTTP_2, "identitySource": ["of a query", "second"]}, "of a query"),
        (REST, "secret"),
        ({**REST, "headers": None, "multiValueHeaders": None}, None),
    ],
)
def test_the_token_is_what_identifies_the_caller_without_bearer(
    load: Load, event: dict[str, Any], token: str | None
) -> None:
    assert load(SAYS.format(verdict='{"token": token}'))(event, None) == {"token": token}


@pytest.mark.parametrize(
    ("arn", "resource"),
    [
        (WEBSOCKET["methodArn"], STAGE),
        ("arn:aws:execute-api:eu-north-1:123456789012:a1b2c3/$default/GET/",
         "arn:aws:execute-api:eu-north-1:123456789012:a1b2c3/$default/*"),
        ("*", "*"),
        (None, "*"),
    ],
)  # fmt: skip
def test_a_policy_is_for_all_methods_of_the_stage(load: Load, arn: str | None, resource: str) -> None:
    answer = load(SAYS.format(verdict="True"))({**TOKEN, "methodArn": arn}, None)

    assert answer["policyDocument"]["Statement"][0]["Resource"] == [resource]


def test_the_apps_middleware_sees_the_attempt_and_the_verdict(write_app: Write) -> None:
    def no_admins(attempt: Any, proceed: Callable[[Any], Any]) -> Any:
        verdict = proceed(attempt)
        return deny("admins stay out") if verdict.context.get("role") == "admin" else verdict

    write_app({"app/functions/accounts/handler.py": SAYS.format(verdict="allow('ada', role=token)")})
    handler: Any = controllers("app.functions", middleware=[no_admins])("accounts")

    effects = [
        handler({**TOKEN, "authorizationToken": token}, None)["policyDocument"]["Statement"][0]["Effect"]
        for token in ("user", "admin")
    ]
    assert effects == ["Allow", "Deny"]


def test_the_function_itself_stays_as_it_is() -> None:
    from tight import authorizer

    def check() -> bool:
        return True

    assert authorizer(check) is check
    assert authorizer(policy=True)(check) is check


def test_resources_are_refused_where_the_answer_can_not_name_them(load: Load) -> None:
    source = (
        "from tight import allow, authorizer\n@authorizer\ndef check(resource):\n    return allow('ada', [resource])\n"
    )

    with pytest.raises(PolicyNeeded, match="use @authorizer"):
        load(source)(HTTP_2, None)
