"""Schedules: what is declared of them, which events are theirs, and what their functions are given."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tight.app import controllers
from tight.errors import BadSource, DuplicateRoute, UnknownParameter, UnknownSource
from tight.events.schedule import declared
from tight.handlers import marks_of
from tight.manifest import SCHEMA
from tight.testing.events import schedule_event

Load = Callable[[str], Callable[[Any, object], Any]]
Write = Callable[[dict[str, str]], None]

BOTH_DAYS = "EventBridge takes a day of the month or a day of the week, not both"


def declare(expression: str | None = None, **arguments: object) -> dict[str, Any]:
    defaults = {"name": "work", "cron": None, "at": None, "timezone": "UTC", "overlap": "skip", "immediately": False}
    return declared({**defaults, "expression": expression, **arguments})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expression": "rate(5 minutes)"}, "rate(5 minutes)"),
        ({"expression": "rate(1 hour)"}, "rate(1 hour)"),
        ({"expression": "every(2 hours)"}, "rate(2 hours)"),
        ({"expression": "every(60 seconds)"}, "rate(1 minute)"),
        ({"expression": "every(300 seconds)"}, "rate(5 minutes)"),
        ({"expression": "cron(0 8 ? * mon-fri *)"}, "cron(0 8 ? * MON-FRI *)"),
        ({"expression": "cron(0 8 * * 1-5)"}, "cron(0 8 ? * MON-FRI *)"),
        ({"expression": "at(2026-03-29T01:30)"}, "at(2026-03-29T01:30:00)"),
        ({"expression": "minutely"}, "cron(* * * * ? *)"),
        ({"expression": "hourly"}, "cron(0 * * * ? *)"),
        ({"expression": "daily"}, "cron(0 0 * * ? *)"),
        ({"expression": "Weekly"}, "cron(0 0 ? * SUN *)"),
        ({"expression": "monthly"}, "cron(0 0 1 * ? *)"),
        ({"cron": "@weekly"}, "cron(0 0 ? * SUN *)"),
        ({"cron": "0 8 ? * MON-FRI *", "timezone": "Europe/Stockholm"}, "cron(0 8 ? * MON-FRI *)"),
        ({"at": "2026-03-29T01:30:00"}, "at(2026-03-29T01:30:00)"),
    ],
)
def test_what_eventbridge_can_do_is_declared_in_its_words(given: dict[str, Any], expected: str) -> None:
    found = declare(**given)

    assert (found["expression"], found["host_only"]) == (expected, None)
    assert sorted(found) == ["expression", "host_only", "immediately", "name", "overlap", "timezone"]


@pytest.mark.parametrize(
    ("given", "expression", "why"),
    [
        ({"expression": "every(10 seconds)"}, "every(10 seconds)", "EventBridge runs at whole minutes"),
        ({"expression": "every(90 seconds)"}, "every(90 seconds)", "EventBridge runs at whole minutes"),
        ({"expression": "daily", "immediately": True}, "cron(0 0 * * ? *)", "EventBridge runs nothing when it starts"),
        ({"cron": "0 8 1 * 1"}, "unix(0 8 1 * 1)", BOTH_DAYS),
        ({"cron": "0 8 1 * 1", "immediately": True}, "unix(0 8 1 * 1)", BOTH_DAYS),
    ],
)
def test_what_eventbridge_can_not_do_says_why(given: dict[str, Any], expression: str, why: str) -> None:
    found = declare(**given)

    assert found["expression"] == expression
    assert found["host_only"].startswith(why)
    assert found["host_only"].endswith("leave it to the host")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "give it one time: an expression, cron= or at="),
        ({"expression": "daily", "at": "2026-03-29T01:30:00"}, "give it one time"),
        ({"expression": "5 minutes"}, "'5 minutes' is no time: write rate(5 minutes), cron(0 8 ? * MON-FRI *)"),
        ({"expression": "rate(5 minutes"}, "'rate(5 minutes' is no time"),
        ({"expression": "rate(1 minutes)"}, "rate(1 minutes) is none: EventBridge says 1 minute"),
        ({"expression": "rate(5 minute)"}, "rate(5 minute) is none: EventBridge says 5 minutes"),
        ({"expression": "rate(0 minutes)"}, "rate(0 minutes) is none: write rate(5 minutes)"),
        ({"expression": "rate(10 seconds)"}, "rate(10 seconds) is none: write rate(5 minutes), of minutes, hours or"),
        ({"expression": "rate(1.5 hours)"}, "rate(1.5 hours) is none"),
        ({"cron": "0 8 * *"}, "it has 4 fields: EventBridge's cron has six"),
        ({"cron": "61 * * * *"}, "the minute '61' is none: write 0 to 59"),
        (
            {"at": "2026-03-29T01:30:00Z"},
            "at(2026-03-29T01:30:00Z) is none: write 2026-03-29T01:30:00, as a clock",
        ),
        ({"at": "2026-02-29T01:30:00"}, "at(2026-02-29T01:30:00) is none: day"),
        ({"expression": "daily", "overlap": "never"}, "overlap='never' is none: write skip, queue or allow"),
        ({"expression": "daily", "timezone": "Stockholm"}, "timezone='Stockholm' is none: write a name of the IANA"),
    ],
)
def test_what_nobody_can_do_is_refused_with_the_remedy(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its text is looked at
        declare(**given)

    assert str(caught.value).startswith(complaint)


def test_a_wrong_time_is_an_error_of_its_function_that_names_the_place(load: Load) -> None:
    with pytest.raises(
        BadSource, match=r"^@schedule of work, at .*handler.py:\d+, can't be made: the hour '25' is none"
    ):
        load("from tight import schedule\n\n@schedule(cron='0 25 * * *')\ndef work():\n    pass\n")


def test_a_decorator_without_a_time_is_an_error_that_shows_one() -> None:
    from tight import schedule

    def work() -> None:
        pass

    with pytest.raises(TypeError, match=r'@schedule of .*work needs a time, such as @schedule\("daily"\)'):
        schedule(work)  # type: ignore[arg-type]  # as it would be written


def test_lambda_does_not_read_again_what_was_deployed(load: Load) -> None:
    source = """
        import sys
        from tight import schedule

        @schedule(cron="0 8 ? * MON-FRI *", timezone="Europe/Stockholm")
        def work():
            return sorted({"tight.events.cron", "zoneinfo"} & set(sys.modules))
    """
    load(source)
    program = "import app_index, json; print(json.dumps(app_index.accounts({}, None)))"
    Path("app_index.py").write_text(
        "from tight.app import controllers\n__getattr__ = controllers('app.functions')\n", encoding="utf-8"
    )
    environment = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("scheduler", [False, True])
def test_a_function_is_given_what_it_names(load: Load, scheduler: bool) -> None:
    handler = load("""
        from tight import schedule

        @schedule("daily")
        def report(scheduled_time, schedule, event, invocation):
            return [scheduled_time, schedule, event["time"], invocation.function]
    """)
    event = schedule_event("report", "2026-03-29T01:30:00Z", scheduler=scheduler)

    due = datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc)
    assert handler(event, None) == [due, "report", "2026-03-29T01:30:00Z", "accounts"]


def test_an_input_without_a_time_has_none(load: Load) -> None:
    handler = load(
        "from tight import schedule\n@schedule('daily')\ndef work(scheduled_time, event):\n"
        "    return scheduled_time, event\n"
    )

    assert handler({"job": 7}, None) == (None, {"job": 7})


def test_an_exception_surfaces_so_that_lambda_tries_again(load: Load) -> None:
    handler = load(
        "from tight import schedule\n@schedule('daily')\nasync def work():\n    raise ConnectionError('down')\n"
    )

    with pytest.raises(ConnectionError, match="down"):
        handler(schedule_event("work"), None)


def test_what_nothing_provides_is_an_error_when_the_function_is_built(load: Load) -> None:
    with pytest.raises(UnknownParameter, match=r"work asks for 'message', .* schedule, scheduled_time"):
        load("from tight import schedule\n@schedule('daily')\ndef work(message):\n    pass\n")


SEVERAL = """
    from tight import bus, get, schedule

    @schedule("daily")
    @schedule("rate(5 minutes)", name="often")
    def report(schedule):
        return schedule

    @schedule("hourly")
    def clean(schedule):
        return schedule

    @bus(pattern={"source": ["shop"]})
    def placed(detail):
        return detail

    @get
    def read():
        return "read"
"""


@pytest.mark.parametrize("name", ["report", "often", "clean"])
@pytest.mark.parametrize("in_front", ["", "shop-dev-"])
@pytest.mark.parametrize("scheduler", [False, True])
def test_of_several_schedules_the_one_of_that_name_runs(load: Load, name: str, in_front: str, scheduler: bool) -> None:
    assert load(SEVERAL)(schedule_event(in_front + name, scheduler=scheduler), None) == name


@pytest.mark.parametrize("name", ["night", "mid-night"])
@pytest.mark.parametrize("in_front", ["", "shop-dev-"])
def test_a_name_that_ends_with_another_one_is_its_own(load: Load, name: str, in_front: str) -> None:
    source = """
        from tight import schedule

        @schedule("daily", name="night")
        @schedule("hourly", name="mid-night")
        def work(schedule):
            return schedule
    """
    assert load(source)(schedule_event(in_front + name), None) == name


def test_a_schedule_that_none_of_several_names_is_an_error(load: Load) -> None:
    with pytest.raises(UnknownSource, match="accounts was given an event of none of its sources"):
        load(SEVERAL)(schedule_event("shop-dev-other"), None)


def test_two_schedules_of_one_name_are_an_error_that_names_both_places(load: Load) -> None:
    source = "from tight import schedule\n@schedule('daily')\n@schedule('hourly')\ndef work():\n    pass\n"
    with pytest.raises(DuplicateRoute, match=r"^@schedule of work is marked twice, at .*handler.py:\d+ and at"):
        load(source)


def test_schedules_stand_in_the_manifest(write_app: Write, tmp_path: Path) -> None:
    from tight.controller import TRIGGERS
    from tight.manifest import _source

    write_app({"app/functions/accounts/handler.py": SEVERAL})
    lookup = controllers("app.functions")
    lookup("accounts")
    marks = [mark for mark in marks_of(lookup.module_of("accounts")) if mark.trigger == "schedule"]
    sources = [_source(mark) for mark in marks]

    assert [source["name"] for source in sources] == ["often", "report", "clean"]
    assert {key: value for key, value in sources[0].items() if key != "place"} == {
        "kind": "schedule",
        "name": "often",
        "expression": "rate(5 minutes)",
        "timezone": "UTC",
        "overlap": "skip",
        "immediately": False,
        "host_only": None,
        "function": "report",
    }
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for source in sources:
        jsonschema.validate(source, {**schema["$defs"]["source"], "$defs": schema["$defs"]})
    assert "schedule" in TRIGGERS


def test_the_events_are_those_of_a_rule_and_of_eventbridge_scheduler() -> None:
    due = datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc)
    rule, scheduled = schedule_event("report", due), schedule_event("report", due, scheduler=True)

    # The keys of "Scheduled event" in the EventBridge user guide.
    assert {name: rule[name] for name in rule if name != "id"} == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-03-29T01:30:00Z",
        "region": "us-west-2",
        "resources": ["arn:aws:events:us-west-2:123456789012:rule/report"],
        "detail": {},
    }
    assert sorted(scheduled) == sorted(rule)
    assert (scheduled["source"], scheduled["detail"]) == ("aws.scheduler", "{}")
    assert scheduled["resources"] == ["arn:aws:scheduler:us-west-2:123456789012:schedule/default/report"]
