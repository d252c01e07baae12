"""A request as a client sends it, before a gateway makes an event of it."""

import json as json_codec
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, TypedDict
from urllib.parse import parse_qs, quote, urlencode
from uuid import uuid4

Event = dict[str, Any]
Fields = Mapping[str, str | int | Sequence[str | int]]

ACCOUNT = "123456789012"
API = "a1b2c3d4e5"
REGION = "us-west-2"
SOURCE_IP = "203.0.113.1"  # of the range for documentation, RFC 5737

_AGENT = "tight.testing"
_PLAIN = "/%:@!$&'()*+,;=~"  # what a path may have as it is (RFC 3986), and the sign that it is encoded already


class Parts(TypedDict, total=False):
    """What a request may have besides its verb and path.

    `json` is any value that JSON can hold, `form` the fields of a form; `body` is text or bytes as they are, another
    value is sent as JSON. Only one of the three is given, and a body's content type only where it isn't plain from
    that. A header, a field of the query or of a form is repeated where it has a list. Values are not encoded, as in
    `query={"q": "tea & cake"}`; those that the path brings along behind a `?` are.
    `principal_id` is who calls, as the gateway vouches for it.
    """

    json: Any
    body: Any
    form: Fields | None
    headers: Mapping[str, str | Sequence[str]] | None
    query: Fields | None
    cookies: Mapping[str, str] | None
    principal_id: str | None


class Sent:
    """A request on the wire. `path` and `query_string` are percent-encoded, `content` is None without a body."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: Any = None,
        form: Fields | None = None,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        query: Fields | None = None,
        cookies: Mapping[str, str] | None = None,
        principal_id: str | None = None,
    ) -> None:
        if sum(part is not None for part in (json, body, form)) > 1:
            raise TypeError("a request has one body: give json, body or form")
        path, _, search = path.partition("?")
        self.method = method.upper()
        self.path = quote(path if path.startswith("/") else f"/{path}", safe=_PLAIN)
        self.query_string = "&".join(filter(None, [search, urlencode(query or {}, doseq=True, quote_via=quote)]))
        self.headers = {
            name: [values] if isinstance(values, str) else list(values) for name, values in (headers or {}).items()
        }
        self.cookies = [f"{name}={value}" for name, value in (cookies or {}).items()]
        self.principal_id = principal_id
        self.is_binary = isinstance(body, bytes)
        self.content, implied = _content(json, body, form)
        if implied and not self.header("content-type"):
            self.headers["Content-Type"] = [implied]
        for name in [name for name in self.headers if name.lower() == "cookie"]:
            self.cookies = [pair for line in self.headers.pop(name) for pair in line.split("; ")] + self.cookies

    def header(self, name: str) -> str:
        """The values of a header, by its name in lower case, joined; empty without one."""
        return ",".join(value for key, values in self.headers.items() if key.lower() == name for value in values)

    @property
    def query(self) -> dict[str, list[str]]:
        """Decoded."""
        return parse_qs(self.query_string, keep_blank_values=True)

    @property
    def user_agent(self) -> str:
        return self.header("user-agent") or _AGENT

    def delivered(self, host: str) -> dict[str, list[str]]:
        """The headers but Cookie, with those that a client and a gateway add."""
        # A gateway adds the caller's address to those that a proxy, or the caller, has named.
        forwarded = ", ".join(filter(None, [self.header("x-forwarded-for"), SOURCE_IP]))
        given = {name: values for name, values in self.headers.items() if name.lower() != "x-forwarded-for"}
        added = {
            "Host": host,
            "User-Agent": _AGENT,
            "X-Amzn-Trace-Id": f"Root=1-{int(now().timestamp()):x}-{uuid4().hex[:24]}",
            "X-Forwarded-For": forwarded,
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        }
        known = {name.lower() for name in given}
        return {**given, **{name: [value] for name, value in added.items() if name.lower() not in known}}

    def lowered(self, host: str) -> dict[str, list[str]]:
        """`delivered` by names in lower case, with the length of the body, as all gateways but REST APIs have it."""
        headers = {name.lower(): values for name, values in self.delivered(host).items()}
        if self.content is not None:
            headers["content-length"] = [str(len(self.content))]
        return headers

    def body(self, *, encoded: bool) -> str | None:
        """The body as text, or in base64."""
        if self.content is None:
            return None
        return b64encode(self.content).decode("ascii") if encoded else self.content.decode("utf-8", "replace")

    @property
    def is_text(self) -> bool:
        """Whether the content type is one that gateways send on as text; see `http` and `alb` for the source."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        return kind.startswith("text/") or kind in ("application/json", "application/javascript", "application/xml")


def now() -> datetime:
    return datetime.now(timezone.utc)


def clock(moment: datetime) -> str:
    """A moment as API Gateway writes it: `10/Mar/2026:05:16:23 +0000`."""
    return moment.strftime("%d/%b/%Y:%H:%M:%S +0000")


def _content(json: Any, body: Any, form: Fields | None) -> tuple[bytes | None, str]:
    """The bytes of a body, and the content type that is plain from what was given."""
    if form is not None:
        return urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
    if json is None and (body is None or isinstance(body, (str, bytes))):
        return body.encode() if isinstance(body, str) else body, ""
    return json_codec.dumps(body if json is None else json).encode(), "application/json"
