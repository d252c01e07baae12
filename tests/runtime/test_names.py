"""What AWS calls what an app names, where it is sent to and in the events that come from there."""

import pytest

from tight.names import own_name, physical

ARN = "arn:aws:sqs:eu-north-1:123456789012:orders"
URL = "https://sqs.eu-north-1.amazonaws.com/123456789012/orders"


@pytest.mark.parametrize(
    ("name", "sent_to", "in_events"),
    [
        ("orders", "ci-orders", "ci-orders"),
        (ARN, ARN, "orders"),
        (URL, URL, "orders"),
        ("http://127.0.0.1:9324/1/orders", "http://127.0.0.1:9324/1/orders", "orders"),
    ],
)
def test_a_prefix_is_for_names_and_an_address_is_used_as_it_is(
    monkeypatch: pytest.MonkeyPatch, name: str, sent_to: str, in_events: str
) -> None:
    monkeypatch.setenv("TIGHT_PREFIX", "ci-")
    assert (physical(name), own_name(name)) == (sent_to, in_events)


def test_a_fifo_queue_is_called_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIGHT_PREFIX", raising=False)
    assert physical("orders", fifo=True) == physical("orders.fifo", fifo=True) == "orders.fifo"
