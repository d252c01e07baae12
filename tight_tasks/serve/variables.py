"""The environment variables of a function's process."""

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

from tight_tasks.project import Project

ACCOUNT = "123456789012"
API = "a1b2c3d4e5"
DUMMIES = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
"""Keys of nobody: with them no SDK looks for those of whoever runs it."""
# What a process needs of this machine. Nothing else of the shell gets in, as nothing does in Lambda.
_INHERITED = ("HOME", "PATH", "SSL_CERT_FILE", "SYSTEMROOT", "TMPDIR")


def function_arn(project: Project, function: str) -> str:
    """Without a version, as whoever invokes it without one sees it."""
    return f"arn:aws:lambda:{project.region}:{ACCOUNT}:function:{function}"


def function_of(name: str) -> str:
    """The function that a name, a partial or a whole ARN, with or without a qualifier, means."""
    parts = name.split(":")
    if "function" in parts[:-1]:
        return parts[parts.index("function") + 1]
    return parts[0]  # NAME or NAME:ALIAS


def lambda_environment(
    project: Project,
    function: str,
    environment: Mapping[str, str],
    address: str,
    *,
    root: Path | None = None,
    folder: Path | None = None,
    initialization: str = "on-demand",
) -> dict[str, str]:
    """What the process of a function gets: this machine's paths, the app's `environment`, and Lambda's own variables.

    Names: "Defined runtime environment variables" in the Lambda developer guide. The keys are dummies unless
    `environment` brings some. `root` is where the code is, if not in the project's folder; `folder` is for temporary
    files.
    """
    settings = project.function(function)
    today = datetime.now(timezone.utc).strftime("%Y/%m/%d")
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **({"TMPDIR": str(folder)} if folder else {}),
        **DUMMIES,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **environment,
        **settings.env,
        "_HANDLER": f"app_index.{function}",
        "AWS_DEFAULT_REGION": project.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{project.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization,
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[$LATEST]{uuid4().hex}",
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_REGION": project.region,
        "LAMBDA_TASK_ROOT": str(root or project.root),
    }
