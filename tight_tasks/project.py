"""An app's configuration, `tight.yml`, read and checked once; no other module of `tight_tasks` reads it."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from tight_tasks.errors import BadSetting, NoProject

FILE = "tight.yml"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Function(_Settings):
    """Memory in MB, timeout in seconds, within the limits of "Lambda quotas" in the Lambda developer guide."""

    memory: int = Field(default=256, ge=128, le=10240)
    timeout: float = Field(default=10, gt=0, le=900)
    env: dict[str, str] = {}


class Project(_Settings):
    """An app. `root` is its folder; `defaults` hold for a function that sets nothing itself."""

    root: Path
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    provider: Literal["aws"] = "aws"
    region: str = Field(default="us-west-2", pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]+$")
    runtime: Literal["python3.11", "python3.12", "python3.13", "python3.14"]
    architecture: Literal["arm64", "x86_64"]
    vendor_dir: str = "app/vendored"
    defaults: Function = Function()
    functions: dict[str, Function] = {}

    @classmethod
    def load(cls, root: Path) -> "Project":
        """The app in `root`. Raises `NoProject` without a tight.yml, `BadSetting` for what can't be used in it."""
        file = root / FILE
        if not file.is_file():
            raise NoProject(root)
        try:
            settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:
            raise BadSetting(file, "is", f"not YAML: {' '.join(str(error).split())}") from error
        if not isinstance(settings, dict):
            raise BadSetting(file, "has", "no settings: write keys and values, such as name: my-service")
        if "root" in settings:
            raise BadSetting(file, "root", f"is no setting: there are {_keys(cls)}")
        try:
            return cls.model_validate({**settings, "root": root})
        except ValidationError as error:
            first = error.errors()[0]
            raise BadSetting(file, ".".join(str(part) for part in first["loc"]), _problem(first)) from error

    def function(self, name: str) -> Function:
        """The settings of one function: its own where it sets them, else the defaults."""
        own = self.functions.get(name, Function())
        return self.defaults.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})


def _problem(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is missing: add it"
    if error["type"] == "extra_forbidden":
        model = Project if len(error["loc"]) == 1 else Function
        return f"is no setting: there are {_keys(model)}"
    return f"is {error['input']!r}: {error['msg']}"


def _keys(model: type[_Settings]) -> str:
    return ", ".join(key for key in model.model_fields if key != "root")
