"""Schedules by a virtual clock, which a test moves, and by the machine's."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tight_tasks.errors import BadMapping
from tight_tasks.manifest import Source
from tight_tasks.project import Project
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.sources import clock as clocks
from tight_tasks.serve.sources.aws import Aws
from tight_tasks.serve.sources.clock import Clock, NoVirtualClock, duration, moment
from tight_tasks.serve.sources.schedule import ScheduleSource

OK = Outcome(b"null")
AWS = Aws(Project(root=Path(), name="shop", runtime="python3.13", architecture="arm64", region="eu-north-1"), {})
Invoke = Callable[[str, bytes], Awaitable[Outcome]]


async def ok(function: str, payload: bytes) -> Outcome:
    return OK


def schedule(expression: str, clock: Clock, invoke: Invoke = ok, **arguments: Any) -> ScheduleSource:
    said = {"name": "nightly", "timezone": "UTC", "overlap": "skip", "immediately": False, "host_only": None}
    declared = Source(
        kind="schedule", function="clean", place="handler.py:1", **{**said, "expression": expression, **arguments}
    )
    return ScheduleSource(declared, "reports", invoke, AWS, clock)


def local_times(zone: str, at: str, by: str, *expressions: str) -> list[str]:
    """When schedules fire while a clock that begins `at` (UTC) moves on, as a clock in the zone shows it."""

    async def visit() -> list[str]:
        from zoneinfo import ZoneInfo

        clock = Clock(moment(at))
        for number, expression in enumerate(expressions):
            await schedule(expression, clock, name=str(number), timezone=zone).start()
        fired = await clock.tick(duration(by))
        return [each.time.astimezone(ZoneInfo(zone)).strftime("%d %H:%M %z") for each in fired]

    return asyncio.run(visit())


HOURLY_HALVES = "cron(30 * * * ? *)"
NIGHTLY = "cron(30 2 * * ? *)"


@pytest.mark.parametrize(
    ("zone", "at", "by", "expression", "times"),
    [
        # Clocks go from 2:00 to 3:00, and from 3:00 to 2:00.
        ("Europe/Stockholm", "2026-03-28T00:55", "2d", NIGHTLY, ["28 02:30 +0100", "30 02:30 +0200"]),
        (
            "Europe/Stockholm",
            "2026-03-29T00:00",
            "3h",
            HOURLY_HALVES,
            ["29 01:30 +0100", "29 03:30 +0200", "29 04:30 +0200"],
        ),
        (
            "Europe/Stockholm",
            "2026-10-24T00:00",
            "3d",
            NIGHTLY,
            ["24 02:30 +0200", "25 02:30 +0200", "26 02:30 +0100"],
        ),
        # From 2:00 to 3:00, and from 2:00 to 1:00.
        ("America/New_York", "2026-03-07T05:00", "3d", NIGHTLY, ["07 02:30 -0500", "09 02:30 -0400"]),
        (
            "America/New_York",
            "2026-11-01T04:00",
            "4h",
            "cron(30 1 * * ? *)",
            ["01 01:30 -0400"],
        ),
        # By half an hour: from 2:00 to 2:30, and from 2:00 to 1:30.
        (
            "Australia/Lord_Howe",
            "2026-10-02T14:00",
            "3d",
            "cron(15 2 * * ? *)",
            ["03 02:15 +1030", "05 02:15 +1100"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-03T13:00",
            "3d",
            "cron(45 1 * * ? *)",
            ["04 01:45 +1100", "05 01:45 +1100", "06 01:45 +1030"],
        ),
        # A rate is of elapsed time.
        (
            "Europe/Stockholm",
            "2026-03-29T00:30",
            "1h30m",
            "rate(30 minutes)",
            ["29 03:00 +0200", "29 03:30 +0200", "29 04:00 +0200"],
        ),
        (
            "Europe/Stockholm",
            "2026-10-25T00:00",
            "2h",
            "rate(1 hour)",
            ["25 02:00 +0100", "25 03:00 +0100"],
        ),
    ],
)
def test_times_of_a_zone_hold_across_its_clock_changes(
    zone: str, at: str, by: str, expression: str, times: list[str]
) -> None:
    assert local_times(zone, at, by, expression) == times


def test_what_falls_due_fires_in_its_order_each_at_its_own_time() -> None:
    events: list[dict[str, Any]] = []

    async def visit() -> list[Any]:
        clock = Clock(moment("2026-03-29T00:55"))

        async def note(function: str, payload: bytes) -> Outcome:
            events.append(json.loads(payload))
            assert clock.now() == moment(events[-1]["time"])
            return OK if len(events) != 2 else Outcome(b'{"errorType": "OutOfPaper"}', is_error=True)

        await schedule("rate(20 minutes)", clock, note, name="often").start()
        await schedule("cron(0 * * * ? *)", clock, note, name="hourly").start()
        await schedule("at(2026-03-29T01:10:00)", clock, note, name="once").start()
        fired = await clock.tick(duration("1h"))
        assert clock.now() == moment("2026-03-29T01:55")
        assert await clock.tick(duration("4m")) == []
        return fired

    fired = asyncio.run(visit())
    assert [(f"{each.time:%H:%M}", each.schedule, each.result) for each in fired] == [
        ("01:00", "hourly", "ok"),
        ("01:10", "once", "OutOfPaper"),
        ("01:15", "often", "ok"),
        ("01:35", "often", "ok"),
        ("01:55", "often", "ok"),
    ]
    assert events[0].pop("id") != events[1].pop("id")
    assert events[0] == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-03-29T01:00:00Z",
        "region": "eu-north-1",
        "resources": ["arn:aws:events:eu-north-1:123456789012:rule/hourly"],
        "detail": {},
    }


def test_a_tick_fires_ten_thousand_times_at_most() -> None:
    async def visit() -> None:
        clock = Clock(moment("2026-01-01T00:00"))
        await schedule("rate(1 minute)", clock).start()
        assert len(await clock.tick(duration("30d"))) == 10_000
        assert clock.now() == moment("2026-01-01T00:00") + timedelta(minutes=10_000)

    asyncio.run(visit())


def test_only_a_virtual_clock_is_moved() -> None:
    async def visit() -> None:
        with pytest.raises(NoVirtualClock, match="--at"):
            await Clock().tick(duration("1h"))

    asyncio.run(visit())


@pytest.mark.parametrize(
    ("overlap", "begun", "skipped"),
    [("skip", ["00:01"], 2), ("queue", ["00:01"], 0), ("allow", ["00:01", "00:02", "00:03"], 0)],
)
def test_a_run_that_goes_on_is_waited_for_or_not(overlap: str, begun: list[str], skipped: int) -> None:
    async def visit() -> None:
        seen: list[str] = []
        end = asyncio.Event()

        async def slow(function: str, payload: bytes) -> Outcome:
            seen.append(json.loads(payload)["time"][11:16])
            await end.wait()
            return OK

        start = moment("2026-01-01T00:00")
        feed = schedule("rate(1 minute)", Clock(start), slow, overlap=overlap)
        await feed.start()
        for minute in (1, 2, 3):
            feed.ring(start + timedelta(minutes=minute))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (seen, feed.skipped) == (begun, skipped)
        end.set()
        await feed.stop(0.05)
        assert seen == (["00:01"] if overlap == "skip" else ["00:01", "00:02", "00:03"])

    asyncio.run(visit())


class Hands:
    """The machine's clock, turned by a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = moment("2026-01-01T00:00")
        hands = self

        class Now(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return hands.at

        monkeypatch.setattr(clocks, "datetime", Now)
        monkeypatch.setattr(clocks, "_LOOK_S", 0.001)

    async def turn(self, to: str) -> None:
        self.at = moment(to)
        await asyncio.sleep(0.05)


def test_a_machine_that_slept_makes_up_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch)

    async def visit() -> None:
        times: list[str] = []

        async def note(function: str, payload: bytes) -> Outcome:
            times.append(json.loads(payload)["time"][11:16])
            return OK

        feed = schedule("cron(0/5 * * * ? *)", Clock(), note)
        await feed.start()
        await hands.turn("2026-01-01T00:04:59")
        await hands.turn("2026-01-01T00:05:01")
        assert times == ["00:05"]
        await hands.turn("2026-01-01T08:02:00")  # after the night
        assert (times, feed.missed) == (["00:05"], 1)
        await hands.turn("2026-01-01T08:05:30")  # a little late
        await hands.turn("2026-01-01T08:05:31")
        assert times == ["00:05", "08:05"]
        await feed.stop(0.05)
        await hands.turn("2026-01-01T08:10:00")
        assert times == ["00:05", "08:05"]

    asyncio.run(visit())


def test_what_runs_immediately_runs_at_the_start_and_says_that_eventbridge_does_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def visit() -> None:
        feed = schedule(
            "rate(1 day)", Clock(moment("2026-01-01T00:00")), immediately=True, host_only="EventBridge can't"
        )
        await feed.start()
        await feed.stop(0.05)
        assert feed.counts.delivered == 1

    asyncio.run(visit())
    assert "EventBridge can't" in caplog.text


def test_a_zone_that_this_machine_does_not_know_is_refused() -> None:
    async def visit() -> None:
        with pytest.raises(BadMapping, match=r"nightly: rate\(1 day\) in Europe/Atlantis"):
            await schedule("rate(1 day)", Clock(), timezone="Europe/Atlantis").start()

    asyncio.run(visit())


def test_a_run_that_could_not_begin_leaves_the_schedule_going() -> None:
    async def visit() -> None:
        async def broken(function: str, payload: bytes) -> Outcome:
            raise LookupError(function)

        clock = Clock(moment("2026-01-01T00:00"))
        feed = schedule("rate(1 hour)", clock, broken)
        await feed.start()
        assert [each.result for each in await clock.tick(duration("2h"))] == ["LookupError", "LookupError"]
        status = feed.status()
        assert (status["due"], status["delivered"], status["failed"]) == ("2026-01-01T03:00:00Z", 2, 2)

    asyncio.run(visit())


@pytest.mark.parametrize(("text", "seconds"), [("1h", 3600), ("90s", 90), ("2d", 172_800), ("1h30m", 5400)])
def test_time_spans_are_written_briefly(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "1", "h", "1 h", "-1h", "1.5h", "1h!"])
def test_what_is_no_time_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write 1h, 90s, 2d or 1h30m"):
        duration(text)


def test_a_moment_is_in_utc_unless_it_says_otherwise() -> None:
    assert moment("2026-03-29T00:55") == datetime(2026, 3, 29, 0, 55, tzinfo=timezone.utc)
    assert moment("2026-03-29T00:55Z") == moment("2026-03-29T02:55+02:00")
