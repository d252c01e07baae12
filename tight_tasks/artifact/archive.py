"""Writes the files of an artifact: as a zip whose bytes depend on nothing but them, and as a folder."""

import hashlib
import os
import stat
import zipfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from tight_tasks.artifact.entries import Entry, Files

LEVEL = 9
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip has no earlier date
_EPOCH_SECONDS = 315532800
_UNIX = 3


@dataclass(frozen=True)
class Archive:
    """A zip as it was written. Sizes in bytes; `sha256` in hexadecimal."""

    file: Path
    size: int
    sha256: str
    files: Files

    @property
    def code_sha256(self) -> str:
        """The digest as Lambda's CodeSha256 has it."""
        return b64encode(bytes.fromhex(self.sha256)).decode()


def write_zip(files: Files, file: Path) -> Archive:
    """The same bytes for the same files wherever zlib is the same: its versions compress differently."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in files:
            archive.writestr(_described(entry), _stored(entry), compresslevel=LEVEL)
    content = file.read_bytes()
    return Archive(file, len(content), hashlib.sha256(content).hexdigest(), files)


def write_folder(files: Files, folder: Path) -> None:
    """The same files unpacked, with their modes and the zip's date, whatever the umask is."""
    folder.mkdir()
    for entry in files:
        file = folder / entry.path
        file.parent.mkdir(parents=True, exist_ok=True)
        if entry.link:
            file.symlink_to(entry.link)
            continue
        file.write_bytes(entry.read())
        file.chmod(entry.mode)
        os.utime(file, (_EPOCH_SECONDS, _EPOCH_SECONDS))
    for below, _, _ in os.walk(folder, topdown=False):
        os.chmod(below, 0o755)  # noqa: PTH101, S103  # Lambda's own user has to read it, and SAM keeps the modes
        os.utime(below, (_EPOCH_SECONDS, _EPOCH_SECONDS))


def _described(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.path, _EPOCH)
    info.create_system = _UNIX  # or a mode would say nothing
    info.compress_type = zipfile.ZIP_DEFLATED
    mode = stat.S_IFLNK | 0o777 if entry.link else stat.S_IFREG | entry.mode
    info.external_attr = mode << 16
    return info


def _stored(entry: Entry) -> bytes:
    return entry.link.encode() if entry.link else entry.read()
