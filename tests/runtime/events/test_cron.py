"""Cron expressions: what is refused, and what becomes of Unix's."""

import random
from datetime import datetime, timedelta, timezone

import pytest
from cronsim import CronSim

from tight.events.cron import eventbridge, unix
from tight_tasks.serve.sources.times import following


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("0 8 * * 1-5", "cron(0 8 ? * MON-FRI *)"),
        ("*/5 * * * *", "cron(0/5 * * * ? *)"),
        ("0 0 * * 0", "cron(0 0 ? * SUN *)"),
        ("0 0 * * 7", "cron(0 0 ? * SUN *)"),
        ("0 0 * * 5-7", "cron(0 0 ? * SUN,FRI,SAT *)"),
        ("0 0 * * */2", "cron(0 0 ? * SUN,TUE,THU,SAT *)"),
        ("0 0 */2 jan-mar *", "cron(0 0 1/2 1-3 ? *)"),
        ("10-30/5 9-17 1,15 * *", "cron(10,15,20,25,30 9-17 1,15 * ? *)"),
        ("@weekly", "cron(0 0 ? * SUN *)"),
        ("@Hourly", "cron(0 * * * ? *)"),
    ],
)
def test_unix_cron_becomes_eventbridges(fields: str, expected: str) -> None:
    assert unix(fields) == (expected, None)


@pytest.mark.parametrize("fields", ["0 8 1 * 1", "0 8 */2 * MON", "0 8 1 * */2"])
def test_two_restricted_days_are_for_the_host_which_says_why(fields: str) -> None:
    expression, reason = unix(fields)

    assert expression == f"unix({fields})"
    assert reason is not None
    assert reason.startswith("EventBridge takes a day of the month or a day of the week, not both")


@pytest.mark.parametrize(
    "fields",
    [
        "0 8 ? * MON-FRI *",
        "0/30 20-2 ? * MON-FRI *",
        "0 0 L * ? *",
        "0 0 LW * ? *",
        "0 0 15W * ? *",
        "0 0 ? * 6#3 *",
        "0 0 ? * FRIL *",
        "0 0 ? * L *",
        "15 10 ? NOV-FEB 6L 2022-2023",
        "0/5 8-17 1-15/3,28 1/3 ? 2026/2",
    ],
)
def test_what_eventbridge_documents_is_taken(fields: str) -> None:
    assert eventbridge(fields.lower().replace(" ", "  ")) == f"cron({fields})"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("0 8 * * *", "it has 5 fields: EventBridge's cron has six"),
        ("0 8 * * * *", "write ? for the day of the month or for the day of the week"),
        ("0 8 ? * ? *", "write ? for the day of the month or for the day of the week"),
        ("60 8 * * ? *", "the minute '60' is none: write 0 to 59"),
        ("0 24 * * ? *", "the hour '24' is none: write 0 to 23"),
        ("0 8 32 * ? *", "the day of the month '32' is none: write 1 to 31"),
        ("0 8 1 13 ? *", "the month '13' is none: write 1 to 12 or JAN to DEC"),
        ("0 8 ? * 0 *", "the day of the week '0' is none: write 1 to 7 or SUN to SAT"),
        ("0 8 ? * MON/2 *", "EventBridge has no steps among the days of the week"),
        ("0 8 ? * 3#1,6#3 *", "'3#1,6#3' is no day of the week: write 1 to 5 behind the #"),
        ("0 8 ? * 3#6 *", "'3#6' is no day of the week: write 1 to 5 behind the #"),
        ("0 8 3W,5 * ? *", "the day of the month '3W' is none"),
        ("0 8 1 1 ? 1969", "the year '1969' is none: write 1970 to 2199"),
        ("0 8 1 1 ? 2030-2026", "the year '2030-2026' runs backwards"),
        ("*/90 * * * ? *", "the step '90' of the minute is none: write 1 to 59"),
        ("*/0 * * * ? *", "the step '0' of the minute is none"),
        ("0 8 30 2 ? *", "no month of these has a day 30: it would never run"),
        (", 8 1 * ? *", "the minute '' is none"),
        ("٣ 8 1 * ? *", "the minute '٣' is none"),
    ],
)
def test_what_eventbridge_would_refuse_is_refused_with_the_remedy(fields: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="^" + complaint.replace("?", r"\?").replace("*", r"\*")):
        eventbridge(fields)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("0 8 * *", "it has 4 fields: cron has five"),
        ("0 8 * * 8", "the day of the week '8' is none: write 0 to 7 or SUN to SAT"),
        ("0 22-2 * * *", "the hour '22-2' runs backwards: write two ranges with a comma"),
        ("0 8 31 2,4 *", "no month of these has a day 31"),
        ("@reboot", "it has 1 fields"),
    ],
)
def test_what_unix_would_refuse_is_refused(fields: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        unix(fields)


def test_what_became_eventbridges_runs_when_unix_would_run_it() -> None:
    dice = random.Random(3)  # noqa: S311  # the same expressions in every run
    wrong, translated = [], 0
    for _ in range(10_000):
        shapes = ["*", "%(a)d", "%(a)d-%(b)d", "%(a)d,%(b)d", "*/%(n)d", "%(a)d-%(b)d/%(n)d", "%(a)d/%(n)d"]
        fields = []
        for low, high, full in ((0, 59, 0.2), (0, 23, 0.4), (1, 28, 0.6), (1, 12, 0.6), (0, 7, 0.6)):
            first = dice.randint(low, high - 1)
            values = {"a": first, "b": dice.randint(first + 1, high), "n": dice.randint(1, high)}
            fields.append("*" if dice.random() < full else dice.choice(shapes) % values)
        after = datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=dice.randint(0, 3_000_000))
        expression, reason = unix(" ".join(fields))
        translated += reason is None
        expected = next(CronSim(" ".join(fields), after))
        if following(expression, after, timezone.utc) != expected:
            wrong.append((fields, expression, after, expected))

    assert wrong == []
    assert translated > 7_000
