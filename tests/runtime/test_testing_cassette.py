"""The files of recordings."""

import importlib
import inspect
from pathlib import Path

import pytest

from tight.errors import TightError
from tight.testing import cassette, errors
from tight.testing.cassette import Recording, Request, folder_of, namespace_of
from tight.testing.errors import BadNamespace, BadRecording


def recording(number: int, prefix: str = "s3") -> Recording:
    return Recording(prefix, "GetObject", number, 200, {"ä": number}, Request("s3", "GetObject", {"Key": "ä"}))


def test_what_was_written_is_read_in_the_order_of_the_numbers(tmp_path: Path) -> None:
    recordings = [recording(n) for n in (10, 2, 1)]
    cassette.write(tmp_path / "test_a", recordings)

    assert cassette.read(tmp_path / "test_a") == [recording(n) for n in (1, 2, 10)]
    assert "ä" in (tmp_path / "test_a" / "s3.GetObject_1.json").read_text(encoding="utf-8")


def test_writing_replaces_all_recordings_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "placebos" / "test_a"
    cassette.write(folder, [recording(1), recording(2), recording(1, "api.sagemaker")])
    (folder / "notes.txt").write_text("mine", encoding="utf-8")

    cassette.write(folder, [recording(1)])
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", "s3.GetObject_1.json"]

    (folder / "notes.txt").unlink()
    cassette.write(folder, [])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_has_no_recordings(tmp_path: Path) -> None:
    assert cassette.read(tmp_path / "none") == []


@pytest.mark.parametrize("text", ["", "[]", '{"data": {}}', '{"data": {}, "status_code": "x"}', '{"request": 1}'])
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "s3.GetObject_1.json").write_text(text, encoding="utf-8")

    with pytest.raises(BadRecording, match=r"s3\.GetObject_1\.json is no recording"):
        cassette.read(tmp_path)


def test_recordings_are_beside_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert folder_of("test_a.py", "test_one") == tmp_path / "placebos" / "test_one"
    assert folder_of(tmp_path / "x" / "test_a.py", "test_one") == tmp_path / "x" / "placebos" / "test_one"


@pytest.mark.parametrize("namespace", ["", ".", "..", "../x", "/x", "a/b", "a\\b", "c:x"])
def test_a_namespace_is_one_folder(tmp_path: Path, namespace: str) -> None:
    with pytest.raises(BadNamespace):
        folder_of(tmp_path / "test_a.py", namespace)


def test_each_case_of_a_test_has_a_folder_of_its_own() -> None:
    assert namespace_of("test_a") == "test_a"
    assert namespace_of("test_a[1-x]") == "test_a[1-x]"
    names = {namespace_of(name) for name in ("test_a[a/b]", "test_a[a b]", "test_a[a:b]")}
    assert len(names) == 3
    assert [name for name in names if folder_of("test_a.py", name).name != name] == []


def test_the_drawn_tree_of_errors_is_the_tree() -> None:
    drawn = importlib.import_module(errors.__name__).__doc__ or ""
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if error is TightError or not issubclass(error, TightError):
            continue
        builtins = [base.__name__ for base in error.__bases__ if base.__module__ == "builtins"]
        (line,) = [line for line in drawn.splitlines() if line.lstrip("│├└─ ").split(" ")[0] == name]
        assert all(f"({builtin})" in line for builtin in builtins), name
