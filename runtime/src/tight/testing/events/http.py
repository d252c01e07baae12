"""Events of an HTTP API and of a Function URL, payload 2.0: "Create AWS Lambda proxy integrations for HTTP APIs" in the
API Gateway developer guide, "Invoking Lambda function URLs" in the Lambda developer guide.

Header names come in lower case, repeated values joined by commas, cookies as a list. A body comes as base64 unless its
content type is text/*, JSON, JavaScript or XML; one without a content type too.
"""

from base64 import b64encode
from secrets import token_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

from tight.testing.events.sent import ACCOUNT, API, REGION, SOURCE_IP, Event, Parts, Sent, clock, now

if TYPE_CHECKING:
    from typing_extensions import Unpack

_URL_ID = "f7k2m4p6q8r1s3t5v7w9x2y4z6a8b1c3"


def http_api_event(method: str, path: str, *, stage: str = "$default", **parts: "Unpack[Parts]") -> Event:
    """A request through the route `$default` of an HTTP API: the path decoded, a stage other than `$default` in front.

    A `principal_id` is the claim `sub` of a JWT.
    """
    sent = Sent(method, path, **parts)
    decoded = unquote(sent.path if stage == "$default" else f"/{stage}{sent.path}")
    event = _event(sent, f"{API}.execute-api.{REGION}.amazonaws.com", decoded)
    context = event["requestContext"]
    context |= {"accountId": ACCOUNT, "stage": stage, "requestId": b64encode(token_bytes(11)).decode("ascii")}
    context["http"]["path"] = decoded
    if sent.principal_id is not None:
        context["authorizer"] = {"jwt": {"claims": {"sub": sent.principal_id}, "scopes": None}}
    return event


def function_url_event(method: str, path: str, **parts: "Unpack[Parts]") -> Event:
    """A request to a Function URL: the path as it was sent, cookies in the headers too.

    A `principal_id` is the ARN of an IAM user or role; without one the URL asks for no authentication.
    """
    sent = Sent(method, path, **parts)
    event = _event(sent, f"{_URL_ID}.lambda-url.{REGION}.on.aws", sent.path)
    context = event["requestContext"]
    context |= {"accountId": "anonymous", "stage": "$default", "requestId": str(uuid4())}
    context["http"]["path"] = unquote(sent.path)
    if sent.cookies:
        event["headers"]["cookie"] = "; ".join(sent.cookies)
    event["headers"] |= {"x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256", "x-amzn-tls-version": "TLSv1.3"}
    if sent.principal_id is not None:
        context["accountId"] = ACCOUNT
        context["authorizer"] = {"iam": _iam(sent.principal_id)}
    return event


def _event(sent: Sent, host: str, raw_path: str) -> Event:
    """What both have in common."""
    moment = now()
    encoded = sent.content is not None and not sent.is_text
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": sent.query_string,
        "headers": {name: ",".join(values) for name, values in sorted(sent.lowered(host).items())},
        "requestContext": {
            "apiId": host.partition(".")[0],
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": sent.method,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE_IP,
                "userAgent": sent.user_agent,
            },
            "routeKey": "$default",
            "time": clock(moment),
            "timeEpoch": int(moment.timestamp() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if sent.cookies:
        event["cookies"] = sent.cookies
    if sent.query:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in sent.query.items()}
    if sent.content is not None:
        event["body"] = sent.body(encoded=encoded)
    return event


def _iam(arn: str) -> dict[str, Any]:
    return {
        "accessKey": "AKIDEXAMPLE",
        "accountId": ACCOUNT,
        "callerId": "AIDAEXAMPLE",
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": arn,
        "userId": "AIDAEXAMPLE",
    }
