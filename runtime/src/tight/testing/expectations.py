"""Expected answers in YAML files beside a test: `expectations/<name of the test>.yml`.

    statusCode: 200
    headers: {Access-Control-Allow-Origin: '*'}
    body: '{"hello": "world"}'

Only the headers that the file names count.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tight.testing.answer import Answer
from tight.testing.errors import BadExpectation
from tight.testing.options import note, running
from tight.testing.recordings import recorded
from tight.testing.scrub import scrub


class Expectation:
    """What one test expects. All that the file names is compared, of headers only those, and the body decoded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self, answer: Mapping[str, Any] | Answer) -> None:
        """Fail with what differs between `answer`, what a function returned or a gateway's answer, and the file; a file
        is needed.
        """
        expected = _read(self.path)
        named = _comparable(expected, expected)
        answer = answer.raw if isinstance(answer, Answer) else answer
        if _comparable(scrub(dict(answer)), expected) != named:  # a file that was recorded names nothing secret
            assert _comparable(answer, expected) == named, f"not what {self.path} expects"

    def write(self, answer: Mapping[str, Any]) -> None:
        """From now on the whole of `answer` is expected."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(yaml.safe_dump(answer, allow_unicode=True), encoding="utf-8")


def expected_response_body(folder: str | Path, file: str, actual_response: Mapping[str, Any]) -> Any:
    """The decoded body of `actual_response`, once that is what `file`, in `folder`, expects; else an AssertionError.

    Where the test records, `file` is replaced by the whole answer, scrubbed, and the end of the run says so.
    """
    expectation = Expectation(Path(folder) / file)
    item = running.get()
    known = recorded(item) if item else None
    if item and known:
        expectation.write(scrub(dict(actual_response), known))
        note(item, f"wrote the answer to {os.path.relpath(expectation.path, item.config.rootpath)}")
    else:
        expectation.check(actual_response)
    return _decode(actual_response.get("body"))


def _read(path: Path) -> dict[str, Any]:
    try:
        expected = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadExpectation(path, "is not there") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadExpectation(path, "is not valid YAML" + (f" in line {mark.line + 1}" if mark else "")) from error
    if not isinstance(expected, dict) or expected in ({}, {"headers": {}}):
        raise BadExpectation(path, "expects nothing")
    headers = expected.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(name, str) for name in headers):
        raise BadExpectation(path, "has headers that are no names and values")
    return expected


def _comparable(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Of `answer` what `expected` names."""
    headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    seen = {
        "statusCode": answer.get("statusCode"),
        "headers": {name.lower(): headers.get(name.lower()) for name in expected.get("headers") or {}},
        "body": _decode(answer.get("body")),
    }
    return {key: seen[key] if key in seen else answer.get(key) for key in expected}


def _decode(body: object) -> object:
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body
