"""Environment variables as Lambda allows them, and those that nobody should see."""

import json
import re
from collections.abc import Mapping

# "Defined runtime environment variables" in the Lambda developer guide: the runtime sets them, a function can't.
RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }
)
# Of the same list: set by the runtime too, but a function may set them itself.
SET_BY_LAMBDA = frozenset(
    {
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LANG",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONPATH",
        "TZ",
    }
)
NAME_PATTERN = "^[a-zA-Z][a-zA-Z0-9_]+$"  # API_Environment in Lambda's API reference
LIMIT = 4096  # bytes; "Lambda quotas" in the Lambda developer guide

MASK = "********"
_SECRET_WORDS = re.compile("secret|token|passw|passphrase|credential|private|apikey|accesskey|cookie")
_SECRET_PARTS = frozenset({"auth", "dsn", "key", "keys", "pass", "pin", "pwd", "salt"})
_ADDRESS_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s]*:[^/?#\s]*@", re.IGNORECASE)


def problem_of_name(name: str) -> str | None:
    """What Lambda would say against a variable of this name, with a remedy; None where it may be set."""
    if name in RESERVED:
        return "is reserved: Lambda sets it itself; choose another name"
    if not re.fullmatch(NAME_PATTERN, name):
        return "is no name that Lambda takes: a letter first, then one or more letters, digits or _"
    return None


def size(variables: Mapping[str, str]) -> int:
    """Bytes, as Lambda counts them: those of the names and values as one JSON object, quotes and commas included."""
    return len(json.dumps(variables, ensure_ascii=False, separators=(",", ":")).encode())


def is_secret(name: str, value: str) -> bool:
    """Whether a value is better not shown: by its name, or because it is an address with a password in it."""
    parts = re.sub("([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    by_name = _SECRET_WORDS.search(name.lower()) or not _SECRET_PARTS.isdisjoint(parts)
    return bool(by_name or _ADDRESS_WITH_PASSWORD.search(value))
