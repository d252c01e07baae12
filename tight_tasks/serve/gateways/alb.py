"""Application Load Balancer: "Use Lambda functions as targets of an Application Load Balancer" in its user guide.

Nothing is decoded, header names come in lower case. With multi-value headers fields come, and are expected, as lists.
"""

import base64

from tight_tasks.serve.gateways.parts import body_of, repeated_headers, single_headers, status_of
from tight_tasks.serve.gateways.wire import Event, Match, Sent, Unfit, Wire
from tight_tasks.serve.variables import ACCOUNT

_TARGET = f"arn:aws:elasticloadbalancing:local:{ACCOUNT}:targetgroup/functions/50dc6c495c0c9188"

_LARGEST_LINE, _LARGEST_HEAD = 16 * 1024, 64 * 1024


class LoadBalancer:
    limit_s = 900.0
    largest_body = 1024 * 1024

    def __init__(self, *, multi_value: bool = False) -> None:
        self.name = "alb multi-value" if multi_value else "alb"
        self._multi_value = multi_value

    def takes_head(self, sent: Sent) -> bool:
        lines = [len(sent.request_line), *(len(name) + len(value) for name, value in sent.headers)]
        return max(lines) <= _LARGEST_LINE and sum(lines) <= _LARGEST_HEAD

    def event(self, sent: Sent, match: Match) -> Event:  # noqa: ARG002  # a gateway's method
        """It has no routes of its own."""
        query: dict[str, list[str]] = {}
        for pair in sent.query_string.split("&"):
            if pair:
                name, _, value = pair.partition("=")
                query.setdefault(name, []).append(value)
        headers = {
            **sent.lowered,
            **{name: [value] for name, value in sent.way.items()},
            "x-forwarded-for": [sent.hops],  # a function knows its caller's address from its end alone
        }
        encoded = bool(sent.content) and (not sent.is_text or "content-encoding" in sent.lowered)
        body = base64.b64encode(sent.content).decode() if encoded else sent.content.decode("utf-8", "replace")
        event: Event = {
            "requestContext": {"elb": {"targetGroupArn": _TARGET}},
            "httpMethod": sent.method,
            "path": sent.path,
        }
        if self._multi_value:
            event |= {"multiValueQueryStringParameters": query, "multiValueHeaders": headers}
        else:
            event["queryStringParameters"] = {name: values[-1] for name, values in query.items()}
            event["headers"] = {name: values[-1] for name, values in headers.items()}
        return {**event, "body": body, "isBase64Encoded": encoded}

    def response(self, answer: object, sent: Sent) -> Wire:  # noqa: ARG002  # a gateway's method
        """Raises `Unfit` for what the balancer would answer with a 502."""
        if not isinstance(answer, dict):
            raise Unfit(f"it is a {type(answer).__name__}, no object")
        status, content = status_of(answer), body_of(answer)
        headers = repeated_headers(answer) if self._multi_value else single_headers(answer)
        return Wire(status, tuple(headers), content)

    def failed(self) -> Wire:
        return _page(502, "Bad Gateway")

    def busy(self) -> Wire:
        return _page(502, "Bad Gateway")

    def late(self) -> Wire:
        return _page(502, "Bad Gateway")

    def too_large(self) -> Wire:
        return _page(413, "Request Entity Too Large")

    def head_too_large(self) -> Wire:
        return _page(400, "Bad Request")

    def not_found(self) -> Wire:
        return Wire(404, (("content-type", "text/plain; charset=utf-8"),), b"")

    def unauthorized(self) -> Wire:
        return _page(401, "Authorization Required")

    def forbidden(self) -> Wire:
        return _page(403, "Forbidden")

    def unsure(self) -> Wire:
        return _page(500, "Internal Server Error")


def _page(status: int, text: str) -> Wire:
    content = f"<html><head><title>{status} {text}</title></head><body><h1>{status} {text}</h1></body></html>"
    return Wire(status, (("content-type", "text/html"),), content.encode())
