"""docs/guides/schedules.md, rabbitmq.md and websockets.md: their code, run as it stands."""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tight import amqp, schedule
from tight.events.amqp import Amqp
from tight.events.schedule import Schedule
from tight.events.websocket import Route
from tight.testing.events import schedule_event
from tight_tasks.amqp.task import definitions

ROOT = Path(__file__).parent.parent
NAMES = ("schedules", "rabbitmq", "websockets")
GUIDES = {name: (ROOT / "docs" / "guides" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
FILES = {
    "app_index.py": 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n',
    "conftest.py": 'pytest_plugins = ["tight.testing"]\n',
    "env.dist.yml": "STAGE: dev\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "tasks.py": "from tight_tasks import tasks\n\nnamespace = tasks()\n",
    "tight.yml": "name: shop\nruntime: python3.13\narchitecture: arm64\n",
}


@pytest.fixture
def app_of(tmp_path: Path) -> Callable[[str], Path]:
    """The app that a guide makes, with its tests in one file."""

    def write(guide: str) -> Path:
        files = dict(FILES)
        for block in re.findall(r"```python\n(.*?)```", GUIDES[guide], re.DOTALL):
            place = re.match(r"# (app/\S+)\n", block)
            name = place[1] if place else "tests/test_guide.py"
            files[name] = files.get(name, "") + block
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize("guide", NAMES)
def test_the_guides_tests_pass(app_of: Callable[[str], Path], guide: str) -> None:
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=app_of(guide), capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("guide", NAMES)
def test_the_manifest_has_what_the_guide_declares(app_of: Callable[[str], Path], guide: str) -> None:
    kinds = {
        "schedules": ["schedule"],
        "rabbitmq": ["amqp"],
        "websockets": ["started", "static", "stopping", "websocket"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "tight.manifest"], cwd=app_of(guide), capture_output=True, text=True, check=True
    )
    functions = json.loads(done.stdout)["functions"]

    assert sorted({source["kind"] for function in functions for source in function["sources"]}) == kinds[guide]


def test_the_definitions_are_as_many_as_the_guide_shows(app_of: Callable[[str], Path]) -> None:
    line, shown = re.findall(r"^\$ (invoke [^\n]*)\n([^$]*)", GUIDES["rabbitmq"], re.MULTILINE)[0]
    command = [sys.executable, "-m", *line.split()]
    done = subprocess.run(command, cwd=app_of("rabbitmq"), capture_output=True, text=True, check=True, timeout=120)

    assert done.stdout == shown


@pytest.mark.parametrize(
    ("guide", "fillers"),
    [("schedules", Schedule.fillers), ("rabbitmq", Amqp.fillers), ("websockets", Route.fillers)],
)
def test_the_guide_names_all_that_a_handler_may_name(guide: str, fillers: dict[str, Any]) -> None:
    section = GUIDES[guide].partition("## What a handler is given")[2].partition("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    aliases = {"attributes"}  # of @amqp, the headers by the name that all records share

    assert named - {"messages", "records"} == set(fillers) - (aliases if guide == "rabbitmq" else set())


@pytest.mark.parametrize(("guide", "decorator"), [("schedules", schedule), ("rabbitmq", amqp)])
def test_every_argument_is_in_the_guide(guide: str, decorator: Callable[..., object]) -> None:
    arguments = {
        name for name, each in inspect.signature(decorator).parameters.items() if each.kind.name == "KEYWORD_ONLY"
    }

    assert {name for name in arguments if f"`{name}" not in GUIDES[guide] and f"{name}=" not in GUIDES[guide]} == set()


def test_every_option_of_the_task_is_in_the_guide() -> None:
    options = {f"--{name.replace('_', '-')}" for name in inspect.signature(definitions.body).parameters if name != "c"}

    assert set(re.findall(r"--[a-z][a-z-]*", GUIDES["rabbitmq"])) == options


def test_the_input_for_eventbridge_scheduler_is_a_scheduled_event() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", GUIDES["schedules"], re.DOTALL)
    given = json.loads(text.replace("<aws.scheduler.scheduled-time>", "2026-03-29T01:30:00Z"))

    assert set(given) <= set(schedule_event("report", scheduler=True))
    assert Schedule.accepts(object.__new__(Schedule), given)
