"""OpenTelemetry: a span for each invocation, below the one of whoever caused it.

    __getattr__ = controllers("app.functions", middleware=[traced])

`pip install "tight-runtime[opentelemetry]"`. Nothing of it is imported but by the first invocation that is traced. The
app sets up the SDK; without that, OpenTelemetry drops the spans.

Names: https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/
"""

import os

from tight.correlation import arrived
from tight.errors import MissingLibrary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def traced(invocation: "Any", proceed: "Callable[[Any], Any]") -> "Any":
    """Middleware: a span around what comes below, with what it raises.

    Its parent is the `traceparent` of the request or message. In Lambda, spans are handed over before the environment
    freezes. Messages that are published within it carry its id.
    """
    try:
        from opentelemetry.trace import SpanKind, get_tracer, get_tracer_provider
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("opentelemetry"):
            raise
        raise MissingLibrary("opentelemetry", 'pip install "tight-runtime[opentelemetry]"') from None
    is_request = hasattr(invocation, "method")
    is_message = not is_request and hasattr(invocation, "attributes")
    kind = SpanKind.CONSUMER if is_message else SpanKind.SERVER
    span = get_tracer("tight").start_as_current_span(
        invocation.function, context=_parent(invocation), kind=kind, attributes=_attributes(invocation)
    )
    try:
        with span as recorded:
            value = proceed(invocation)
            if is_request:
                _note_status(recorded, value)
            return value
    finally:
        if "AWS_LAMBDA_RUNTIME_API" in os.environ:
            flush = getattr(get_tracer_provider(), "force_flush", None)
            if flush is not None:
                flush()


def _parent(invocation: "Any") -> "Any":
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    found = arrived(invocation)
    return TraceContextTextMapPropagator().extract(found) if found else None


def _attributes(invocation: "Any") -> "dict[str, Any]":
    context = invocation.context
    found = {
        "faas.invocation_id": invocation.request_id,
        "faas.coldstart": invocation.cold_start,
        "cloud.resource_id": getattr(context, "invoked_function_arn", None),
        "http.request.method": getattr(invocation, "method", None),
        "url.path": getattr(invocation, "path", None),
        "messaging.message.id": getattr(invocation, "message_id", None),
        "tight.correlation_id": invocation.correlation_id,
    }
    return {name: value for name, value in found.items() if value is not None}


def _note_status(span: "Any", response: "Any") -> None:
    from opentelemetry.trace import Status, StatusCode

    status = getattr(response, "status", None)
    if isinstance(status, int):
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
