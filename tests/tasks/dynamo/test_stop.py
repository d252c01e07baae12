"""The task dynamo.stop, and the record that it reads."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tight_tasks.dynamo import running
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import Running
from tight_tasks.errors import CanNotStop, DatabaseRuns

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


def test_with_nothing_running_there_is_nothing_to_stop(app: Path, invoke: Invoke) -> None:
    done = invoke("dynamo.stop")

    assert (done.returncode, done.stdout) == (0, "No database of this app is running.\n")
    assert not (app / "dynamo_db").exists()


def test_a_stale_record_is_said_and_removed_and_the_process_of_its_number_lives_on(app: Path, invoke: Invoke) -> None:
    place = Place.of(app)
    place.make()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        place.record.write_text(json.dumps({"pid": stranger.pid, "endpoint": "http://127.0.0.1:1"}), encoding="utf-8")
        done = invoke("dynamo.stop")

        sentence = f"The database of process {stranger.pid} is gone already, without a word: its record is removed.\n"
        assert (done.returncode, done.stdout) == (0, sentence)
        assert stranger.poll() is None
    assert running.find(place) == (None, False)


@pytest.mark.parametrize("text", ["not JSON", "[]", '{"pid": 1, "other": 2}'])
def test_a_record_that_is_not_ours_is_nothing(tmp_path: Path, text: str) -> None:
    place = Place.of(tmp_path)
    place.make()
    place.record.write_text(text, encoding="utf-8")

    assert running.stop(place) == "No database of this app is running."


def test_a_record_is_held_by_one(tmp_path: Path) -> None:
    place = Place.of(tmp_path)
    with running.held(place) as record:
        record.write("http://127.0.0.1:1")
        assert running.find(place) == (Running(os.getpid(), "http://127.0.0.1:1"), True)
        with pytest.raises(DatabaseRuns, match=f"process {os.getpid()} at http://127.0.0.1:1"), running.held(place):
            raise AssertionError
    with running.held(place):
        assert running.find(place) == (None, True)


def test_a_database_that_does_not_end_is_told_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_STOP_S", 0.1)
    place = Place.of(tmp_path)
    with running.held(place) as record:
        record.write("http://127.0.0.1:1")
        with pytest.raises(CanNotStop, match=f"process {os.getpid()} holds it still"):
            running.stop(place)
        assert record.asked_to_stop()
    assert not place.stop.exists()


def test_git_ignores_the_place_without_a_word_in_the_apps_own_gitignore(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    with running.held(Place.of(tmp_path)) as record:
        record.write("http://127.0.0.1:1")
    assert (tmp_path / "dynamo_db" / "running.json").exists()

    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.run(status, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == ""
