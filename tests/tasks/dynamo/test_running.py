"""The record of what runs, while somebody else looks at it."""

import fcntl
from pathlib import Path
from threading import Timer

import pytest

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find, held


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """One where something has run."""
    place = Place(tmp_path)
    with held(place):
        pass
    return place


def test_a_database_may_be_started_while_somebody_looks_whether_one_runs(place: Place) -> None:
    with place.record.open("a+") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        Timer(0.1, fcntl.flock, (looking.fileno(), fcntl.LOCK_UN)).start()
        with held(place):
            assert find(place) == (None, True)


def test_of_two_who_look_at_a_time_none_takes_the_other_for_a_database(place: Place) -> None:
    with place.record.open("a+") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert find(place) == (None, False)
