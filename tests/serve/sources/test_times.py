"""When schedules run next: tables across clock changes, and agreement with libraries that are kept for this alone."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from cronsim import CronSim
from pyawscron import AWSCron

from tight_tasks.serve.sources.times import following, interval

UTC = timezone.utc
MANY = 10_000
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def runs(expression: str, start: str, zone: str, count: int) -> list[str]:
    """The next runs after `start`, in the zone's own time, with its offset."""
    after, found = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)), []
    for _ in range(count):
        moment = following(expression, after, ZoneInfo(zone))
        if moment is None:
            break
        found.append(moment.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z"))
        after = moment
    return found


# Stockholm: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00. New York: 2026-03-08, 2026-11-01, 02:00.
# Lord Howe: half an hour, 2026-10-04 02:00 becomes 02:30, 2026-04-05 02:00 becomes 01:30.
@pytest.mark.parametrize(
    ("expression", "zone", "start", "expected"),
    [
        ("cron(30 2 * * ? *)", "Europe/Stockholm", "2026-03-28T00:00", ["28 02:30+0100", "30 02:30+0200"]),
        ("cron(0 3 * * ? *)", "Europe/Stockholm", "2026-03-28T12:00", ["29 03:00+0200", "30 03:00+0200"]),
        ("cron(0/30 1-3 29 3 ? *)", "Europe/Stockholm", "2026-03-28T12:00",
         ["29 01:00+0100", "29 01:30+0100", "29 03:00+0200", "29 03:30+0200"]),
        ("cron(30 2 * * ? *)", "Europe/Stockholm", "2026-10-24T12:00", ["25 02:30+0200", "26 02:30+0100"]),
        ("cron(0/30 * * * ? *)", "Europe/Stockholm", "2026-10-25T01:45",
         ["25 02:00+0200", "25 02:30+0200", "25 03:00+0100"]),
        ("rate(1 hour)", "Europe/Stockholm", "2026-10-25T01:30", ["25 02:30+0200", "25 02:30+0100", "25 03:30+0100"]),
        ("rate(1 day)", "Europe/Stockholm", "2026-03-28T12:00", ["29 13:00+0200"]),
        ("at(2026-03-29T02:30:00)", "Europe/Stockholm", "2026-03-28T00:00", []),
        ("at(2026-10-25T02:30:00)", "Europe/Stockholm", "2026-10-24T00:00", ["25 02:30+0200"]),
        ("unix(30 2 29 3 SUN)", "Europe/Stockholm", "2026-03-22T12:00", ["07 02:30+0100"]),  # of the next year
        ("cron(30 2 * * ? *)", "America/New_York", "2026-03-07T12:00", ["09 02:30-0400", "10 02:30-0400"]),
        ("cron(30 1 * * ? *)", "America/New_York", "2026-10-31T12:00", ["01 01:30-0400", "02 01:30-0500"]),
        ("cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03T12:00", ["05 02:15+1100", "06 02:15+1100"]),
        ("cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T12:00", ["05 01:45+1100", "06 01:45+1030"]),
    ],
)  # fmt: skip
def test_clock_changes_skip_what_is_not_and_repeat_nothing(
    expression: str, zone: str, start: str, expected: list[str]
) -> None:
    assert runs(expression, start, zone, max(len(expected), 1)) == expected


def test_within_a_repeated_hour_nothing_is_due_again() -> None:
    second_pass = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=ZoneInfo("Europe/Stockholm"))

    found = following("cron(0/15 * * * ? *)", second_pass, ZoneInfo("Europe/Stockholm"))

    assert found == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)  # 03:00 in Stockholm


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 0 L * ? *)", ["31 00:00", "28 00:00", "31 00:00"]),
        ("cron(0 0 LW * ? *)", ["30 00:00", "27 00:00", "31 00:00"]),
        ("cron(0 0 31W * ? *)", ["30 00:00", "31 00:00", "29 00:00"]),  # not in February
        ("cron(0 0 1W * ? *)", ["02 00:00", "02 00:00", "01 00:00"]),
        ("cron(0 0 ? * 6#5 *)", ["30 00:00", "29 00:00", "31 00:00"]),
        ("cron(0 0 ? * FRIL *)", ["30 00:00", "27 00:00", "27 00:00"]),
        ("cron(0 0 ? * L *)", ["03 00:00", "10 00:00", "17 00:00"]),
        ("cron(0/30 22-1 ? * FRI-SUN *)", ["02 00:00", "02 00:30", "02 01:00"]),
        ("cron(0 0 29 2 ? 2026-2033)", ["29 00:00", "29 00:00"]),
        ("cron(0 0 29 2 ? 2027)", []),
        ("unix(0 0 13 * 5)", ["02 00:00", "09 00:00", "13 00:00"]),
        ("unix(0 0 */2 * 5)", ["09 00:00", "23 00:00", "13 00:00"]),
    ],
)
def test_days_are_those_of_the_calendar(expression: str, expected: list[str]) -> None:
    found = [run[:8] for run in runs(expression, "2026-01-01T12:00", "UTC", 3)]

    assert found == expected


def test_an_interval_is_of_elapsed_time() -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)

    assert following("every(10 seconds)", after, UTC) == after + timedelta(seconds=10)
    assert following("rate(7 days)", after, UTC) == after + timedelta(days=7)


@pytest.mark.parametrize("expression", ["", "rate(0 minutes)", "rate(5 weeks)", "cron(a b c d e f)", "weekly(1)"])
def test_what_is_no_schedule_is_a_value_error(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the runtime has refused it in words of its own
        following(expression, datetime(2026, 1, 1, tzinfo=UTC), UTC)


def test_an_interval_without_a_length_is_none() -> None:
    with pytest.raises(ValueError, match="'0 seconds' is no interval"):
        interval("0 seconds")


def numbers(dice: random.Random, low: int, high: int, *, steps: bool = True, most: int = 3) -> str:
    """A list of numbers, ranges and steps; often all of them."""
    if dice.random() < 0.35:
        return "*"
    items = []
    for _ in range(min(most, dice.choice((1, 1, 1, 2, 3)))):
        first, last = sorted((dice.randint(low, high), dice.randint(low, high)))
        step = dice.randint(1, high)
        shapes = [str(first), f"{first}-{last}" if first < last else str(first)]
        if steps and last < high:
            shapes += [f"*/{step}", f"{first}/{step}", f"{first}-{last + 1}/{step}"]
        items.append(dice.choice(shapes))
    return ",".join(items)


def starts(dice: random.Random) -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 15 * 365 * 24 * 60))


def of_unix(dice: random.Random) -> Iterator[str]:
    while True:
        weekday = numbers(dice, 0, 6) if dice.random() < 0.8 else dice.choice([*DAYS, "7", "MON-FRI", "5-7"])
        month = numbers(dice, 1, 12) if dice.random() < 0.8 else dice.choice(MONTHS)
        yield f"{numbers(dice, 0, 59)} {numbers(dice, 0, 23)} {numbers(dice, 1, 28)} {month} {weekday}"


def of_eventbridge(dice: random.Random) -> Iterator[str]:
    while True:
        listed, day, week = numbers(dice, 1, 7, steps=False), dice.randint(1, 7), dice.randint(1, 4)
        weekday = dice.choice([listed, listed, *DAYS, f"{day}L", f"{day}#{week}", "MON-FRI", "L"])
        date = dice.choice([numbers(dice, 1, 28), "L", f"{dice.randint(1, 28)}W"])
        date, weekday = dice.choice([(date, "?"), ("?", weekday)])
        most = 1 if "W" in date else 3  # see below
        month = numbers(dice, 1, 12, most=most) if dice.random() < 0.8 else dice.choice(MONTHS)
        year = dice.choice(["*", "*", "2020-2045", "2036/2", "2037,2041"])
        yield (f"{numbers(dice, 0, 59, most=most)} {numbers(dice, 0, 23, most=most)} {date} {month} {weekday} {year}")


def test_unix_cron_agrees_with_cronsim() -> None:
    dice = random.Random(1)  # noqa: S311  # the same expressions in every run
    expressions = of_unix(dice)
    wrong = []
    for _ in range(MANY):
        expression, after = next(expressions), starts(dice)
        expected = next(CronSim(expression, after))
        if following(f"unix({expression})", after, UTC) != expected:
            wrong.append((expression, after, expected))

    assert wrong == []


def as_croniter(expression: str) -> str:
    """The same in croniter's fields: a day of the week from 0, and second and year at the end."""
    minute, hour, date, month, weekday, year = expression.split()
    if weekday == "L":
        weekday = "6"
    elif weekday.endswith("L"):
        weekday = f"L{int(weekday[0]) - 1}"
    elif "#" in weekday:
        weekday = f"{int(weekday[0]) - 1}#{weekday[2]}"
    elif weekday[0].isdigit():
        weekday = "".join(str(int(each) - 1) if each.isdigit() else each for each in weekday)
    return f"{minute} {hour} {date} {month} {weekday} 0 {year}".replace("?", "*")


def test_eventbridge_cron_agrees_with_croniter_and_pyawscron() -> None:
    dice = random.Random(2)  # noqa: S311  # the same expressions in every run
    expressions = of_eventbridge(dice)
    wrong = []
    for _ in range(MANY):
        expression, after = next(expressions), starts(dice)
        if "W" in expression.split()[2]:  # which croniter lacks; pyawscron can't read lists of steps
            expected = AWSCron(expression).occurrence(after).next()
        else:
            expected = croniter(as_croniter(expression), after, max_years_between_matches=50).get_next(datetime)
        if following(f"cron({expression})", after, UTC) != expected:
            wrong.append((expression, after, expected))

    assert wrong == []
