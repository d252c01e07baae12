"""Expected answers in YAML files beside a test: `expectations/<name of the test>.yml`.

    statusCode: 200
    headers: {Access-Control-Allow-Origin: '*'}
    body: '{"hello": "world"}'

Only the headers that the file names count.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class Expectation:
    """What one test expects. The status, headers and body that the file names are compared, the body decoded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self, answer: Mapping[str, Any]) -> None:
        """Fail with what differs between `answer`, a gateway's answer, and the file; a file is needed."""
        if not self.path.exists():
            raise AssertionError(f"there is no {self.path}: write down there what the answer has to be")
        expected = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        if not isinstance(expected, dict) or not expected:
            raise AssertionError(f"{self.path} expects nothing: name a statusCode, headers or a body")
        assert _comparable(answer, expected) == _comparable(expected, expected), f"not what {self.path} expects"


def _comparable(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Of `answer` what `expected` names."""
    headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    seen = {
        "statusCode": answer.get("statusCode"),
        "headers": {name.lower(): headers.get(name.lower()) for name in expected.get("headers") or {}},
        "body": _decode(answer.get("body")),
    }
    return {key: value for key, value in seen.items() if key in expected}


def _decode(body: object) -> object:
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body
