"""AWS's own archive of DynamoDB Local: fetched, compared with its published checksum, unpacked."""

import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tight_tasks.errors import BadOption, CanNotFetch

# "Deploying DynamoDB locally on your computer" in the DynamoDB developer guide; 3.x is published there too.
BASE = "https://d1ni2b6xgvw0s0.cloudfront.net/v2.x/"
NAME = "dynamodb_local_latest.tar.gz"

_TIMEOUT_S = 30  # without a byte
_CHUNK = 1 << 18

Progress = Callable[[int, int], None]
"""Is told the bytes that have come, and how many there will be; 0 where the server doesn't say."""


def fetch_archive(base: str, file: Path, progress: Progress) -> None:
    """Write the archive under `base` to `file`. Raises `CanNotFetch` unless its checksum is the published one."""
    if not re.match(r"https?://[^/]", base):
        raise BadOption("from", base, "write the address of a folder, such as https://example.org/dynamodb/")
    address = f"{base.rstrip('/')}/{NAME}"
    try:
        with _open(f"{address}.sha256") as response:
            published = re.match(r"[0-9a-fA-F]{64}\b", response.read(1000).decode("ascii", "replace"))
        if published is None:
            raise CanNotFetch(f"{address}.sha256 holds no SHA-256 checksum")
        with _open(address) as response:
            found = _save(response, file, address, progress)
    except (OSError, HTTPException) as error:
        raise CanNotFetch(f"{address} can't be fetched: {getattr(error, 'reason', error)}") from error
    if found != published.group().lower():
        raise CanNotFetch(f"{address} has the checksum {found}, but {published.group().lower()} is published for it")


def _open(address: str) -> HTTPResponse:
    response: HTTPResponse = urlopen(address, timeout=_TIMEOUT_S)  # noqa: S310  # its scheme has been looked at
    return response


def _save(response: HTTPResponse, file: Path, address: str, progress: Progress) -> str:
    total, done, digest = int(response.headers.get("Content-Length") or 0), 0, hashlib.sha256()
    with file.open("wb") as target:
        while chunk := response.read(_CHUNK):
            target.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done, total)
    if done < total:
        raise CanNotFetch(f"{address} is cut off: {done} of {total} bytes came")
    return digest.hexdigest()


def unpack_archive(archive: Path, folder: Path) -> None:
    """Raises `CanNotFetch` for what is no archive, and before anything is written outside of `folder`."""
    # Pythons without the filter are the early releases of 3.10 and 3.11.
    options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _check(member, folder)
                tar.extract(member, folder, **options)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise CanNotFetch(f"{NAME} can't be unpacked: {error}") from error


def _check(member: tarfile.TarInfo, folder: Path) -> None:
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        raise CanNotFetch(f"{NAME} holds {member.name}, which is no file, folder or link")
    place = (folder / member.name).resolve()  # through links that have been unpacked
    target = place
    if member.issym():
        target = (place.parent / member.linkname).resolve()
    elif member.islnk():
        target = (folder / member.linkname).resolve()
    if not all(path.is_relative_to(folder.resolve()) for path in (place, target)):
        raise CanNotFetch(f"{NAME} holds {member.name}, which leads out of its folder")
