"""Cron expressions: EventBridge's of six fields, and Unix's of five, which become EventBridge's where they can.

    eventbridge("0 8 ? * mon-fri *")    "cron(0 8 ? * MON-FRI *)"
    unix("0 8 * * 1-5")                 ("cron(0 8 ? * MON-FRI *)", None)
    unix("0 8 1 * 1")                   ("unix(0 8 1 * 1)", "why EventBridge can't")

Both raise `ValueError` with what is wrong and what to write instead. "Cron expressions reference" in the EventBridge
user guide; crontab(5).
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
BOTH_DAYS = (
    "EventBridge takes a day of the month or a day of the week, not both: make two schedules, or leave it to the host"
)


class Field:
    """What one place of an expression may hold. `names` stand for the numbers from `first_name` on."""

    def __init__(self, name: str, low: int, high: int, names: "Iterable[str]" = (), first_name: int = 1) -> None:
        self.name = name
        self.low, self.high = low, high
        self.names = {text: number for number, text in enumerate(names, first_name)}

    def number(self, text: str) -> int:
        """Raises `ValueError` for what is neither a number nor a name of this field."""
        found = self.names.get(text)
        if found is None:
            found = int(text) if re.fullmatch("[0-9]{1,4}", text) else -1
        if not self.low <= found <= self.high:
            names = f" or {next(iter(self.names))} to {list(self.names)[-1]}" if self.names else ""
            raise ValueError(f"the {self.name} {text!r} is none: write {self.low} to {self.high}{names}")
        return found

    def values(self, text: str, *, wraps: bool = False) -> "set[int]":
        """The numbers that a list of numbers, ranges and steps stands for; with `wraps` 22-2 is 22, 23, 0, 1, 2."""
        found: set[int] = set()
        for item in text.split(","):
            span, slash, step = item.partition("/")
            start, dash, end = span.partition("-")
            if span == "*":
                first, last = self.low, self.high
            else:
                first = self.number(start)
                last = self.number(end) if dash else self.high if slash else first
            numbers = list(range(first, last + 1))
            if last < first:
                if not wraps:
                    raise ValueError(f"the {self.name} {span!r} runs backwards: write two ranges with a comma")
                numbers = [*range(first, self.high + 1), *range(self.low, last + 1)]
            found.update(numbers[:: self._step(step) if slash else 1])
        return found

    def _step(self, text: str) -> int:
        if not re.fullmatch("[0-9]{1,4}", text) or not 0 < int(text) <= self.high:
            raise ValueError(f"the step {text!r} of the {self.name} is none: write 1 to {self.high}")
        return int(text)


_MINUTES, _HOURS = Field("minute", 0, 59), Field("hour", 0, 23)
_DATES, _OF_YEAR = Field("day of the month", 1, 31), Field("month", 1, 12, _MONTHS)
_WEEKDAYS, _YEARS = Field("day of the week", 1, 7, _DAYS), Field("year", 1970, 2199)
_UNIX_WEEKDAYS = Field("day of the week", 0, 7, _DAYS, 0)


def eventbridge(expression: str) -> str:
    """A checked expression of six fields, in EventBridge's own form."""
    fields = expression.upper().split()
    if len(fields) != 6:
        raise ValueError(
            f"it has {len(fields)} fields: EventBridge's cron has six, minute hour day-of-month month day-of-week year"
        )
    minutes, hours, dates, months, weekdays, years = fields
    if (dates == "?") == (weekdays == "?"):
        raise ValueError("write ? for the day of the month or for the day of the week, and the days in the other")
    _MINUTES.values(minutes, wraps=True)
    _HOURS.values(hours, wraps=True)
    _YEARS.values(years)
    known_months = _OF_YEAR.values(months, wraps=True)
    if weekdays != "?":
        _check_weekdays(weekdays)
    elif dates not in ("L", "LW"):
        # 15W is the weekday nearest to the 15th.
        alone = dates.removesuffix("W")
        _check_dates({_DATES.number(alone)} if alone != dates else _DATES.values(dates, wraps=True), known_months)
    return f"cron({' '.join(fields)})"


def unix(expression: str) -> "tuple[str, str | None]":
    """A checked expression of five fields as EventBridge's, or as it is with the reason why EventBridge can't do it.

    As in cron itself, two restricted day fields mean either of them, and one that starts with * means both.
    """
    fields = _MACROS.get(expression.strip().lower(), expression).upper().split()
    if len(fields) != 5:
        raise ValueError(f"it has {len(fields)} fields: cron has five, minute hour day-of-month month day-of-week")
    minutes, hours, dates, months, weekdays = fields
    found = [_MINUTES.values(minutes), _HOURS.values(hours), _DATES.values(dates), _OF_YEAR.values(months)]
    of_week = {number % 7 for number in _UNIX_WEEKDAYS.values(weekdays)}
    if dates.startswith("*") or weekdays.startswith("*"):
        _check_dates(found[2], found[3])
    if dates != "*" and weekdays != "*":
        return f"unix({' '.join(fields)})", BOTH_DAYS
    written = [
        _written(text, field, numbers)
        for text, field, numbers in zip(fields, (_MINUTES, _HOURS, _DATES, _OF_YEAR), found, strict=False)
    ]
    if weekdays == "*":
        return f"cron({' '.join(written)} ? *)", None
    # EventBridge counts from SUN = 1, and has no steps among the days of the week.
    names = _runs(sorted(of_week), _DAYS)
    return f"cron({written[0]} {written[1]} ? {written[3]} {names} *)", None


def _check_weekdays(text: str) -> None:
    """6L is the month's last Friday, 6#2 its second, L alone the week's last day."""
    day, hash_sign, which = text.partition("#")
    if hash_sign:
        _WEEKDAYS.number(day)
        if which not in ("1", "2", "3", "4", "5"):
            raise ValueError(
                f"{text!r} is no day of the week: write 1 to 5 behind the #, and nothing else in the field"
            )
    elif "/" in text:
        raise ValueError("EventBridge has no steps among the days of the week: list them, such as MON,WED,FRI")
    elif text != "L":
        last = text.removesuffix("L")
        _WEEKDAYS.number(last) if last != text else _WEEKDAYS.values(text, wraps=True)


def _check_dates(dates: "set[int]", months: "set[int]") -> None:
    if min(dates) > max(_MONTH_LENGTHS[month - 1] for month in months):
        raise ValueError(f"no month of these has a day {min(dates)}: it would never run")


def _written(text: str, field: Field, numbers: "set[int]") -> str:
    """A field as EventBridge's documents write it."""
    if text == "*" or len(numbers) > field.high - field.low:
        return "*"
    step = re.fullmatch(r"\*/([0-9]+)", text)
    return f"{field.low}/{step[1]}" if step else _runs(sorted(numbers))


def _runs(numbers: "list[int]", names: "list[str] | None" = None) -> str:
    """Numbers as a list in which three or more in a row are a range; under their `names`, which start at 0."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [[names[number] if names else str(number) for number in run] for run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in shown)
