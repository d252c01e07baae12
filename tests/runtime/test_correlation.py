"""What ties a message to its cause, in the names that senders have for it."""

from types import SimpleNamespace
from typing import Any

import pytest

from tight.correlation import arrived, correlation_of, outgoing, trace_of
from tight.request import Invocation

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize("name", ["correlation_id", "correlationId", "X-Correlation-Id", "correlation-id"])
def test_the_correlation_id_is_found_by_every_usual_name(name: str) -> None:
    assert correlation_of({"plan": "pro", name: "c-1"}) == "c-1"


@pytest.mark.parametrize("attributes", [{}, {"correlation_id": ""}, {"correlation_id": None}, {"request": "7"}])
def test_there_may_be_none(attributes: dict[str, Any]) -> None:
    assert correlation_of(attributes) is None


def test_a_trace_is_read_with_its_state() -> None:
    assert trace_of({"Traceparent": PARENT, "TraceState": "a=1", "plan": "pro"}) == {
        "traceparent": PARENT,
        "tracestate": "a=1",
    }


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        PARENT.replace("00-", "ff-"),
        PARENT.upper(),
        7,
    ],
)
def test_what_is_no_trace_is_none(parent: object) -> None:
    assert trace_of({"traceparent": parent, "tracestate": "a=1"}) == {}


def test_what_came_with_a_message_goes_on_with_the_next() -> None:
    class FromQueue(Invocation):
        attributes: dict[str, Any] = {"correlation_id": "c-1", "traceparent": PARENT}  # noqa: RUF012  # never changed

        @property
        def correlation_id(self) -> str | None:
            return correlation_of(self.attributes)

    invocation = FromQueue({}, None)

    assert arrived(invocation) == {"traceparent": PARENT}
    assert outgoing(invocation) == {"correlation_id": "c-1", "traceparent": PARENT}


def test_where_nothing_came_lambdas_own_id_is_the_first() -> None:
    invocation = Invocation({}, SimpleNamespace(aws_request_id="r-1"))

    assert outgoing(invocation) == {"correlation_id": "r-1"}
    assert outgoing(None) == {}
