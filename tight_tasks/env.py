"""The environment of an app: `env.dist.yml` with its defaults, `env.yml` over it, name and region from tight.yml."""

from pathlib import Path

import yaml

from tight_tasks.errors import BadEnvironment
from tight_tasks.project import Project


def read_environment(project: Project) -> dict[str, str]:
    """Every variable as text, as Lambda has them; raises `BadEnvironment` for a file that can't be used."""
    merged = {
        **_read(project.root / "env.dist.yml"),
        **_read(project.root / "env.yml"),
        "NAME": project.name,
        "AWS_REGION": project.region,
        "AWS_DEFAULT_REGION": project.region,
    }
    return {name: _text(value) for name, value in merged.items() if value is not None}


def _read(file: Path) -> dict[str, object]:
    if not file.exists():
        return {}
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise BadEnvironment(file, f"not valid YAML: {' '.join(str(error).split())}") from error
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise BadEnvironment(file, "write names and values, such as STAGE: dev")
    for name, value in values.items():
        if isinstance(value, (dict, list)):
            raise BadEnvironment(file, f"{name} is {value!r}: a variable is text, a number or a boolean")
    return values


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
