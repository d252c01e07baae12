"""The environment that an app's files give its tests."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

# What of AWS's own settings tells no account and no endpoint, and so may stay in tests.
KEPT = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")

# "Defined runtime environment variables" in the Lambda developer guide: a function can't set these.
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
# botocore's settings of an account, of a way to one, or of an endpoint.
_LEADS_OUT = re.compile(
    "AWS_(CONFIG_FILE|CONTAINER_|DEFAULT_PROFILE|EC2_META|ENDPOINT_URL|IGNORE_CONFIGURED|PROFILE|ROLE_|SECURITY_TOKEN|"
    "SHARED_CREDENTIALS|USE_|WEB_IDENTITY)"
)


def variables(root: Path, shell: Mapping[str, str]) -> dict[str, str]:
    """The variables of the app in `root`: the shell over `env.yml` over `env.dist.yml`, whose names alone it may set.

    Raises pytest.UsageError for one that can't reach a function: of no value, of a reserved name, of a name that would
    lead tests to an account.
    """
    dist, own = root / "env.dist.yml", root / "env.yml"
    declared = _read(dist)
    merged = {**declared, **{name: value for name, value in _read(own).items() if value is not None}}
    merged.update({name: text for name, text in shell.items() if text and name in declared})
    for name, value in merged.items():
        problem = _problem(name, value)
        if problem:
            raise pytest.UsageError(f"{dist if name in declared else own}: {name} {problem}")
    return {name: _text(value) for name, value in merged.items()}


def settings(root: Path) -> dict[str, str]:
    """Name and region, which are those of `tight.yml` whatever the shell says: some shells set NAME themselves."""
    given = _read(root / "tight.yml")
    found = {"NAME": given.get("name"), "AWS_REGION": given.get("region"), "AWS_DEFAULT_REGION": given.get("region")}
    return {name: value for name, value in found.items() if value}


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        # Not the line itself: it may hold a secret.
        raise pytest.UsageError(f"{path}: not valid YAML" + (f" in line {mark.line + 1}" if mark else "")) from error
    if not isinstance(values, dict | None):
        raise pytest.UsageError(f"{path}: write names and values")
    return values or {}


def _problem(name: object, value: object) -> str | None:
    if not isinstance(name, str) or name in RESERVED or not re.fullmatch("[a-zA-Z][a-zA-Z0-9_]+", name):
        return "is no name that a function in Lambda can set: choose another"
    if _LEADS_OUT.match(name):
        return "would lead tests to an account or a service: set it in `env` of tight.yml, which tests don't read"
    if value is None:
        return 'has no value: set it in env.yml or in the shell, or give it a default ("" for empty) in env.dist.yml'
    if not isinstance(value, str | bool | int | float):
        return f"is a {type(value).__name__}: a variable is text, a number or a boolean"
    return None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
