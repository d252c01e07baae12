"""What ties a message to its cause: a correlation id, and the trace of W3C's Trace Context.

Both travel beside a message, as its attributes or headers: `correlation_id`, `traceparent` and `tracestate`.

Rules: https://www.w3.org/TR/trace-context/#traceparent-header
"""

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CORRELATION, PARENT, STATE = "correlation_id", "traceparent", "tracestate"

_NAMES = ("correlationid", "xcorrelationid")  # without regard to case, - and _
_TRACEPARENT = r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"


def correlation_of(attributes: "Mapping[str, Any]") -> "str | None":
    """The correlation id among a message's attributes or headers, as `correlation_id`, `X-Correlation-Id` and such."""
    found = {name.lower().replace("-", "").replace("_", ""): value for name, value in attributes.items()}
    for name in _NAMES:
        if found.get(name):
            return str(found[name])
    return None


def trace_of(attributes: "Mapping[str, Any]") -> "dict[str, str]":
    """`traceparent` and `tracestate` among attributes or headers; empty where the first is none by W3C's rules."""
    found = {name.lower(): value for name, value in attributes.items() if name.lower() in (PARENT, STATE)}
    parent = found.get(PARENT)
    if not isinstance(parent, str) or not re.fullmatch(_TRACEPARENT, parent):
        return {}
    return {name: str(value) for name, value in found.items() if value}


def arrived(invocation: "Any") -> "dict[str, str]":
    """The trace that an invocation came with, in the headers of its request or the attributes of its message."""
    for part in ("headers", "attributes"):
        try:
            found = trace_of(getattr(invocation, part, None) or {})
        except (AttributeError, TypeError):  # an event that no gateway sends
            continue
        if found:
            return found
    return {}


def outgoing(invocation: "Any") -> "dict[str, str]":
    """What a message is sent with: the invocation's correlation id, else Lambda's id of it, and the trace.

    The trace is that of OpenTelemetry's current span where the app uses it, else the one that came in, as it was.
    """
    found = getattr(invocation, "correlation_id", None) or getattr(invocation, "request_id", None)
    carried = {CORRELATION: str(found)} if found else {}
    return carried | (_current_span() or arrived(invocation))


def _current_span() -> "dict[str, str]":
    if "opentelemetry.trace" not in sys.modules:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier
