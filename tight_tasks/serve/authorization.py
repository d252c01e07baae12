"""Who may call: what stands in front of a function as an authorizer stands in front of it at AWS.

Claims that are given, a JWT checked against a local set of keys ("Control access to HTTP APIs with JWT authorizers" in
the API Gateway developer guide), or a Lambda authorizer of the app itself ("Control access to HTTP APIs with AWS Lambda
authorizers", "Use API Gateway Lambda authorizers").
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

from tight_tasks.errors import BadKeys, BadSetting
from tight_tasks.project import FILE, Project
from tight_tasks.serve.errors import ServeError
from tight_tasks.serve.gateways.wire import Event, Match, Sent
from tight_tasks.serve.invoker import Invoker
from tight_tasks.serve.variables import ACCOUNT, API

Context = Mapping[str, Any]
NONE = "none"
_REST = "1.0"
_BEYOND = {"Condition", "NotAction", "NotResource"}
_API_ARN = f"arn:aws:execute-api:local:{ACCOUNT}:{API}"
_log = logging.getLogger(__name__)


class Denied(Exception):
    """The caller is not let through: 401 unless `known`, then 403."""

    def __init__(self, *, known: bool) -> None:
        super().__init__("forbidden" if known else "unauthorized")
        self.known = known


class AuthorizerFailed(Exception):
    """The authorizer of the app failed, or its answer can't be read: the gateway answers 500."""


class Authorizer(Protocol):
    async def context(self, sent: Sent, match: Match, event: Event) -> Context:
        """What the event says of the caller. Raises `Denied`, `AuthorizerFailed`."""


class Claims:
    """Everybody is who `claims` say; nothing is checked."""

    def __init__(self, shape: str, claims: Mapping[str, Any]) -> None:
        self._shape = shape
        self._claims = claims

    async def context(self, sent: Sent, match: Match, event: Event) -> Context:  # noqa: ARG002  # an authorizer's method
        return context_of(self._shape, self._claims, None)


class Jwt:
    """A bearer token, signed by one of the `keys` (a JWKS file) with RSA, of `issuer` and for one of the `audience`."""

    def __init__(self, shape: str, keys: Path, issuer: str, audience: "list[str]") -> None:
        from jwt import PyJWKSet  # with cryptography, for apps with JWTs only
        from jwt.exceptions import PyJWTError

        self._shape = shape
        self._issuer = issuer
        self._audience = audience
        try:
            self._keys = {key.key_id: key.key for key in PyJWKSet.from_json(keys.read_text(encoding="utf-8")).keys}
        except (OSError, ValueError, AttributeError, PyJWTError) as error:  # JSON may be a list, too
            raise BadKeys(keys, str(error)) from error

    async def context(self, sent: Sent, match: Match, event: Event) -> Context:  # noqa: ARG002  # an authorizer's method
        import jwt

        token = next(iter(sent.lowered.get("authorization", ())), "").removeprefix("Bearer ").strip()
        try:
            key = self._keys[jwt.get_unverified_header(token).get("kid")]
            claims = jwt.decode(token, key, algorithms=_RSA, issuer=self._issuer, options=_OPTIONS)
        except (jwt.PyJWTError, KeyError):
            raise Denied(known=False) from None
        given = claims.get("aud", claims.get("client_id"))
        if not set([given] if isinstance(given, str) else given or ()) & set(self._audience):
            raise Denied(known=False)
        scopes = claims.get("scope")
        return context_of(self._shape, claims, scopes.split() if isinstance(scopes, str) else None)


_RSA = ["RS256", "RS384", "RS512"]  # all that API Gateway takes
_OPTIONS: Any = {"verify_aud": False, "require": ["exp"]}


class Lambda:
    """The function `name` of the app, asked before each request."""

    def __init__(self, shape: str, functions: Invoker, name: str) -> None:
        self._shape = shape
        self._functions = functions
        self._name = name

    async def context(self, sent: Sent, match: Match, event: Event) -> Context:
        if "authorization" not in sent.lowered:
            raise Denied(known=False)  # the identity source is missing: the function is not asked
        return await self._ask(self._shape, question_of(self._shape, sent, event), match.function)

    async def of_connection(self, event: Event, function: str) -> Context:
        """What all events of a WebSocket say of who opens it, asked by the event of its $connect.

        It is asked without an identity source too, since a browser can't add headers.
        """
        return await self._ask(_REST, socket_question_of(event), function)

    async def _ask(self, shape: str, question: Mapping[str, Any], function: str) -> Context:
        cause = f"authorizes {function}"
        try:
            entry = await self._functions.invoke(self._name, json.dumps(question).encode(), cause=cause)
        except ServeError as error:
            _log.warning("%s", error)
            raise AuthorizerFailed from error
        assert entry.outcome is not None  # it has ended
        self._functions.journal.conclude(entry, entry.outcome.error_type or "ok")
        try:
            answer = json.loads(entry.outcome.payload)
        except ValueError as error:
            raise AuthorizerFailed from error
        if entry.outcome.is_error:
            # To an HTTP API it is an error like any other.
            if shape == _REST and isinstance(answer, dict) and answer.get("errorMessage") == "Unauthorized":
                raise Denied(known=False)
            raise AuthorizerFailed
        return context_from(shape, answer, question)


def authorizers_of(
    project: Project, names: Sequence[str], functions: Invoker, shape_of: Callable[[str | None], str]
) -> dict[str, Authorizer]:
    """What tight.yml puts in front of each of the functions of these `names`. Raises `BadSetting`, `BadKeys`."""
    asked = {project.function(name).authorizer or project.serve.authorizer for name in names}
    found: dict[str, Authorizer] = {}
    for name in names:
        settings = project.function(name)
        shape = shape_of(name)
        wanted = settings.authorizer or project.serve.authorizer
        if wanted == NONE or name in asked:  # nobody asks an authorizer who may ask it
            continue
        if wanted is not None:
            if wanted not in names:
                known = ", ".join((*names, NONE))
                raise BadSetting(project.root / FILE, f"authorizer of {name}", f"is {wanted!r}: there are {known}")
            found[name] = Lambda(shape, functions, wanted)
        elif project.serve.jwt is not None:
            tokens = project.serve.jwt
            found[name] = Jwt(shape, project.root / tokens.keys, tokens.issuer, tokens.audience)
        elif project.serve.claims is not None:
            found[name] = Claims(shape, project.serve.claims)
    return found


async def admit(authorizers: Mapping[str, Authorizer], function: str, event: Event) -> tuple[int, Context]:
    """How a WebSocket API meets who opens a connection to `function`: the status, and what its events say of them.

    Only a Lambda authorizer is asked: a WebSocket API has no others.
    """
    authorizer = authorizers.get(function)
    if not isinstance(authorizer, Lambda):
        return 200, {}
    try:
        return 200, await authorizer.of_connection(event, function)
    except Denied as error:
        return (403 if error.known else 401), {}
    except AuthorizerFailed:
        return 500, {}


def context_of(shape: str, claims: Mapping[str, Any], scopes: "list[str] | None") -> Context:
    """`requestContext.authorizer` for the claims of a JWT, whose values are text there."""
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in claims.items()}
    if shape == _REST:
        return {"claims": told, "principalId": told.get("sub", "")}
    if shape == "url":
        return {"iam": {"userArn": told.get("sub", ""), "accountId": ACCOUNT}}
    return {"jwt": {"claims": told, "scopes": scopes}}


def question_of(shape: str, sent: Sent, event: Event) -> dict[str, Any]:
    """What an authorizer of type REQUEST is asked."""
    stage = event["requestContext"].get("stage", "local")  # a load balancer has none
    arn = f"{_API_ARN}/{stage}/{sent.method}{sent.path}"
    question = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
    token = sent.lowered["authorization"][0]
    if shape == _REST:
        return {**question, "type": "REQUEST", "methodArn": arn, "authorizationToken": token}
    return {**question, "type": "REQUEST", "routeArn": arn, "identitySource": [token]}


def socket_question_of(event: Event) -> dict[str, Any]:
    """What a WebSocket API asks at $connect: "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers"."""
    question = {name: value for name, value in event.items() if name != "isBase64Encoded"}
    return {**question, "type": "REQUEST", "methodArn": f"{_API_ARN}/{event['requestContext']['stage']}/$connect"}


def context_from(shape: str, answer: object, question: Mapping[str, Any]) -> Context:
    """What the authorizer's answer means. Raises `Denied`, `AuthorizerFailed`."""
    if not isinstance(answer, dict):
        raise AuthorizerFailed
    context = answer.get("context") or {}
    if not isinstance(context, dict):
        raise AuthorizerFailed
    if "isAuthorized" in answer and shape != _REST:
        if answer["isAuthorized"] is not True:
            raise Denied(known=True)
        return {"lambda": context}
    policy = answer.get("policyDocument")
    if not isinstance(policy, dict) or "principalId" not in answer:
        raise AuthorizerFailed
    if not allows(policy, question.get("methodArn") or question.get("routeArn") or ""):
        raise Denied(known=True)
    if shape == _REST:
        if any(isinstance(value, (dict, list)) for value in context.values()):
            raise AuthorizerFailed
        told = {name: value if value is None else _told(value) for name, value in context.items()}
        return {**told, "principalId": _told(answer["principalId"]), "integrationLatency": 1}
    return {"lambda": context}


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def allows(policy: Mapping[str, Any], arn: str) -> bool:
    """Whether an IAM policy lets `arn` be called: some statement allows it, and none denies it.

    Conditions and the like are not evaluated: of a statement with such, a denial counts and nothing else. Raises
    `AuthorizerFailed` for a statement that is none.
    """
    statements = policy.get("Statement") or []
    effects = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict):
            raise AuthorizerFailed
        effect = statement.get("Effect")
        beyond = sorted(_BEYOND & statement.keys())
        if beyond:
            _log.warning("an authorizer's policy has a %s, which serve does not evaluate: it lets nobody in", beyond[0])
            counts = effect == "Deny"
        else:
            counts = _is_for(statement, arn)
        if counts:
            effects.add(effect)
    return effects == {"Allow"}


def _is_for(statement: Mapping[str, Any], arn: str) -> bool:
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    called = any(fnmatchcase("execute-api:invoke", action.lower()) for action in actions)
    return called and any(fnmatchcase(arn, resource) for resource in resources)


def _listed(value: object) -> "list[str]":
    return [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, list) else []
