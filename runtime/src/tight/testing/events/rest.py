"""Events of a REST API, payload 1.0: "Set up Lambda proxy integrations in API Gateway" in its developer guide.

The path stays percent-encoded; the query comes decoded. Single maps hold the last of repeated values.
"""

from base64 import b64encode
from secrets import token_bytes
from typing import TYPE_CHECKING
from uuid import uuid4

from tight.testing.events.sent import ACCOUNT, API, REGION, SOURCE_IP, Event, Parts, Sent, clock, now

if TYPE_CHECKING:
    from typing_extensions import Unpack


def rest_api_event(method: str, path: str, *, stage: str = "dev", **parts: "Unpack[Parts]") -> Event:
    """A request through a REST API with the resource `/{proxy+}`.

    A `body` of bytes is sent as base64, as by an API whose binary media types name it; any other as text. A
    `principal_id` is that of a Lambda authorizer.
    """
    sent, moment = Sent(method, path, **parts), now()
    host = f"{API}.execute-api.{REGION}.amazonaws.com"
    headers = sent.delivered(host)
    if sent.cookies:
        headers["Cookie"] = ["; ".join(sent.cookies)]
    proxy = sent.path.strip("/")
    resource = "/{proxy+}" if proxy else "/"
    event: Event = {
        "resource": resource,
        "path": sent.path,
        "httpMethod": sent.method,
        "headers": {name: values[-1] for name, values in headers.items() if values},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in sent.query.items()} or None,
        "multiValueQueryStringParameters": sent.query or None,
        "pathParameters": {"proxy": proxy} if proxy else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "deploymentId": "f6g7h8",
            "domainName": host,
            "domainPrefix": API,
            "extendedRequestId": b64encode(token_bytes(11)).decode("ascii"),
            "httpMethod": sent.method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": SOURCE_IP,
                "user": None,
                "userAgent": sent.user_agent,
                "userArn": None,
            },
            "path": f"/{stage}{sent.path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTime": clock(moment),
            "requestTimeEpoch": int(moment.timestamp() * 1000),
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": stage,
        },
        "body": sent.body(encoded=sent.is_binary) or None,
        "isBase64Encoded": sent.is_binary,
    }
    if sent.principal_id is not None:
        event["requestContext"]["authorizer"] = {"principalId": sent.principal_id, "integrationLatency": 21}
    return event
