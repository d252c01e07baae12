"""A folder takes the place of another, as a whole or not at all."""

from pathlib import Path

import pytest

from tight_tasks.swap import swapped


def made(folder: Path, name: str) -> Path:
    folder.mkdir()
    (folder / name).touch()
    return folder


def test_the_new_folder_is_in_the_place_of_the_old_one(tmp_path: Path) -> None:
    new, folder = made(tmp_path / "new", "new.py"), made(tmp_path / "vendored", "old.py")

    with swapped(new, folder, tmp_path / "aside"):
        pass

    assert [file.name for file in folder.iterdir()] == ["new.py"]
    assert [file.name for file in (tmp_path / "aside").iterdir()] == ["old.py"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("there", [True, False])
def test_a_failure_after_the_swap_takes_it_back(tmp_path: Path, there: bool, error: type[BaseException]) -> None:
    new, folder = made(tmp_path / "new", "new.py"), tmp_path / "vendored"
    if there:
        made(folder, "old.py")

    with pytest.raises(error), swapped(new, folder, tmp_path / "aside"):  # noqa: PT012  # the block is what fails
        assert (folder / "new.py").exists()
        raise error

    assert folder.exists() is there
    assert (folder / "old.py").exists() is there


def test_a_failure_of_the_swap_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = made(tmp_path / "vendored", "old.py")

    with pytest.raises(FileNotFoundError), swapped(tmp_path / "missing", folder, tmp_path / "aside"):
        pass

    assert [file.name for file in folder.iterdir()] == ["old.py"]
