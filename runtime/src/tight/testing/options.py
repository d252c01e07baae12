"""What pytest is told on its command line, what it is asked to remember of a test, and what it tells at the end."""

import os
from collections.abc import Generator
from contextvars import ContextVar

import pytest

from tight.testing.account import Account

ACCOUNT = pytest.StashKey[Account]()
PASSED = pytest.StashKey[bool]()
FAILURE = pytest.StashKey[BaseException]()
NOTED = "tight"  # the name of a user property: those reach the end of the run from every worker of pytest-xdist

running: ContextVar[pytest.Item | None] = ContextVar("running", default=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tight", "Tight: recording of AWS calls")
    group.addoption("--record", action="store_true", help="record AWS calls, made to the embedded AWS, and answers")
    group.addoption("--record-profile", metavar="NAME", help="record AWS calls, made to the real account of a profile")


def is_recording(config: pytest.Config) -> bool:
    return bool(config.getoption("record", default=False) or config.getoption("record_profile", default=None))


def remember_account(config: pytest.Config) -> None:
    """Of the account that was named, if one was, what the isolation of the tests is about to take away."""
    profile = config.getoption("record_profile", default=None)
    if profile:
        config.stash[ACCOUNT] = Account(profile, dict(os.environ))


def note(item: pytest.Item, text: str) -> None:
    """Tell `text` at the end of the run."""
    item.user_properties.append((NOTED, text))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    token = running.set(item)
    try:
        yield
        item.stash[PASSED] = True
    except BaseException as error:
        item.stash[FAILURE] = error
        raise
    finally:
        running.reset(token)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    notes = [
        text
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for name, text in report.user_properties
        if name == NOTED
    ]
    if notes:
        terminalreporter.section("recordings")
    for text in notes:
        terminalreporter.line(str(text))
