"""Spans of invocations, read from the SDK's own exporter; and that nothing of OpenTelemetry is loaded before."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from tight.correlation import outgoing
from tight.request import Invocation, current
from tight.telemetry import traced

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> TracerProvider:
    """The provider for one test; OpenTelemetry keeps the first one for a process."""
    made = TracerProvider()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", made)
    return made


@pytest.fixture
def spans(provider: TracerProvider) -> Iterator[Callable[[], list[Any]]]:
    """The spans that have ended."""
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield lambda: list(exporter.get_finished_spans())
    provider.shutdown()


class FromQueue(Invocation):
    correlation_id = "c-1"
    message_id = "m-1"

    def __init__(self, **attributes: str) -> None:
        context = SimpleNamespace(aws_request_id="r-1", invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:f")
        super().__init__({}, context, "orders", cold_start=True)
        self.attributes = attributes


def test_a_message_is_a_span_below_its_senders(spans: Callable[[], list[Any]]) -> None:
    assert traced(FromQueue(traceparent=PARENT), lambda invocation: invocation.function) == "orders"
    (span,) = spans()

    assert (span.name, span.kind) == ("orders", SpanKind.CONSUMER)
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SPAN)
    assert dict(span.attributes) == {
        "faas.invocation_id": "r-1",
        "faas.coldstart": True,
        "cloud.resource_id": "arn:aws:lambda:eu-north-1:1:function:f",
        "messaging.message.id": "m-1",
        "tight.correlation_id": "c-1",
    }


def test_without_a_sender_it_is_a_trace_of_its_own(spans: Callable[[], list[Any]]) -> None:
    traced(FromQueue(traceparent="nonsense"), lambda _: None)
    (span,) = spans()

    assert span.parent is None


def test_what_is_raised_is_recorded_and_surfaces(spans: Callable[[], list[Any]]) -> None:
    def fail(_: object) -> None:
        raise ValueError("no money")

    with pytest.raises(ValueError, match="no money"):
        traced(FromQueue(), fail)
    (span,) = spans()

    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]


def test_messages_that_are_sent_within_a_span_come_from_it(spans: Callable[[], list[Any]]) -> None:
    carried = traced(FromQueue(traceparent=PARENT, tracestate="a=1"), outgoing)
    (span,) = spans()

    assert carried == {
        "correlation_id": "c-1",
        "traceparent": f"00-{TRACE}-{span.context.span_id:016x}-01",
        "tracestate": "a=1",
    }


@pytest.mark.parametrize("definition", ["def", "async def"])
def test_requests_are_spans_of_servers(
    load: Callable[..., Any], spans: Callable[[], list[Any]], definition: str
) -> None:
    source = f"""
        from opentelemetry import trace
        from tight import get, log, wrap
        from tight.telemetry import traced

        @get("/orders")
        @wrap(traced)
        {definition} orders():
            with trace.get_tracer("app").start_as_current_span("inside"):
                return 503, {{"message": "later"}}
    """
    event = {"httpMethod": "GET", "path": "/orders", "headers": {"Traceparent": PARENT}}
    assert load(source)(event, None)["statusCode"] == 503
    inside, span = spans()

    assert (inside.name, inside.parent.span_id) == ("inside", span.context.span_id)
    assert (span.name, span.kind, f"{span.parent.span_id:016x}") == ("accounts", SpanKind.SERVER, SPAN)
    assert span.attributes["http.response.status_code"] == 503
    assert (span.attributes["http.request.method"], span.attributes["url.path"]) == ("GET", "/orders")
    assert span.status.status_code is StatusCode.ERROR


def test_in_lambda_spans_are_handed_over_before_it_freezes(
    provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=3_600_000))
    traced(FromQueue(), lambda _: None)
    assert exporter.get_finished_spans() == ()

    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
    traced(FromQueue(), lambda _: None)
    assert len(exporter.get_finished_spans()) == 2
    provider.shutdown()


def test_nothing_of_opentelemetry_is_loaded_before_the_first_span() -> None:
    code = """
import json, sys
from tight.correlation import outgoing
from tight.request import Invocation
from tight.telemetry import traced
outgoing(Invocation({}, None))
before = "opentelemetry" in sys.modules
traced(Invocation({}, None, "f"), lambda _: None)
print(json.dumps([before, "opentelemetry" in sys.modules, "opentelemetry.sdk" in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert json.loads(done.stdout) == [False, True, False]


def test_without_opentelemetry_tracing_says_how_to_get_it() -> None:
    code = """
import sys
sys.modules["opentelemetry"] = None
from tight.request import Invocation
from tight.telemetry import traced
try:
    traced(Invocation({}, None, "f"), print)
except ImportError as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.startswith("MissingLibrary opentelemetry is not installed: pip install")
    assert current.get() is None
