"""Events of an Application Load Balancer: "Use Lambda functions as targets of an Application Load Balancer" in its user
guide.

Nothing is decoded, header names come in lower case. A body comes as base64 unless its content type is text/*, JSON,
JavaScript or XML, and always where it has a content encoding.
"""

from typing import TYPE_CHECKING

from tight.testing.events.sent import ACCOUNT, REGION, Event, Parts, Sent

if TYPE_CHECKING:
    from typing_extensions import Unpack

_TARGET = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/functions/50dc6c495c0c9188"


def alb_event(method: str, path: str, *, multi_value: bool = False, **parts: "Unpack[Parts]") -> Event:
    """A request through a load balancer; with `multi_value` its target group has multi-value headers switched on.

    Without, the last of repeated values is all that arrives. A `principal_id` is in the header `x-amzn-oidc-identity`,
    where the balancer names whom it has authenticated.
    """
    sent = Sent(method, path, **parts)
    encoded = bool(sent.content) and (not sent.is_text or bool(sent.header("content-encoding")))
    headers = sent.lowered(f"functions-1234567890.{REGION}.elb.amazonaws.com")
    if sent.cookies:
        headers["cookie"] = ["; ".join(sent.cookies)]
    if sent.principal_id is not None:
        headers["x-amzn-oidc-identity"] = [sent.principal_id]
    headers = dict(sorted(headers.items()))
    query = _raw_query(sent.query_string)
    event: Event = {
        "requestContext": {"elb": {"targetGroupArn": _TARGET}},
        "httpMethod": sent.method,
        "path": sent.path,
    }
    if multi_value:
        event |= {"multiValueQueryStringParameters": query, "multiValueHeaders": headers}
    else:
        event["queryStringParameters"] = {name: values[-1] for name, values in query.items()}
        event["headers"] = {name: values[-1] for name, values in headers.items() if values}
    return {**event, "body": sent.body(encoded=encoded) or "", "isBase64Encoded": encoded}


def _raw_query(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, _, value in (pair.partition("=") for pair in text.split("&") if pair):
        found.setdefault(name, []).append(value)
    return found
