"""A request and a response as they travel."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

Event = dict[str, Any]

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Sent:
    """A request. `path` and `query_string` are percent-encoded; `headers` are in the caller's order and spelling."""

    method: str
    path: str
    query_string: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    source_ip: str
    host: str
    protocol: str = "HTTP/1.1"

    @cached_property
    def lowered(self) -> dict[str, list[str]]:
        """The headers' values by their names in lower case, but those of one connection."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        for name in OF_THE_CONNECTION:
            found.pop(name, None)
        return found

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

    @property
    def user_agent(self) -> str:
        return next(iter(self.lowered.get("user-agent", ())), "")

    @property
    def is_text(self) -> bool:
        """Whether HTTP APIs, Function URLs and load balancers hand the body over as it is."""
        return self.content_type.startswith("text/") or self.content_type in _TEXT_TYPES


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
