"""What in vendor_dir is the user's."""

from pathlib import Path

from tight_tasks.vendor.folder import check_replaceable, keep


def test_the_files_that_git_and_tight_0_1_need_stay(tmp_path: Path) -> None:
    folder, new = tmp_path / "vendored", tmp_path / "new"
    for each, name in ((folder, ".gitkeep"), (new, "new.py")):
        each.mkdir()
        (each / name).touch()
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    (folder / "__init__.py").touch()

    check_replaceable(folder)
    keep(folder, new)

    assert sorted(file.name for file in new.iterdir()) == [".gitignore", ".gitkeep", "__init__.py", "new.py"]
    assert (new / ".gitignore").read_text(encoding="utf-8") == "*\n"
