"""Which database of an app runs: a record that its `dynamo.run` keeps locked for as long as it lives.

The system drops the lock when the process ends, however it does. So a record that is not locked is stale, and no number
of a process has to be trusted, which may be a stranger's by now. A database is asked to end, never sent a signal.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO

from tight_tasks.dynamo.place import Place
from tight_tasks.errors import CanNotStop, DatabaseRuns

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_STOP_S = 30.0
_LOOK_S = 0.5  # whoever looks at a record has it locked for a moment
_LOCAL = "http://127.0.0.1:8000"  # where models look with USE_LOCAL_DB
_TRUE_WORDS = ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Running:
    """`pid` is that of `dynamo.run`; for people, since nothing is done to it."""

    pid: int
    endpoint: str


class Record:
    """The locked record; empty until the database is ready."""

    def __init__(self, file: IO[str], place: Place) -> None:
        self._file = file
        self._place = place

    def write(self, endpoint: str) -> None:
        self._file.truncate(0)
        json.dump(asdict(Running(os.getpid(), endpoint)), self._file)
        self._file.flush()

    def asked_to_stop(self) -> bool:
        return self._place.stop.exists()


@contextmanager
def held(place: Place) -> Iterator[Record]:
    """The record of this process, while no other one runs or replaces the app's database. Raises `DatabaseRuns`."""
    place.make()
    with place.record.open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + _LOOK_S
        while not _lock(file, alone=True):
            if time.monotonic() > deadline:
                other = _read(file)
                raise DatabaseRuns(f"process {other.pid} at {other.endpoint}" if other else "it is about to be ready")
            time.sleep(0.01)
        file.truncate(0)
        place.stop.unlink(missing_ok=True)
        try:
            yield Record(file, place)
        finally:
            file.truncate(0)
            place.stop.unlink(missing_ok=True)


def find(place: Place) -> tuple[Running | None, bool]:
    """What the record says, and whether that runs."""
    if not place.record.exists():
        return None, False
    with place.record.open("a+", encoding="utf-8") as file:
        return _read(file), not _lock(file, alone=False)


def find_endpoint(place: Place, environment: Mapping[str, str]) -> str | None:
    """Where an app's database is: where its `dynamo.run` says, else its environment; None for AWS.

    Of the environment AWS's own variables come first, then USE_LOCAL_DB.
    """
    found, runs = find(place)
    if found and runs:
        return found.endpoint
    named = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")
    return named or (_LOCAL if environment.get("USE_LOCAL_DB", "").lower() in _TRUE_WORDS else None)


def stop(place: Place) -> str:
    """Ask the database to end and wait until it is down; gives a sentence. Raises `CanNotStop`."""
    found, runs = find(place)
    if not runs:
        if found is None:
            return "No database of this app is running."
        place.record.write_text("", encoding="utf-8")
        return f"The database of process {found.pid} is gone already, without a word: its record is removed."
    place.stop.touch()
    deadline = time.monotonic() + _STOP_S
    while find(place)[1]:
        if time.monotonic() > deadline:
            raise CanNotStop(found.pid if found else 0, _STOP_S)
        time.sleep(0.05)
    return f"The database at {found.endpoint} is down." if found else "The database is down."


def _read(file: IO[str]) -> Running | None:
    file.seek(0)
    try:
        return Running(**json.load(file))
    except (ValueError, TypeError):
        return None  # nothing yet, or nothing of ours


def _lock(file: IO[str], *, alone: bool) -> bool:
    """Unless `alone`, others may look at the same time, but on Windows."""
    try:
        if sys.platform == "win32":
            file.seek(1 << 20)  # Windows lets nobody read what is locked, so lock what is not there
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
