"""Whether all competitors answer the same, so that the times are times of the same work."""

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.errors import AnswersDiffer

_CORS = "access-control-allow-origin"


def check_equal(answers: Mapping[str, bytes]) -> None:
    """Hold each answer, an answer to API Gateway as JSON, against the first one.

    Equal are the status, the body byte by byte, its content type, and the header that CORS needs. What a framework
    adds besides stays its own. Raises `AnswersDiffer`.
    """
    expected: dict[str, object] | None = None
    for name, answer in answers.items():
        found = _parts(json.loads(answer))
        expected = expected or found
        for part, value in expected.items():
            if found[part] != value:
                raise AnswersDiffer(name, part, value, found[part])


def _parts(answer: "dict[str, Any]") -> dict[str, object]:
    headers = {name.lower(): values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
    headers |= {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    return {
        "status": answer["statusCode"],
        "body": answer["body"],
        "content type": headers.get("content-type", "application/json"),  # API Gateway's own where there is none
        "CORS header": headers.get(_CORS),
    }
