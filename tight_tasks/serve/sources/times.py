"""When a schedule runs next: a pure function of its expression, as the manifest writes it, a moment and a time zone.

    following("cron(0 8 ? * MON-FRI *)", now, ZoneInfo("Europe/Stockholm"))

A local time that a clock change skips is skipped, and one that it repeats runs once, the first time: "Schedule types in
EventBridge Scheduler" in the EventBridge Scheduler user guide. A rate is of elapsed time, whatever clocks do.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_LAST_YEAR = 2199  # EventBridge's


@dataclass(frozen=True)
class Cron:
    """Local times: `days` gives those of a year and month, in their order."""

    minutes: Sequence[int]
    hours: Sequence[int]
    days: Callable[[int, int], list[int]]
    months: Sequence[int]
    years: Sequence[int]


def following(expression: str, after: datetime, zone: ZoneInfo | timezone) -> datetime | None:
    """The first run after `after`, in UTC; None where there is none any more.

    A rate has no anchor of its own: its next run is one interval after `after`, so give it the last run, or its start.
    Raises `ValueError` for what is no expression.
    """
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")")
    after = after.astimezone(timezone.utc)
    if kind in ("rate", "every"):
        return after + interval(inside)
    if kind == "at":
        return _instant(datetime.fromisoformat(inside), after, zone)
    if kind not in ("cron", "unix"):
        raise ValueError(f"{expression!r} is no schedule: rate, every, at, cron or unix, and its value in brackets")
    cron = _eventbridge(inside) if kind == "cron" else _unix(inside)
    # Seconds of what lies between two minutes are dropped, so the search starts at the next whole one.
    local = after.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    for moment in _moments(cron, local + timedelta(minutes=1)):
        instant = _instant(moment, after, zone)
        if instant is not None:
            return instant
    return None


def interval(text: str) -> timedelta:
    """`5 minutes` as a duration. Raises `ValueError` for what is none."""
    found = re.fullmatch(r"([0-9]+) (second|minute|hour|day)s?", text)
    if not found or int(found[1]) < 1:
        raise ValueError(f"{text!r} is no interval, such as 5 minutes")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _instant(local: datetime, after: datetime, zone: ZoneInfo | timezone) -> datetime | None:
    """When that local time is, in UTC; the first time, where it is repeated. None where it is skipped, or past."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
    is_real = instant.astimezone(zone).replace(tzinfo=None) == local
    return instant if is_real and instant > after else None


def _moments(cron: Cron, start: datetime) -> Iterator[datetime]:
    for year in cron.years:
        for month in cron.months if year >= start.year else ():
            if (year, month) < (start.year, start.month):
                continue
            for day in cron.days(year, month):
                if date(year, month, day) < start.date():
                    continue
                yield from (
                    moment
                    for hour in cron.hours
                    for minute in cron.minutes
                    if (moment := datetime(year, month, day, hour, minute)) >= start  # noqa: DTZ001  # of a clock
                )


@lru_cache(maxsize=256)
def _eventbridge(fields: str) -> Cron:
    minutes, hours, dates, months, weekdays, years = fields.split()
    return Cron(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        _days_of_week(weekdays) if dates == "?" else _days_of_month(dates),
        _numbers(months, 1, 12, _MONTHS),
        _numbers(years, 1970, _LAST_YEAR),
    )


@lru_cache(maxsize=256)
def _unix(fields: str) -> Cron:
    minutes, hours, dates, months, weekdays = fields.split()
    of_month = set(_numbers(dates, 1, 31))
    of_week = {number % 7 for number in _numbers(weekdays, 0, 7, _DAYS, 0)}
    both = dates.startswith("*") or weekdays.startswith("*")  # as in cron itself

    def days(year: int, month: int) -> list[int]:
        return [
            day
            for day in _all_days(year, month)
            if (day in of_month and _weekday(year, month, day) in of_week)
            or (not both and (day in of_month or _weekday(year, month, day) in of_week))
        ]

    years = range(1970, _LAST_YEAR + 1)
    return Cron(_numbers(minutes, 0, 59), _numbers(hours, 0, 23), days, _numbers(months, 1, 12, _MONTHS), years)


def _days_of_month(text: str) -> Callable[[int, int], list[int]]:
    if text == "L":
        return lambda year, month: [monthrange(year, month)[1]]
    if text.endswith("W"):  # 15W is the weekday nearest to the 15th, in the same month
        wanted = text[:-1]

        def nearest(year: int, month: int) -> list[int]:
            last = monthrange(year, month)[1]
            day = last if wanted == "L" else int(wanted)
            if day > last:
                return []
            near = sorted(
                (abs(other - day), other) for other in _all_days(year, month) if 0 < _weekday(year, month, other) < 6
            )
            return [near[0][1]]

        return nearest
    numbers = _numbers(text, 1, 31)
    return lambda year, month: [day for day in numbers if day <= monthrange(year, month)[1]]


def _days_of_week(text: str) -> Callable[[int, int], list[int]]:
    """EventBridge's, where SUN is 1: 6L is the month's last Friday, 6#2 its second, L alone the week's last day."""
    day, hash_sign, which = text.partition("#")
    if hash_sign:
        return lambda year, month: _with_weekday(year, month, {_number(day, _DAYS, 1) - 1})[int(which) - 1 :][:1]
    if text.endswith("L") and text != "L":
        return lambda year, month: _with_weekday(year, month, {_number(text[:-1], _DAYS, 1) - 1})[-1:]
    wanted = {6} if text == "L" else {number - 1 for number in _numbers(text, 1, 7, _DAYS)}
    return lambda year, month: _with_weekday(year, month, wanted)


def _with_weekday(year: int, month: int, wanted: set[int]) -> list[int]:
    return [day for day in _all_days(year, month) if _weekday(year, month, day) in wanted]


def _all_days(year: int, month: int) -> range:
    return range(1, monthrange(year, month)[1] + 1)


def _weekday(year: int, month: int, day: int) -> int:
    """Sunday is 0."""
    return date(year, month, day).isoweekday() % 7


def _numbers(text: str, low: int, high: int, names: Sequence[str] = (), first_name: int = 1) -> list[int]:
    """What a list of numbers, ranges and steps stands for, sorted; 22-2 of the hours is 22, 23, 0, 1, 2."""
    found: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        start, _, end = span.partition("-")
        first = low if span == "*" else _number(start, names, first_name)
        last = _number(end, names, first_name) if end else high if step or span == "*" else first
        numbers = range(first, last + 1) if first <= last else (*range(first, high + 1), *range(low, last + 1))
        found.update(numbers[:: int(step or 1)])
    return sorted(found)


def _number(text: str, names: Sequence[str], first_name: int) -> int:
    return names.index(text) + first_name if text in names else int(text)
