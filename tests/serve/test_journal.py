"""What is kept of the invocations of late."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.serve.served import Served, serving
from tight.testing import embedded
from tight_tasks.serve import server
from tight_tasks.serve.invocation import Outcome
from tight_tasks.serve.journal import Entry, Journal

NUMBERS = count(1)
READS = """
import boto3
from tight import direct


@direct
def handle(event):
    secrets = boto3.client("secretsmanager")
    if event == "create":
        secrets.create_secret(Name="s", SecretString="x" * 40_000)
    return len(secrets.get_secret_value(SecretId="s")["SecretString"])
"""


def entry(payload: bytes = b"{}", answer: bytes = b"{}", log: str = "", calls: bytes = b"") -> Entry:
    made = Entry("orders", f"request-{next(NUMBERS)}", "GET /orders", payload, outcome=Outcome(answer))
    made.log.append(log)
    made.calls = [calls]
    return made


def kept(journal: Journal, *entries: Entry) -> list[Entry]:
    for each in entries:
        journal.add(each)
        journal.conclude(each, "200")
    return [*journal]


def test_the_last_five_hundred_are_kept() -> None:
    entries = [entry() for _ in range(501)]

    assert kept(Journal(), *entries) == entries[1:]


@pytest.mark.parametrize("what", ["payload", "answer", "log", "calls"])
def test_fewer_are_kept_where_they_are_large(what: str) -> None:
    large = "x" * 400 if what == "log" else b"x" * 400
    entries = [entry(**{what: large}) for _ in range(6)]  # type: ignore[arg-type]  # one of its parameters

    assert kept(Journal(kept_bytes=1300), *entries) == entries[3:]


def test_the_last_is_kept_however_large_it_is() -> None:
    small, large = entry(), entry(calls=b"x" * 5000)

    assert kept(Journal(kept_bytes=1000), small, large) == [large]


def test_room_is_made_by_what_is_forgotten() -> None:
    entries = [entry(calls=b"x" * size) for size in (900, 10, 10, 10)]

    assert kept(Journal(kept_bytes=1000), entries[0]) == entries[:1]
    assert kept(Journal(kept_bytes=930), *entries) == entries[1:]


def test_one_that_is_tried_again_counts_once() -> None:
    one, other = entry(calls=b"x" * 600), entry(calls=b"x" * 300)

    assert kept(Journal(kept_bytes=1000), one, one, one, other) == [one, other]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(server, "Journal", partial(Journal, kept_bytes=200_000))
    with embedded.running() as aws:
        variables = {"AWS_ENDPOINT_URL": aws.endpoint}
        with serving(tmp_path, {"reads": READS}, variables=variables) as found:
            yield found


def test_what_functions_have_asked_aws_has_a_limit_in_all(served: Served) -> None:
    served.run(served.serve.invoke("reads", "create"))
    for _ in range(10):
        outcome = served.run(served.serve.invoke("reads", "read"))
        assert json.loads(outcome.payload) == 40_000

    entries = [*served.serve.journal]
    assert all(len(each.calls) == 1 for each in entries)
    assert 1 < len(entries) < 5  # each holds 40 kB, as base64
    assert sum(each.size for each in entries) <= 200_000
