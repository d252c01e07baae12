"""A request and a response as they travel."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import getrandbits
from typing import Any
from urllib.parse import parse_qsl

Event = dict[str, Any]

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Sent:
    """A request. `path` and `query_string` are percent-encoded; `headers` are in the caller's order and spelling.

    `is_forwarded` says that a proxy in front may have told whom it comes from.
    """

    method: str
    path: str
    query_string: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    source_ip: str
    host: str
    protocol: str = "HTTP/1.1"
    is_forwarded: bool = False

    @cached_property
    def lowered(self) -> dict[str, list[str]]:
        """The headers' values by their names in lower case, but those of one connection."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        for name in OF_THE_CONNECTION:
            found.pop(name, None)
        return found

    @property
    def request_line(self) -> str:
        query = f"?{self.query_string}" if self.query_string else ""
        return f"{self.method} {self.path}{query} {self.protocol}"

    @property
    def size_of_headers(self) -> int:
        """The bytes of their values."""
        return sum(len(value) for _, value in self.headers)

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """Decoded; a name may be repeated."""
        found: dict[str, list[str]] = {}
        if self.query_string:
            for name, value in parse_qsl(self.query_string, keep_blank_values=True):
                found.setdefault(name, []).append(value)
        return found

    @cached_property
    def content_type(self) -> str:
        """Without its parameters, in lower case; empty where there is none."""
        return next(iter(self.lowered.get("content-type", ())), "").partition(";")[0].strip().lower()

    @cached_property
    def trace(self) -> str:
        """X-Ray's header: the caller's, else the root of a new trace."""
        given = self.lowered.get(TRACE)
        return (given and given[-1]) or f"Root=1-{int(time.time()):08x}-{getrandbits(96):024x}"

    @property
    def traced(self) -> str:
        """X-Ray's header as the function itself is told it, which has a parent where nobody else traces the request."""
        return self.trace if TRACE in self.lowered else f"{self.trace};Parent={getrandbits(64):016x};Sampled=0"

    @property
    def way(self) -> dict[str, str]:
        """The headers by which gateways tell of the way here, by their names in lower case. What came with the request
        stays, so that a proxy or a tunnel in front can tell of the way to it.
        """
        given = self.lowered
        proto = given.get("x-forwarded-proto", ["http"])[-1]
        port = self.host.rpartition("]")[2].partition(":")[2] or ("443" if proto == "https" else "80")
        told = given.get("x-forwarded-for", [])
        return {
            TRACE: self.trace,
            "x-forwarded-for": ", ".join(told) if told and self.is_forwarded else self.hops,
            "x-forwarded-port": given.get("x-forwarded-port", [port])[-1],
            "x-forwarded-proto": proto,
        }

    @property
    def hops(self) -> str:
        """X-Forwarded-For, at whose end is who has sent this: what stands before that, the caller may have written."""
        return ", ".join([*self.lowered.get("x-forwarded-for", ()), self.source_ip])

    @property
    def user_agent(self) -> str:
        return next(iter(self.lowered.get("user-agent", ())), "")

    @property
    def is_text(self) -> bool:
        """Whether HTTP APIs, Function URLs and load balancers hand the body over as it is."""
        return self.content_type.startswith("text/") or self.content_type in _TEXT_TYPES


TRACE = "x-amzn-trace-id"
# A proxy ends these (RFC 9110, section 7.6.1).
OF_THE_CONNECTION = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")


@dataclass(frozen=True)
class Match:
    """The route that a request has met. `template` is AWS's, such as /orders/{id}; parameters are percent-encoded."""

    function: str
    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wire:
    """A response."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""

    @classmethod
    def message(cls, status: int, text: str, headers: Iterable[tuple[str, str]] = ()) -> "Wire":
        """What a gateway says itself: JSON with one key."""
        content = json.dumps({"message": text}).encode()
        return cls(status, (("content-type", "application/json"), *headers), content)


class Unfit(ValueError):  # errors are named after what happened
    """A function's answer is none that its gateway would send on."""
