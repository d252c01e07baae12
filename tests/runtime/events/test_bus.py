"""Events of an EventBridge bus."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tight.errors import InvalidInput, UnknownSource
from tight.testing import eventbridge_event

Load = Callable[[str], Callable[[Any, object], Any]]


def test_a_handler_is_given_the_parts_of_an_event(load: Load) -> None:
    source = """
        from tight import bus

        @bus(pattern={"source": ["shop"]})
        def take(detail, message, detail_type, source, resources, sent_at, message_id, event):
            event["given"] = [detail, message, detail_type, source, resources, sent_at, message_id]
    """
    event = eventbridge_event("Order placed", {"id": 7}, source="shop", resources=["arn:aws:s3:::b"])
    event |= {"time": "2026-01-01T00:00:00Z", "id": "e-1"}

    assert load(source)(event, None) is None
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert event["given"] == [{"id": 7}, {"id": 7}, "Order placed", "shop", ["arn:aws:s3:::b"], moment, "e-1"]


@pytest.mark.parametrize("name", ["detail", "message"])
def test_the_detail_is_checked_by_its_annotation(load: Load, name: str) -> None:
    source = f"""
        from dataclasses import dataclass
        from tight import bus

        @dataclass
        class Order:
            id: int

        @bus(pattern={{"source": ["shop"]}})
        def take({name}: Order, event):
            event["given"] = {name}.id
    """
    event = eventbridge_event("Order placed", {"id": "7"})

    load(source)(event, None)
    assert event["given"] == 7
    with pytest.raises(InvalidInput, match=rf"{name}\.id: a whole number is needed"):
        load(source)(eventbridge_event("Order placed", {"id": "much"}), None)


def test_an_envelope_reads_the_detail(load: Load) -> None:
    source = """
        import json
        from tight import bus

        class Envelope:
            def parse(self, text, attributes):
                return json.loads(text)["data"]

        @bus(pattern={"source": ["shop"]}, envelope=Envelope())
        def take(detail, body, event):
            event["given"] = [detail, body]
    """
    event = eventbridge_event("Order placed", {"data": 7})

    load(source)(event, None)
    assert event["given"] == [7, {"data": 7}]


SEVERAL = """
    from tight import bus, direct

    @bus(pattern={"source": ["shop"], "detail-type": ["Order placed"]})
    def placed(event):
        event["by"] = "placed"

    @bus("partners", pattern={"source": [{"prefix": "partner."}], "detail": {"amount": [{"numeric": [">", 100]}]}})
    def large(event):
        event["by"] = "large"

    @direct
    def work(event):
        return "worked"
"""


def test_of_several_patterns_the_one_that_matches_has_the_event(load: Load) -> None:
    handler = load(SEVERAL)
    placed = eventbridge_event("Order placed", {}, source="shop")
    large = eventbridge_event("Paid", {"amount": 100.5}, source="partner.bank")

    handler(placed, None)
    handler(large, None)
    assert (placed["by"], large["by"]) == ("placed", "large")
    assert handler({"job": 7}, None) == "worked"
    with pytest.raises(UnknownSource):
        handler(eventbridge_event("Paid", {"amount": 100}, source="partner.bank"), None)


def test_what_a_handler_raises_surfaces_so_that_lambda_tries_again(load: Load) -> None:
    source = """
        from tight import bus

        @bus(pattern={"source": ["shop"]})
        async def take(detail):
            raise OSError(detail)
    """

    with pytest.raises(OSError, match="7"):
        load(source)(eventbridge_event("a", {"id": 7}), None)
