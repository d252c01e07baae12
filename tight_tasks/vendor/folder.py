"""`vendor_dir`: which folder it may be, and what in it is the user's."""

import os
import shutil
from pathlib import Path

from tight_tasks.errors import BadSetting, ForeignFile
from tight_tasks.project import FILE, Project
from tight_tasks.vendor.packages import vendored_packages

# Files of the app that stay where they are; Tight 0.1 made an empty __init__.py.
_STAY = (".gitkeep", ".gitignore", "__init__.py")
# What tools leave behind.
_WASTE = (".lock", ".DS_Store")


def find_folder(project: Project) -> Path:
    """Where packages go. Raises `BadSetting` for a place that is not a folder of its own inside the app."""
    setting = project.vendor_dir
    folder = project.root / setting
    if Path(setting).is_absolute() or ".." in Path(setting).parts:
        problem = "name a folder inside the app, such as app/vendored"
    elif (project.root / "app").is_relative_to(folder):
        problem = "the app itself is in it; name a folder of its own, such as app/vendored"
    elif folder.resolve() != project.root.resolve() / setting:
        problem = "a symbolic link is on the way, and what it leads to would be replaced; name a folder itself"
    elif folder.exists() and not folder.is_dir():
        problem = "that is a file; name a folder"
    else:
        return folder
    raise BadSetting(project.root / FILE, "vendor_dir", f"is {setting!r}: {problem}")


def check_replaceable(folder: Path) -> None:
    """Raises `ForeignFile` for a file that no installed package lists: it may be the user's only copy."""
    if not folder.is_dir():
        return
    listed = {file for package in vendored_packages(folder) for file in package.files}
    for path, folders, files in os.walk(folder):
        here = Path(path).relative_to(folder)
        links = [name for name in folders if (Path(path) / name).is_symlink()]
        for name in (*files, *links):
            file = here / name
            if file not in listed and not _stays(folder, file) and not _is_waste(file):
                raise ForeignFile(folder, file)


def keep(folder: Path, new: Path) -> None:
    """Copy what stays in `folder` into what is to replace it."""
    for name in _STAY:
        if (folder / name).is_file() and _stays(folder, Path(name)):
            shutil.copy2(folder / name, new / name)


def _stays(folder: Path, file: Path) -> bool:
    if file.as_posix() not in _STAY:
        return False
    return file.name != "__init__.py" or (folder / file).stat().st_size == 0


def _is_waste(file: Path) -> bool:
    bytecode = file.suffix == ".pyc" and file.parent.name == "__pycache__"
    return bytecode or file.name in _WASTE
