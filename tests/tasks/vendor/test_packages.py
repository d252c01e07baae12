"""The packages of a folder, whoever installed them."""

from pathlib import Path

from tight_tasks.vendor.packages import vendored_packages


def installed(folder: Path, record: str, wheel: str = "Tag: py3-none-any\n") -> None:
    info = folder / "Black_Tea-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Black_Tea\nVersion: 1.0\n\n", encoding="utf-8")
    (info / "WHEEL").write_text(wheel, encoding="utf-8")
    (info / "RECORD").write_text(record, encoding="utf-8")
    (folder / "tea.py").write_text("12345", encoding="utf-8")


def test_a_package_has_the_size_of_its_files_that_are_there(tmp_path: Path) -> None:
    installed(tmp_path, "tea.py,,\ntea.py,,\ngone.py,,\n")

    (package,) = vendored_packages(tmp_path)

    assert (package.name, package.version, package.size) == ("black-tea", "1.0", 5)
    assert package.files == (Path("tea.py"),)
    assert (package.tag, package.platform, str(package)) == ("py3-none-any", "", "black-tea 1.0")


def test_the_tags_of_a_wheel_are_one_and_name_the_machine(tmp_path: Path) -> None:
    tags = "Tag: cp313-cp313-manylinux_2_17_aarch64\nTag: cp313-cp313-manylinux2014_aarch64\n"
    installed(tmp_path, "tea.py,,\n", tags)

    (package,) = vendored_packages(tmp_path)

    assert package.tag == "cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64"
    assert package.platform == "aarch64"


def test_a_file_outside_of_the_folder_is_never_a_packages(tmp_path: Path) -> None:
    folder = tmp_path / "vendored"
    folder.mkdir()
    (tmp_path / "mine.py").touch()
    (folder / "bin").mkdir()
    (folder / "bin" / "brew").touch()
    installed(folder, f"../mine.py,,\n{tmp_path / 'mine.py'},,\n../../bin/brew,,\n")

    (package,) = vendored_packages(folder)

    assert package.files == (Path("bin/brew"),)


def test_a_folder_without_packages_has_none(tmp_path: Path) -> None:
    assert vendored_packages(tmp_path) == ()
    assert vendored_packages(tmp_path / "missing") == ()
