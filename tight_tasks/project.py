"""An app's configuration, `tight.yml`, read and checked once; no other module of `tight_tasks` reads it."""

import os
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tight_tasks.document import Document, read_document
from tight_tasks.env_files import stage_of
from tight_tasks.errors import BadSetting, NoProject
from tight_tasks.settings import Function, Settings, keys_at
from tight_tasks.target import Target
from tight_tasks.variables import MASK, is_secret

__all__ = ["FILE", "Function", "Project", "folders_of_functions"]

FILE = "tight.yml"


class Project(Settings):
    """An app. `root` is its folder; `stage` the one whose settings hold, None where tight.yml has no stages."""

    root: Path
    stage: str | None = None

    @classmethod
    def load(cls, root: Path, stage: str | None = None) -> "Project":
        """The app in `root`; its stage is STAGE in the shell, env.yml or env.dist.yml, unless it is given.

        Raises `NoProject` without a tight.yml, `BadDocument` and `BadSetting` for what can't be used in it.
        """
        file = root / FILE
        if not file.is_file():
            raise NoProject(root)
        document = read_document(file)
        if not isinstance(document.values, dict):
            raise BadSetting(file, "has", "no settings: write keys and values, such as name: my-service")
        try:
            settings = Settings.model_validate(document.values)
        except ValidationError as error:
            raise _bad_setting(file, document, error.errors()[0]) from error
        if settings.stages and stage is None:
            stage = stage_of(root, os.environ)
        return cls.model_validate({**document.values, "root": root, "stage": stage})

    @property
    def target(self) -> Target:
        """What the functions run on in Lambda."""
        return Target(self.runtime, self.architecture)

    @property
    def configured(self) -> list[str]:
        """The functions that have settings of their own, those of the stage included."""
        stage = self.stages.get(self.stage or "")
        return sorted({*self.functions, *(stage.functions if stage else ())})

    def function(self, name: str) -> Function:
        """The settings of one function: defaults, its own, the stage's, the stage's for it; a later one stands.

        `env` alone is merged, variable by variable. A stage that tight.yml does not name sets nothing.
        """
        layers = [self.defaults, self.functions.get(name)]
        if self.stage in self.stages:
            stage = self.stages[self.stage]
            layers += [stage, stage.functions.get(name)]
        settings: dict[str, object] = {}
        env: dict[str, str] = {}
        for layer in filter(None, layers):
            settings |= {key: getattr(layer, key) for key in layer.model_fields_set & Function.model_fields.keys()}
            env |= layer.env
        return Function.model_validate({**settings, "env": env})

    @property
    def env(self) -> dict[str, str]:
        """The variables that tight.yml sets for every function."""
        return self.function("").env  # a name that none has

    def strangers(self, names: Collection[str]) -> list[str]:
        """The functions that tight.yml has settings for, in whatever stage, and that are none of these `names`."""
        set_here = (self.functions, *(stage.functions for stage in self.stages.values()))
        return sorted({name for functions in set_here for name in functions} - set(names))


def folders_of_functions(root: Path) -> dict[str, Path]:
    """The folder of each function of the app in `root`, by the function's name: admin/users is admin_users."""
    functions = root / "app" / "functions"
    folders = (handler.parent for handler in sorted(functions.rglob("handler.py")))
    return {"_".join(folder.relative_to(functions).parts): folder for folder in folders}


def _bad_setting(file: Path, document: Document, error: ErrorDetails) -> BadSetting:
    path: list[object] = [part for part in error["loc"] if part != "[key]"]
    if _is_key(error):  # as YAML has read it, whatever pydantic makes of it
        path[-1] = error["input"]
    path += [error["ctx"]["key"]] if "key" in error.get("ctx", {}) else []
    return BadSetting(file, ".".join(str(part) for part in path), _problem(error), document.line(path))


def _problem(error: ErrorDetails) -> str:
    kind, path = error["type"], error["loc"]
    if kind == "missing":
        return "is missing: add it"
    if kind == "extra_forbidden":
        keys = keys_at(path)
        close = get_close_matches(str(path[-1]), keys, n=1)
        return f"is no setting: did you mean {close[0]}?" if close else f"is no setting: there are {', '.join(keys)}"
    if kind == "name":
        return error["msg"]
    if _is_key(error):
        return f"is read as {type(error['input']).__name__}, not as text: put the name in quotes"
    if kind in {"dict_type", "model_type"} and error["input"] is None:
        return "has nothing below it: write keys and values there, or remove it"
    shown = repr(error["input"])
    if is_secret(str(path[-1]), str(error["input"])):
        shown = MASK
    elif len(shown) > 60:
        shown = f"{shown[:60]}..."
    if kind in {"dict_type", "model_type"}:
        return f"is {shown}: write keys and values below it"
    if kind in {"glob", "host"}:
        return f"is {shown}, which {error['msg']}"
    return f"is {shown}: {error['msg']}"


def _is_key(error: ErrorDetails) -> bool:
    """Whether a key itself is wrong, which YAML may read as a number or a boolean."""
    return error["type"] == "invalid_key" or (error["type"] == "string_type" and error["loc"][-1] == "[key]")
