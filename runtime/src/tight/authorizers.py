"""`@authorizer`: a Lambda authorizer of API Gateway.

    @authorizer
    def check(token):
        user = users.get(token)
        return allow(user.id, role=user.role) if user else deny()

The answer takes the form that the event asks for: simple (`isAuthorized`) for payload 2.0 of an HTTP API, an IAM policy
for the others: "Use API Gateway Lambda authorizers" and "Control access to HTTP APIs with AWS Lambda authorizers" in
the API Gateway developer guide. `@authorizer(policy=True)` is for an HTTP API of payload 2.0 without simple answers.
"""

from functools import cached_property

from tight.gateways import gateway_of
from tight.handlers import add_mark
from tight.request import Invocation
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from tight.gateways import Gateway

    Handler = TypeVar("Handler", bound=Callable[..., Any])


def authorizer(function: "Any" = None, /, *, policy: bool = False) -> "Any":
    """Mark the function that says who may call; it returns `allow(...)`, `deny()`, True, False or AWS's own answer."""

    def decorate(function: "Handler") -> "Handler":
        add_mark(Authorizer.kind, (policy,), function)
        return function

    return decorate if function is None else decorate(function)


class Verdict:
    """What an authorizer says of a caller. `context` reaches the function; `resources` are the ARNs that it is for."""

    __slots__ = ("context", "is_allowed", "principal_id", "resources")

    def __init__(
        self,
        is_allowed: bool,
        principal_id: str = "",
        context: "Mapping[str, Any] | None" = None,
        resources: "list[str] | None" = None,
    ) -> None:
        self.is_allowed = is_allowed
        self.principal_id = principal_id
        self.context = dict(context or {})
        self.resources = resources


def allow(principal_id: str, resources: "list[str] | None" = None, /, **context: object) -> Verdict:
    """The caller is `principal_id` and may call; `context` reaches the function it calls.

    `resources` are the ARNs of the methods it may call, all of the stage by default: a gateway keeps a verdict and
    uses it for other methods too.
    """
    return Verdict(True, principal_id, context, resources)


def deny(principal_id: str = "", /, **context: object) -> Verdict:
    """The caller may not call: the gateway answers 403."""
    return Verdict(False, principal_id, context)


def unauthorized() -> Exception:
    """What to raise for a caller without usable credentials: a REST API answers 401, an HTTP API 403 as it can't."""
    from tight.errors import Unauthorized

    return Unauthorized()


class Attempt(Invocation):
    """What an authorizer is asked about."""

    @cached_property
    def headers(self) -> "Any":
        """By any spelling of their names; none where the gateway sends only a token."""
        from tight.fields import Headers

        return Headers(self._gateway.headers(self.event))

    @cached_property
    def cookies(self) -> "dict[str, str]":
        """Of two cookies of one name the first."""
        from tight.fields import read_cookies

        return read_cookies(self._gateway.cookies(self.event))

    @cached_property
    def query(self) -> "Any":
        """Decoded; of a repeated parameter the last value, and all of them by `query.all(name)`."""
        from tight.fields import Fields

        return Fields(self._gateway.query(self.event))

    @cached_property
    def token(self) -> "str | None":
        """What the gateway takes for the caller's identity, without `Bearer`; else the header Authorization."""
        source = self.event.get("identitySource")
        given = source[0] if isinstance(source, list) and source else source
        token = self.event.get("authorizationToken") or given or self.headers.get("authorization")
        if not token:
            return None
        scheme, space, rest = str(token).partition(" ")
        return rest.strip() or None if space and scheme.lower() == "bearer" else str(token)

    @property
    def _gateway(self) -> "Gateway":
        # What a WebSocket API asks at $connect, and a token, look as a REST API's event does without its method.
        return gateway_of(self.event if _is_simple(self.event) else {"httpMethod": "GET"})

    @property
    def resource(self) -> str:
        """The ARN of the method or route that is called."""
        return str(self.event.get("methodArn") or self.event.get("routeArn") or "")


class Authorizer(Trigger):
    kind = "authorizer"
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Trigger.fillers,
        "cookies": lambda attempt: attempt.cookies,
        "headers": lambda attempt: attempt.headers,
        "query": lambda attempt: attempt.query,
        "resource": lambda attempt: attempt.resource,
        "token": lambda attempt: attempt.token,
    }

    def accepts(self, event: "Any") -> bool:
        return isinstance(event, dict) and event.get("type") in ("TOKEN", "REQUEST")

    def invocation_of(self, event: "Any", context: object) -> Attempt:
        return Attempt(event, context, self.__name__, cold_start=self.cold)

    def __call__(self, event: "Any", context: object) -> "Any":
        from tight.errors import Unauthorized

        (policy,) = self.options
        try:
            return super().__call__(event, context)
        except Unauthorized:
            if "version" not in event:
                raise  # a REST or WebSocket API knows this message; to an HTTP API it is a failure, 500
            return _answer(event, deny(), policy)

    def answer(self, invocation: "Any", value: "Any") -> "Any":
        (policy,) = self.options
        if isinstance(value, dict):
            return value
        verdict = value if isinstance(value, Verdict) else Verdict(value is True)
        return _answer(invocation.event, verdict, policy)


def _answer(event: "Any", verdict: Verdict, policy: bool) -> "dict[str, Any]":
    if _is_simple(event) and not policy:
        if verdict.resources:
            from tight.errors import PolicyNeeded

            raise PolicyNeeded
        # A policy has a place for the principal; of this form the function is given nothing but the context.
        principal = {"principalId": verdict.principal_id} if verdict.principal_id else {}
        return {"isAuthorized": verdict.is_allowed, "context": {**principal, **verdict.context}}
    for name, value in verdict.context.items():
        if not isinstance(value, (str, int, float, bool, type(None))):
            from tight.errors import NestedContext

            raise NestedContext(name)
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if verdict.is_allowed else "Deny",
        "Resource": verdict.resources or [_whole_stage(event)],
    }
    return {
        "principalId": verdict.principal_id or "anonymous",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": verdict.context,
    }


def _is_simple(event: "Any") -> bool:
    return bool(event.get("version") == "2.0")


def _whole_stage(event: "Any") -> str:
    # arn:aws:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path}
    arn = str(event.get("methodArn") or event.get("routeArn") or "*")
    api, slash, rest = arn.partition("/")
    return f"{api}/{rest.partition('/')[0]}/*" if slash else arn
