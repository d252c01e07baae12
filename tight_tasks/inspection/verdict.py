"""What to make of the answer of a function that was tried out."""

import json
import re
from collections.abc import Sequence

from tight_tasks.serve.invocation import Outcome

_LONGEST = 400
_MISSING = {"ImportError", "ModuleNotFoundError"}
# In the log behind a 500: faults of the code itself. Others may be the missing network's, or the example's.
_OWN_FAULT = re.compile(
    r"^(?:\w+\.)*(?:ImportError|ModuleNotFoundError|MissingLibrary|UnknownParameter): "
    r"|not JSON serializable|Circular reference detected|Encoding objects of type"
)


def fault_of(outcome: Outcome, *, is_init: bool, is_http: bool, log: Sequence[str]) -> str:
    """What is wrong, in a sentence that goes on after the file's name; empty where nothing is.

    A function may fail for want of a network, a database or a sensible event: its own exceptions and a 500 are
    answers. It may not fail to be imported, leave the answering to the platform, or answer what is no JSON.
    """
    answer = _decoded(outcome)
    if outcome.is_error:
        error, kind = _error(answer)
        if is_init:
            return f"can't be imported by Lambda: {error}"
        if kind in _MISSING:
            return f"imports what is not there: {error}"
        return f"does not answer: {error}" if kind.startswith(("Runtime.", "Sandbox.")) else ""
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    if not isinstance(status, int):
        return f"answers a request with {_short(json.dumps(answer))}, which has no statusCode" if is_http else ""
    own = [line for line in map(_logged, log) if _OWN_FAULT.search(line)] if status >= 500 else []
    return f"answers {status} for {_short(own[0])}" if own else ""


def told_of(outcome: Outcome, log: Sequence[str]) -> str:
    """The outcome in a few words, with the error that the log tells of a 500."""
    answer = _decoded(outcome)
    if outcome.is_error:
        return f"its own {_error(answer)[0]}"
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    if not isinstance(status, int):
        return "its answer"
    logged = [line for line in map(_logged, log) if line] if status >= 500 else []
    return f"{status} (logged: {_short(logged[-1])})" if logged else f"{status}"


def _decoded(outcome: Outcome) -> object:
    try:
        return json.loads(outcome.payload)
    except ValueError:
        return None


def _logged(line: str) -> str:
    """The error that a line of a log tells: Tight's lines are JSON, a traceback ends with it."""
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict) or "errorType" not in record:
        return ""
    return f"{record['errorType']}: {record.get('errorMessage')}"


def _error(answer: object) -> tuple[str, str]:
    error = answer if isinstance(answer, dict) else {}
    kind = str(error.get("errorType") or "an error without a name")
    return _short(f"{kind}: {error.get('errorMessage') or ''}"), kind


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
