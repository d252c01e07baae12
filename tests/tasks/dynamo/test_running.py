"""The record of what runs, while somebody else looks at it."""

import fcntl
from pathlib import Path
from threading import Timer

import pytest

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find, find_endpoint, held


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


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, None),
        ({"USE_LOCAL_DB": "false"}, None),
        ({"USE_LOCAL_DB": "True"}, "http://127.0.0.1:8000"),
        ({"USE_LOCAL_DB": "true", "AWS_ENDPOINT_URL": "http://localhost:1"}, "http://localhost:1"),
        ({"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://b:2"}, "http://b:2"),
    ],
)
def test_where_none_runs_the_database_is_the_one_that_the_models_use(
    place: Place, environment: dict[str, str], endpoint: str | None
) -> None:
    assert find_endpoint(place, environment) == endpoint


def test_the_database_that_runs_comes_before_the_environments(place: Place) -> None:
    with held(place) as record:
        record.write("http://127.0.0.1:1")
        assert find_endpoint(place, {"USE_LOCAL_DB": "true"}) == "http://127.0.0.1:1"
