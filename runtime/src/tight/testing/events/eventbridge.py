"""Events of an EventBridge bus: "Events in Amazon EventBridge" in the EventBridge user guide."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tight.testing.events.sent import ACCOUNT, REGION, Event, now


def eventbridge_event(
    detail_type: str, detail: dict[str, Any], *, source: str = "app", resources: Sequence[str] = ()
) -> Event:
    """What a rule of a bus hands to its target."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }
