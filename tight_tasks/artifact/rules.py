"""Which files belong into an artifact, and with which mode."""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from tight_tasks.unwanted import KIT, reason_against

_CACHE = "__pycache__"
_OF_AN_APP = (".*", "*.py[co]", _CACHE)
# What an installer writes about this machine; and Tight's test kit, which never runs in Lambda.
_OF_PACKAGES = (
    "*.dist-info/direct_url.json",
    "*.dist-info/uv_build.json",
    "*.dist-info/uv_cache.json",
    "*.dist-info/REQUESTED",
    "*.dist-info/INSTALLER",
    KIT,
)
_ANY_FOLDERS = "(?:[^/]+/)*"
_PYTHON_SCRIPT = re.compile(rb"#!.*python")


def left_out_of_app(path: PurePosixPath) -> bool:
    """Whether a file or folder of the app, by its path, stays out; the caller sees to folders that hold a function."""
    return bool(reason_against(path.name)) or any(fnmatchcase(path.name, pattern) for pattern in _OF_AN_APP)


def left_out_of_packages(path: PurePosixPath) -> bool:
    """Whether a file or folder of the vendored packages, by its path among them, stays out."""
    if path.name == _CACHE or reason_against(path.name, of_package=True):
        return True
    return any(fnmatchcase(str(path), pattern) for pattern in _OF_PACKAGES)


def matches(path: str, pattern: str) -> bool:
    """Whether a glob of tight.yml means the path: `*` is in one folder, `**` goes through; a folder is all below it."""
    parts = [
        _ANY_FOLDERS if part == "**" else _one_part(part) for part in pattern.removesuffix("/**").strip("/").split("/")
    ]
    return re.fullmatch("".join(parts).removesuffix("/") + "(/.*)?", path) is not None


def is_installers_script(content: bytes) -> bool:
    """Whether an installer made this program: it names an interpreter of this machine, which Lambda doesn't have."""
    return _PYTHON_SCRIPT.match(content) is not None


def mode_of(content: bytes) -> int:
    """755 for a program (ELF that is no shared library, or a script with `#!`), else 644; the disk's mode says nothing.

    A shared library is read, never executed, so it needs no more than 644.
    """
    if content.startswith(b"#!"):
        return 0o755
    # e_type of an ELF header: 2 is an executable; 3 is a library, or an executable if it names an interpreter.
    if content.startswith(b"\x7fELF"):
        kind = int.from_bytes(content[16:18], "little")
        return 0o755 if kind == 2 or (kind == 3 and _names_interpreter(content)) else 0o644
    return 0o644


def _names_interpreter(content: bytes) -> bool:
    return re.search(rb"/ld-(linux|musl)[\w.-]*\.so", content[:4096]) is not None


def _one_part(part: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)) for letter in part) + "/"
