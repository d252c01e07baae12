"""The files of one test's recordings: `placebos/<name of the test>/<service>.<Operation>_<n>.json`, one for each call.

    {
      "data": {"QueueUrl": "https://sqs.eu-north-1.amazonaws.com/123456789012/orders"},
      "request": {"operation": "GetQueueUrl", "parameters": {"QueueName": "orders"}, "service": "sqs"},
      "status_code": 200
    }

Name, `data` and `status_code` are placebo's, whose service is the prefix of the endpoint; its files have no `request`.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tight.testing.errors import BadNamespace, BadRecording

_NAME = re.compile(r"(?P<prefix>[\w.-]+)\.(?P<operation>\w+)_(?P<number>[0-9]+)\.json")


@dataclass(frozen=True)
class Request:
    """What was asked, scrubbed and encoded."""

    service: str
    operation: str
    parameters: Any

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


@dataclass(frozen=True)
class Recording:
    """One call. `data` is encoded; `request` is None in placebo's own files."""

    prefix: str
    operation: str
    number: int
    status: int
    data: Any
    request: Request | None

    @property
    def name(self) -> str:
        return f"{self.prefix}.{self.operation}_{self.number}.json"


def folder_of(file: str | Path, namespace: str) -> Path:
    """Where the recordings of the test `namespace` in `file` are."""
    if not re.fullmatch(r"[^/\\:\0]+", namespace) or namespace.strip(". ") == "":
        raise BadNamespace(namespace)
    return Path(file).resolve().parent / "placebos" / namespace


def namespace_of(test: str) -> str:
    """The name of a test's folder; what no file system takes is replaced, and told apart by a hash."""
    plain = re.sub(r"[^\w.,=\[\]-]", "_", test)[:100]
    return plain if plain == test else f"{plain}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"


def read(folder: Path) -> list[Recording]:
    """All recordings in `folder` in the order of their numbers; none if there is no folder."""
    return sorted(
        (_read(path, match) for path, match in _files(folder)),
        key=lambda each: (each.prefix, each.operation, each.number),
    )


def write(folder: Path, recordings: Iterable[Recording]) -> None:
    """Replace all recordings in `folder` by these; a folder with nothing in it goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, _ in _files(folder):
        path.unlink()
    for recording in recordings:
        (folder / recording.name).write_text(_dump(recording), encoding="utf-8", newline="\n")
    for emptied in (folder, folder.parent):
        if not any(emptied.iterdir()):
            emptied.rmdir()


def _files(folder: Path) -> list[tuple[Path, re.Match[str]]]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return [(path, match) for path in paths if (match := _NAME.fullmatch(path.name))]


def _read(path: Path, name: re.Match[str]) -> Recording:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        request = Request(**content["request"]) if "request" in content else None
        status, data = int(content["status_code"]), content["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRecording(path, f"{type(error).__name__}: {error}") from error
    return Recording(name["prefix"], name["operation"], int(name["number"]), status, data, request)


def _dump(recording: Recording) -> str:
    content = {"status_code": recording.status, "data": recording.data}
    if recording.request:
        content["request"] = vars(recording.request)
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
