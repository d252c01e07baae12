"""What the tests of the templates share: both engines, told the same, and what they make."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cookiecutter.main import cookiecutter
from copier import run_copy

ROOT = Path(__file__).parent.parent.parent
RELEASE, PUBLISHED = "v0.2.0", "gh:org/tight-templates"
APP = "my_app"

Answers = dict[str, str]
Tree = dict[str, tuple[int, bytes]]


class Engine:
    """Makes an app, or adds to one; gives the folder of the app."""

    def __init__(self, name: str, templates: Path, config: Path) -> None:
        self.name = name
        self.templates = templates
        self._config = config

    def make(self, kind: str, answers: Answers, folder: Path) -> Path:
        """`folder` holds the app for a function or a model; for an app it is where its folder is made."""
        app = folder / answers.get("app", APP)
        if self.name == "copier":
            data = {"kind": kind, "release": RELEASE, "published": PUBLISHED, **answers}
            run_copy(str(self.templates), app, data=data, defaults=True, quiet=True)
            return app
        cookiecutter(
            str(self.templates),
            directory=f"templates/{kind}",
            extra_context=answers,
            no_input=True,
            output_dir=str(folder if kind == "app" else app),
            overwrite_if_exists=kind != "app",
            config_file=str(self._config),
        )
        return app


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of this work tree in a plain folder: a git repository would stand for its last tag."""
    folder = tmp_path_factory.mktemp("templates")
    for name in ("copier.yml", "cookiecutter.json"):
        shutil.copy2(ROOT / name, folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    return folder


@pytest.fixture(scope="session")
def engine_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Engine]:
    home = tmp_path_factory.mktemp("cookiecutter")
    config = home / "config.yml"
    config.write_text(json.dumps({"cookiecutters_dir": str(home), "replay_dir": str(home)}), encoding="utf-8")
    return lambda name, folder: Engine(name, folder, config)


@pytest.fixture(scope="session", params=["copier", "cookiecutter"])
def engine(request: pytest.FixtureRequest, templates: Path, engine_of: Callable[[str, Path], Engine]) -> Engine:
    """Each engine in turn."""
    return engine_of(request.param, templates)


@pytest.fixture(scope="session")
def questions() -> dict[str, Any]:
    """The questions of copier.yml."""
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return {name: value for name, value in settings.items() if not name.startswith("_")}


@pytest.fixture
def tree_of() -> Callable[[Path], Tree]:
    """Modes and contents of everything below a folder; an empty content stands for a folder."""

    def read(folder: Path) -> Tree:
        return {
            path.relative_to(folder).as_posix() + "/" * path.is_dir(): (
                path.stat().st_mode & 0o777,
                b"" if path.is_dir() else path.read_bytes(),
            )
            for path in sorted(folder.rglob("*"))
        }

    return read
