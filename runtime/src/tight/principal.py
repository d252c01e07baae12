"""Who calls, as the gateway vouches for it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tight.request import Event

# In the order of trust: a token, what an authorizer of the app said, then the credentials that signed the request.
_PLACES = (
    ("authorizer", "jwt", "claims", "sub"),  # HTTP API, JWT authorizer
    ("authorizer", "claims", "sub"),  # REST API, user pool
    ("authorizer", "principalId"),  # REST API, Lambda authorizer
    ("authorizer", "lambda", "principalId"),  # HTTP API, Lambda authorizer
    ("authorizer", "iam", "userArn"),  # HTTP API and Function URL, IAM
    ("identity", "userArn"),  # REST API, IAM
)


def principal_of(event: "Event") -> "str | None":
    """The first principal that the event's context names, None where nobody vouches for one.

    A load balancer's headers name one too, but a caller may write them where the balancer does not authenticate.
    """
    for place in _PLACES:
        value: object = event.get("requestContext")
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            return str(value)
    return None
