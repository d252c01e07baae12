"""`@schedule`: a function that runs at times.

    @schedule("rate(5 minutes)")
    @schedule("daily")
    @schedule(cron="0 8 ? * MON-FRI *", timezone="Europe/Stockholm")
    @schedule(cron="0 8 * * 1-5")               Unix's five fields
    @schedule(at="2026-03-29T01:30:00")
    @schedule("every(10 seconds)")              a long-lived host's alone

EventBridge's rules and EventBridge Scheduler alike invoke it: "Creating an Amazon EventBridge rule that runs on a
schedule" in the EventBridge user guide, "Schedule types" in that of EventBridge Scheduler.
"""

import os
import re
from operator import attrgetter

from tight.handlers import add_mark
from tight.request import Invocation
from tight.trigger import Trigger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import ModuleType
    from typing import Any, Literal, TypeVar

    from tight.handlers import Mark

    Handler = TypeVar("Handler", bound=Callable[..., Any])

_WORDS = {
    "minutely": "cron(* * * * ? *)",
    "hourly": "cron(0 * * * ? *)",
    "daily": "cron(0 0 * * ? *)",
    "weekly": "cron(0 0 ? * SUN *)",  # as crontab's @weekly
    "monthly": "cron(0 0 1 * ? *)",
}
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_BELOW_A_MINUTE = "EventBridge runs at whole minutes: make it rate(1 minute) or slower, or leave it to the host"
_IMMEDIATELY = "EventBridge runs nothing when it starts: leave immediately out, or leave it to the host"


def schedule(
    expression: "str | None" = None,
    /,
    *,
    cron: "str | None" = None,
    at: "str | None" = None,
    timezone: str = "UTC",
    overlap: "Literal['skip', 'queue', 'allow']" = "skip",
    immediately: bool = False,
    name: "str | None" = None,
) -> "Callable[[Handler], Handler]":
    """Mark the function that runs at those times; a wrong one is a `BadSource` when its function is built.

    `expression` is `rate(5 minutes)`, `cron(...)`, `at(...)`, `every(10 seconds)`, or one of minutely, hourly, daily,
    weekly (Sunday) and monthly, which begin at midnight. `cron` has six fields as EventBridge's or five as Unix's. `at`
    and `cron` are of the clock in `timezone`: a time that summer time skips is skipped, one that it repeats runs once.

    `overlap` says what happens when the run before has not ended: leave this one out, wait for that, or run both. It
    holds in `invoke serve` and the host, as `immediately` does, which runs it when they start: EventBridge knows none.
    `name` is the function's unless it is given; two schedules of one function each need one.
    """
    if callable(expression):
        raise TypeError(f'@schedule of {expression.__qualname__} needs a time, such as @schedule("daily")')

    def decorate(function: "Handler") -> "Handler":
        arguments = {
            "name": name or function.__name__,
            "expression": expression,
            "cron": cron,
            "at": at,
            "timezone": timezone,
            "overlap": overlap,
            "immediately": immediately,
        }
        add_mark(Schedule.kind, (arguments,), function)
        return function

    return decorate


class Run(Invocation):
    """One run of a schedule."""

    def __init__(self, schedule: str, event: "Any", context: object, function: str, *, cold_start: bool) -> None:
        super().__init__(event, context, function, cold_start=cold_start)
        self.schedule = schedule

    @property
    def scheduled_time(self) -> "datetime | None":
        """When it was due, in UTC; None where EventBridge Scheduler was given an input without `time`."""
        text = self.event.get("time") if isinstance(self.event, dict) else None
        if not text:
            return None
        from datetime import datetime  # 1.4 ms, paid by those who ask for it

        return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Schedule(Trigger):
    kind = "schedule"
    several = True
    known_by = ("name",)
    fillers = {  # noqa: RUF012  # the base says that it belongs to the class
        **Trigger.fillers,
        "schedule": attrgetter("schedule"),
        "scheduled_time": attrgetter("scheduled_time"),
    }

    def __init__(self, name: str, module: "ModuleType", marks: "list[Mark]", settings: "Mapping[str, Any]") -> None:
        super().__init__(name, module, marks, settings)
        self.schedule = self.options[0]["name"]
        self.closeness = len(self.schedule)  # `mid-night` is what an event of that name means, and not `night`
        # What is deployed has passed here before, and to read it again would cost a cold start 1 ms.
        if "AWS_LAMBDA_RUNTIME_API" not in os.environ:
            self.describe(next(mark for mark in marks if mark.trigger == self.kind))

    @classmethod
    def describe(cls, mark: "Mark") -> "dict[str, Any]":
        arguments = mark.options[0]
        try:
            return declared(arguments)
        except ValueError as error:
            from tight.errors import BadSource

            raise BadSource(f"@schedule of {mark.function.__qualname__}", mark.place, str(error)) from None

    def accepts(self, event: "Any") -> bool:
        """A rule's event, and what EventBridge Scheduler sends unless it is given an input."""
        return (
            isinstance(event, dict)
            and event.get("detail-type") == "Scheduled Event"
            and event.get("source") in ("aws.events", "aws.scheduler")
        )

    def is_from(self, event: "Any") -> bool:
        """By the rule's or the schedule's name, which may have more in front, such as the app's name and the stage."""
        names = [str(arn).rpartition("/")[2] for arn in event.get("resources") or ()]
        return any(name == self.schedule or name.endswith(f"-{self.schedule}") for name in names)

    def invocation_of(self, event: "Any", context: object) -> Run:
        return Run(self.schedule, event, context, self.__name__, cold_start=self.cold)


def declared(arguments: "Mapping[str, Any]") -> "dict[str, Any]":
    """The manifest's keys of a schedule: `expression` checked, and `host_only`, which is why EventBridge can't do it.

    Raises `ValueError` with what is wrong and what to write instead.
    """
    given = [name for name in ("expression", "cron", "at") if arguments[name] is not None]
    if len(given) != 1:
        raise ValueError("give it one time: an expression, cron= or at=")
    if given == ["expression"]:
        expression, reason = _read(arguments["expression"].strip())
    else:
        expression, reason = _read(f"{given[0]}({arguments[given[0]].strip()})")
    if arguments["overlap"] not in ("skip", "queue", "allow"):
        raise ValueError(f"overlap={arguments['overlap']!r} is none: write skip, queue or allow")
    _check_timezone(arguments["timezone"])
    if arguments["immediately"] and reason is None:
        reason = _IMMEDIATELY
    kept = {name: arguments[name] for name in ("name", "timezone", "overlap", "immediately")}
    return {**kept, "expression": expression, "host_only": reason}


def _read(text: str) -> "tuple[str, str | None]":
    text = _WORDS.get(text.lower(), text)
    kind, _, rest = text.partition("(")
    inside = rest.removesuffix(")")
    if rest and rest != inside:
        if kind in ("rate", "every"):
            return _interval(kind, inside)
        if kind == "at":
            return _moment(inside), None
        if kind == "cron":
            from tight.events.cron import eventbridge, unix  # a fourth of a millisecond for whoever counts in rates

            is_unix = inside.startswith("@") or len(inside.split()) == 5
            return unix(inside) if is_unix else (eventbridge(inside), None)
    raise ValueError(
        f"{text!r} is no time: write rate(5 minutes), cron(0 8 ? * MON-FRI *), at(2026-03-29T01:30:00), "
        f"every(10 seconds), or one of {', '.join(_WORDS)}"
    )


def _interval(kind: str, inside: str) -> "tuple[str, str | None]":
    found = re.fullmatch("([0-9]+) (second|minute|hour|day)(s?)", inside)
    count = int(found[1]) if found else 0
    if not found or not count or (kind == "rate" and found[2] == "second"):
        raise ValueError(
            f"{kind}({inside}) is none: write rate(5 minutes), of minutes, hours or days, or every(10 seconds)"
        )
    if (count == 1) != (found[3] == ""):
        raise ValueError(f"{kind}({inside}) is none: EventBridge says {count} {found[2]}{'s' * (count > 1)}")
    seconds = count * _UNITS[found[2]]
    if seconds % 60:
        return f"every({inside})", _BELOW_A_MINUTE
    if found[2] == "second":
        return f"rate({seconds // 60} minute{'s' * (seconds > 60)})", None
    return f"rate({inside})", None


def _moment(inside: str) -> str:
    from datetime import datetime

    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", inside, re.ASCII):
        raise ValueError(
            f"at({inside}) is none: write 2026-03-29T01:30:00, as a clock there shows it, and timezone= for where"
        )
    try:
        return f"at({datetime.fromisoformat(inside).isoformat()})"
    except ValueError as error:
        raise ValueError(f"at({inside}) is none: {error}") from None


def _check_timezone(name: str) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        if available_timezones():  # else this machine has none at all
            raise ValueError(
                f"timezone={name!r} is none: write a name of the IANA database, such as Europe/Stockholm"
            ) from None
