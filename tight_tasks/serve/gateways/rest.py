"""REST API, payload 1.0: "Set up Lambda proxy integrations in API Gateway" in the API Gateway developer guide.

Path and path parameters stay percent-encoded, the query is decoded; of a repeated field the last value stands in the
single map, all of them in the multi-value map. The stage is not part of the path.
"""

import base64
import time
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

from tight_tasks.serve.gateways.parts import body_of, repeated_headers, single_headers, status_of
from tight_tasks.serve.gateways.wire import Event, Match, Sent, Unfit, Wire
from tight_tasks.serve.variables import ACCOUNT, API

_STAGE = "local"
_LARGEST_HEADERS = 10_240
_ANSWER_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_NOT_PASSED = ("content-length", "connection", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade")
_BINARY = ("image/", "audio/", "video/", "font/", "application/octet-stream", "application/pdf", "application/zip")


class RestApi:
    name = "1.0"
    limit_s = 29.0
    largest_body = 10 * 1024 * 1024

    def takes_head(self, sent: Sent) -> bool:
        """The values of the headers alone count."""
        return sent.size_of_headers <= _LARGEST_HEADERS

    def event(self, sent: Sent, match: Match) -> Event:
        now = time.time()
        way = sent.way
        headers: dict[str, list[str]] = {}
        for name, value in sent.headers:
            lowered = name.lower()
            if lowered not in _NOT_PASSED and lowered not in way:
                headers.setdefault(name, []).append(value)
        headers |= {name.title(): [value] for name, value in way.items()}
        encoded = bool(sent.content) and _is_binary(sent)
        body = base64.b64encode(sent.content).decode() if encoded else sent.content.decode("utf-8", "replace")
        context: dict[str, Any] = {
            "accountId": ACCOUNT,
            "apiId": API,
            "deploymentId": "local",
            "domainName": sent.host,
            "domainPrefix": sent.host.partition(".")[0],
            "extendedRequestId": base64.b64encode(uuid4().bytes[:11]).decode(),
            "httpMethod": sent.method,
            "identity": {**_NOBODY, "sourceIp": sent.source_ip, "userAgent": sent.user_agent},
            "path": f"/{_STAGE}{sent.path}",
            "protocol": sent.protocol,
            "requestId": str(uuid4()),
            "requestTime": datetime.fromtimestamp(now, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(now * 1000),
            "resourceId": "local",
            "resourcePath": match.template,
            "stage": _STAGE,
        }
        return {
            "resource": match.template,
            "path": sent.path,
            "httpMethod": sent.method,
            "headers": {name: values[-1] for name, values in headers.items()},
            "multiValueHeaders": headers,
            "queryStringParameters": {name: values[-1] for name, values in sent.query.items()} or None,
            "multiValueQueryStringParameters": sent.query or None,
            "pathParameters": dict(match.parameters) or None,
            "stageVariables": None,
            "requestContext": context,
            "body": body or None,
            "isBase64Encoded": encoded,
        }

    def response(self, answer: object, sent: Sent) -> Wire:  # noqa: ARG002  # a gateway's method
        """Raises `Unfit` for what the gateway would answer with a 502.

        All media types count as binary, so base64 is decoded: an API with `*/*` among its binary media types.
        """
        if not isinstance(answer, dict):
            raise Unfit(f"it is a {type(answer).__name__}, no object")
        unknown = set(answer) - _ANSWER_KEYS
        if unknown:
            raise Unfit(f"{', '.join(sorted(unknown))} is no key of an answer")
        status, content = status_of({"statusCode": 200, **answer}), body_of(answer)
        repeated = [*repeated_headers(answer)]
        taken = {(name.lower(), value) for name, value in repeated}
        # Both count, without a pair twice.
        headers = repeated + [
            (name, value) for name, value in single_headers(answer) if (name.lower(), value) not in taken
        ]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "application/json"))
        return Wire(status, (*headers, ("x-amzn-requestid", str(uuid4()))), content)

    def failed(self) -> Wire:
        """The function failed, or its answer is unfit."""
        return Wire.message(502, "Internal server error", [("x-amzn-errortype", "InternalServerErrorException")])

    def busy(self) -> Wire:
        return Wire.message(500, "Internal server error", [("x-amzn-errortype", "InternalServerErrorException")])

    def late(self) -> Wire:
        return Wire.message(504, "Endpoint request timed out")

    def too_large(self) -> Wire:
        return Wire.message(413, "Request Too Long")

    def head_too_large(self) -> Wire:
        return Wire.message(431, "Request Header Fields Too Large")

    def not_found(self) -> Wire:
        return Wire.message(
            403, "Missing Authentication Token", [("x-amzn-errortype", "MissingAuthenticationTokenException")]
        )

    def unauthorized(self) -> Wire:
        return Wire.message(401, "Unauthorized", [("x-amzn-errortype", "UnauthorizedException")])

    def forbidden(self) -> Wire:
        text = "User is not authorized to access this resource"
        return Wire.message(403, text, [("x-amzn-errortype", "AccessDeniedException")])

    def unsure(self) -> Wire:
        """The authorizer failed."""
        return Wire(500, (_JSON, ("x-amzn-errortype", "AuthorizerConfigurationException")), b'{"message":null}')


_JSON = ("content-type", "application/json")
_NOBODY = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    )
)


def _is_binary(sent: Sent) -> bool:
    """What an API that takes uploads has among its binary media types; also what is no UTF-8."""
    if sent.content_type.startswith(_BINARY) or sent.content_type == "multipart/form-data":
        return True
    try:
        sent.content.decode()
    except UnicodeDecodeError:
        return True
    return False
