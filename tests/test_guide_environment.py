"""docs/guides/environment.md and shell.md: their examples, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tight_tasks.project import Function, Project
from tight_tasks.settings import Function as FunctionKeys
from tight_tasks.settings import Settings
from tight_tasks.words import translate

GUIDES = Path(__file__).parent.parent / "docs" / "guides"
ENVIRONMENT = (GUIDES / "environment.md").read_text(encoding="utf-8")
DIST, SETTINGS = re.findall(r"^```yaml\n(.*?)^```", ENVIRONMENT, re.MULTILINE | re.DOTALL)
CONSOLE = dict(re.findall(r"^```console\n\$ ([^\n]*)\n(.*?)^```", ENVIRONMENT, re.MULTILINE | re.DOTALL))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The app of the guide, with a function that reads what nothing declares."""
    handler = tmp_path / "app" / "functions" / "orders" / "handler.py"
    handler.parent.mkdir(parents=True)
    handler.write_text("import os\n\nTABLE = os.environ['TABLE_NAME']\n", encoding="utf-8")
    (tmp_path / "env.dist.yml").write_text(DIST, encoding="utf-8")
    (tmp_path / "tight.yml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="the guide's lines are for a POSIX shell")
@pytest.mark.parametrize("line", CONSOLE)
def test_a_task_prints_what_the_guide_shows(app: Path, line: str) -> None:
    (app / "tight.yml").write_text(SETTINGS.split("defaults:")[0], encoding="utf-8")
    (app / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "STAGE"}}
    shell = {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", line], cwd=app, env=shell, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == CONSOLE[line], done.stderr


def test_the_stage_gives_the_settings_that_the_guide_says(app: Path) -> None:
    assert Project.load(app, stage="prod").function("orders") == Function(
        memory=1024, timeout=30, env={"PAGE_SIZE": "100", "CURRENCY": "SEK"}
    )
    assert Project.load(app, stage="dev").function("orders") == Function(
        memory=512, timeout=10, env={"PAGE_SIZE": "20", "CURRENCY": "SEK"}
    )


def test_the_guide_has_every_key() -> None:
    keys = {
        key for row in re.findall(r"^\| (`.*?) \|", ENVIRONMENT, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }
    assert keys == {*Settings.model_fields, *FunctionKeys.model_fields}


def test_the_words_of_0_1_are_what_the_guide_says() -> None:
    rows = re.findall(r"^\| `tight (.*?)` \| `tight (.*?)` \|$", (GUIDES / "shell.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 10
    assert [" ".join(translate(words.split())) for words, _ in rows] == [today for _, today in rows]
