"""Events of schedules: "Creating an Amazon EventBridge rule that runs on a schedule" in the EventBridge user guide.

What EventBridge Scheduler sends without an input, AWS does not print: it is as others have recorded it.
"""

from datetime import datetime, timezone
from uuid import uuid4

from tight.testing.events.sent import ACCOUNT, REGION, Event, now


def schedule_event(name: str = "schedule", time: datetime | str | None = None, *, scheduler: bool = False) -> Event:
    """A run of the schedule `name` at `time`, an aware datetime or text such as 2026-03-29T01:30:00Z; now unless given.

    It is of a rule, or with `scheduler` of EventBridge Scheduler.
    """
    moment = now() if time is None else time
    if isinstance(moment, datetime):
        moment = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    service, resource = ("scheduler", f"schedule/default/{name}") if scheduler else ("events", f"rule/{name}")
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": f"aws.{service}",
        "account": ACCOUNT,
        "time": moment,
        "region": REGION,
        "resources": [f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"],
        "detail": "{}" if scheduler else {},
    }
