"""HTTP API, payload 2.0: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.

Header names come in lower case, repeated values joined by commas, cookies as a list of their own. The path is decoded.
"""

import base64
import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import lru_cache
from random import getrandbits
from urllib.parse import unquote
from uuid import uuid4

from tight_tasks.serve.gateways.parts import body_of, single_headers, status_of, text
from tight_tasks.serve.gateways.wire import Event, Match, Sent, Unfit, Wire
from tight_tasks.serve.variables import ACCOUNT, API

LIMIT_S = 30.0
LARGEST_BODY = 10 * 1024 * 1024


class HttpApi:
    name = "2.0"
    limit_s = LIMIT_S
    largest_body = LARGEST_BODY
    largest_head = 10_240

    def takes_head(self, sent: Sent) -> bool:
        """The values alone count of the headers, and the request line."""
        return len(sent.request_line) + sent.size_of_headers <= self.largest_head

    def event(self, sent: Sent, match: Match) -> Event:
        route = f"{sent.method} {match.template}"
        path = unquote(sent.path)
        event = _event(sent, path, path, route, f"{API}.execute-api.local")
        cookies = event["headers"].pop("cookie", None)
        if cookies is not None:
            event["cookies"] = [pair.strip() for pair in cookies.split(";") if pair.strip()]
        event["requestContext"] |= {"accountId": ACCOUNT, "requestId": self.new_id()}
        if match.parameters:
            event["pathParameters"] = {name: unquote(value) for name, value in match.parameters.items()}
        return event

    def response(self, answer: object, sent: Sent) -> Wire:  # noqa: ARG002  # a gateway's method
        """Raises `Unfit` for what the gateway would answer with a 500."""
        if not isinstance(answer, dict) or "statusCode" not in answer:
            return _inferred(answer)
        status, content = status_of(answer), body_of(answer)
        headers = [(name.lower(), value) for name, value in single_headers(answer)]
        if not any(name == "content-type" for name, _ in headers):
            headers.append(("content-type", self.content_type))
        cookies = answer.get("cookies") or []
        if not isinstance(cookies, list):
            raise Unfit(f"cookies is a {type(cookies).__name__}, no list")
        headers += [("set-cookie", text("cookies", cookie)) for cookie in cookies]
        return Wire(status, (*headers, (self.id_header, self.new_id())), content)

    content_type = "text/plain; charset=utf-8"
    id_header = "apigw-requestid"

    @staticmethod
    def new_id() -> str:
        return base64.b64encode(getrandbits(88).to_bytes(11, "big")).decode()

    def failed(self) -> Wire:
        """The function failed, or its answer is unfit."""
        return Wire.message(500, "Internal Server Error")

    def busy(self) -> Wire:
        return Wire.message(503, "Service Unavailable")

    def late(self) -> Wire:
        return Wire.message(503, "Service Unavailable")

    def too_large(self) -> Wire:
        return Wire.message(413, "Request Entity Too Large")

    def head_too_large(self) -> Wire:
        return Wire.message(431, "Request Header Fields Too Large")

    def not_found(self) -> Wire:
        return Wire.message(404, "Not Found")

    def unauthorized(self) -> Wire:
        return Wire.message(401, "Unauthorized", [("www-authenticate", "Bearer")])

    def forbidden(self) -> Wire:
        return Wire.message(403, "Forbidden")

    def unsure(self) -> Wire:
        return Wire.message(500, "Internal Server Error")


class FunctionUrl(HttpApi):
    """Function URL: "Invoking Lambda function URLs" in the Lambda developer guide. The path stays percent-encoded, and
    cookies stand in the headers too.
    """

    name = "url"
    limit_s = 900.0
    largest_body = 6 * 1024 * 1024
    largest_head = 1024 * 1024

    def event(self, sent: Sent, match: Match) -> Event:
        event = _event(sent, sent.path, unquote(sent.path), "$default", f"{match.function}.lambda-url.local.on.aws")
        cookies = event["headers"].get("cookie")
        if cookies is not None:
            event["cookies"] = [pair.strip() for pair in cookies.split(";") if pair.strip()]
        event["requestContext"] |= {"accountId": "anonymous", "requestId": self.new_id()}
        return event

    content_type = "application/octet-stream"
    id_header = "x-amzn-requestid"

    @staticmethod
    def new_id() -> str:
        return str(uuid4())

    def response(self, answer: object, sent: Sent) -> Wire:
        if isinstance(answer, dict) and isinstance(answer.get("body"), dict):  # which it writes as JSON
            answer = {**answer, "body": json.dumps(answer["body"], separators=(",", ":"))}
        return super().response(answer, sent)

    def failed(self) -> Wire:
        return Wire(502, (("content-type", "application/json"),), b"Internal Server Error")

    def busy(self) -> Wire:
        return Wire(429, (("content-type", "application/json"),), b'{"Message":"Rate Exceeded."}')

    def late(self) -> Wire:
        return self.failed()


def _joined(name: str, values: Sequence[str]) -> str:
    return ("; " if name == "cookie" else ",").join(values)  # of cookies by RFC 9113, 8.2.3


def _event(sent: Sent, raw_path: str, path: str, route: str, domain: str) -> Event:
    now = time.time()
    encoded = bool(sent.content) and not sent.is_text
    event: Event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": raw_path,
        "rawQueryString": sent.query_string,
        "headers": {**{name: _joined(name, values) for name, values in sent.lowered.items()}, **sent.way},
        "requestContext": {
            "apiId": domain.partition(".")[0],
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": sent.method,
                "path": path,
                "protocol": sent.protocol,
                "sourceIp": sent.source_ip,
                "userAgent": sent.user_agent,
            },
            "routeKey": route,
            "stage": "$default",
            "time": _clock(int(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if sent.query_string:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in sent.query.items()}
    if sent.content:
        event["body"] = base64.b64encode(sent.content).decode() if encoded else sent.content.decode("utf-8", "replace")
    return event


@lru_cache(maxsize=1)  # the same for each request of a second
def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")


def _inferred(answer: object) -> Wire:
    """What names no status is the body of an answer 200."""
    body = answer if isinstance(answer, str) else json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    return Wire(200, (("content-type", "application/json"),), body.encode())
